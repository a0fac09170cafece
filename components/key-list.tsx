import { KeyLabel } from "@/components/ui/key-label";
import { KEYS } from "./keys";

/** All keys, by the place where they act. */
export function KeyList() {
  return (
    <div className="columns-2 gap-x-8 phone:columns-1">
      {KEYS.map(({ place, keys }) => (
        <section className="break-inside-avoid pb-4" key={place} aria-label={place}>
          <h3>{place}</h3>
          <dl>
            {keys.map(([key, word]) => (
              <div className="flex gap-2 py-0.5" key={key}>
                <dt className="w-18 flex-none space-x-1">
                  {key.split(" ").map((one) => (
                    <kbd className="phone:inline-block!" key={one}>
                      <KeyLabel keys={one} />
                    </kbd>
                  ))}
                </dt>
                <dd className="text-ink-2">{word}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
