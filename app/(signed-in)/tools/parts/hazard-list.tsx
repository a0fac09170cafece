import { Icon } from "@/components/ui/icon";

/** The risks of how a server starts, or of what its tools send. */
export function HazardList({ hazards }: { hazards: readonly string[] }) {
  return (
    <ul className="space-y-1">
      {hazards.map((hazard) => (
        <li className="flex min-w-0 items-stretch gap-2" key={hazard}>
          <Icon name="tri" className="mt-[3px] size-3.5 text-ink-3" />
          <span>{hazard}</span>
        </li>
      ))}
    </ul>
  );
}
