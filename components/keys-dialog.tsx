import { WIDE_DIALOG } from "@/components/ui/dialog-look";
import { KeyLabel } from "@/components/ui/key-label";
import { Button } from "@/components/ui/parts";
import { KEYS } from "./keys";
import { KeysSwitch } from "./keys-switch";
import { KEYS_DIALOG } from "./show-keys";

/** List of all keys, opened by "?" and from the account menu. The server renders it, so no page loads its words as code. WCAG 2.1.4 asks for a way to switch single keys off. */
export function KeysDialog() {
  return (
    <dialog id={KEYS_DIALOG} className={WIDE_DIALOG} aria-labelledby="keys-title">
      {/* Focused first, or a phone would start at the end, where the first control is. */}
      <h2 id="keys-title" className="focus:outline-none" tabIndex={-1} data-first-focus>
        Keyboard shortcuts
      </h2>
      <div className="mt-3 columns-2 gap-x-8 phone:columns-1">
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
      <form method="dialog" className="mt-4 flex items-center gap-2">
        <KeysSwitch />
        <Button type="submit">Close</Button>
      </form>
    </dialog>
  );
}
