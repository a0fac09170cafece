import { Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/page/section";
import type { Memory } from "@/core/shapes/memory";
import { exactCount } from "@/core/words/figures";
import { Transfer } from "./transfer";

/** What memory holds, with import and export. It shows counted figures only. */
export function MemoryNow({ memory, mayImport }: { memory: Memory; mayImport: boolean }) {
  const { counts, known, retired } = memory;
  const all = counts.live + counts.candidate + counts.retired;
  const rows: [string, string][] = [
    ["Live lessons", `${exactCount(counts.live)} of ${exactCount(all)}`],
    ["Shown", `${exactCount(known.shown)} times`],
    ["Helped, harmed", `${exactCount(known.helped)}, ${exactCount(known.harmed)}`],
    ["Retired by counts", exactCount(retired.by_counts)],
    ["Retired by people", exactCount(retired.by_people)],
  ];
  return (
    <Section id="now" title="Memory now">
      <Facts isApart className="mt-2">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </Facts>
      <Transfer mayImport={mayImport} />
    </Section>
  );
}
