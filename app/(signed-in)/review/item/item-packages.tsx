import { FactTable } from "@/components/ui/table";
import type { PackageChange } from "@/core/shapes/improving/gates";
import { packageCounts, packageWarnings, versionsText } from "@/core/words/gates";
import { withoutDisguise } from "@/core/words/visible";
import { PartHead } from "./item-parts";

/** The packages that a change adds, replaces and removes. Nothing for a change without any. */
export function Packages({ packages }: { packages: readonly PackageChange[] }) {
  if (packages.length === 0) return null;
  // What is dangerous comes first.
  const sorted = [...packages].sort((a, b) => packageWarnings(b).length - packageWarnings(a).length);
  return (
    <section aria-label="Packages" data-testid="packages">
      <PartHead note={packageCounts(packages)}>Packages</PartHead>
      <FactTable stacks columns={["Package", "Version", "Install scripts"]}>
        {sorted.map((one) => (
          <PackageRow key={one.name} changed={one} />
        ))}
      </FactTable>
    </section>
  );
}

function PackageRow({ changed }: { changed: PackageChange }) {
  const { name, after, installs, imitates } = changed;
  return (
    <tr>
      <td className="wrap-anywhere font-mono text-mono">{withoutDisguise(name)}</td>
      <td className="whitespace-nowrap phone:whitespace-normal">{withoutDisguise(versionsText(changed))}</td>
      <td className="wrap-anywhere phone:col-span-2">
        {imitates === null ? null : (
          <p className="font-medium text-fail">Possible imitation of {withoutDisguise(imitates)}.</p>
        )}
        {installs === null ? (
          <span className="text-ink-3">{after === null ? "" : "No install scripts."}</span>
        ) : (
          <span>{withoutDisguise(installs)}</span>
        )}
      </td>
    </tr>
  );
}
