import Link from "next/link";
import { OutcomeWord } from "@/components/gates/outcome-word";
import { Section } from "@/components/ui/page/section";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import { plural, shortDuration } from "@/core/words/figures";
import { failedGates, foundIn, gateRunWord } from "@/core/words/gates";

const COLUMNS = ["Started", "Outcome", "Found", "Change", { name: "Time", className: "text-right!" }];

const COMMIT_CHARS = 8;

/** All finished runs; each leads to its report. */
export function RunList({ runs }: { runs: readonly GateRun[] }) {
  return (
    <Section id="runs" title="Runs" beside={String(runs.length)}>
      <div className="-mx-1 overflow-x-auto px-1">
        <FactTable stacks columns={COLUMNS}>
          {runs.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </FactTable>
      </div>
    </Section>
  );
}

function RunRow({ run }: { run: GateRun }) {
  const { id, started_at, outcome, head, seconds } = run;
  return (
    <tr data-run={id}>
      <td className="whitespace-nowrap">
        <Link className="link" href={`/operations/gates/${id}`}>
          <Clock at={started_at} />
          <span className="sr-only"> Report</span>
        </Link>
      </td>
      <td className="whitespace-nowrap phone:justify-self-end">
        <OutcomeWord outcome={outcome} word={gateRunWord(run)} />
      </td>
      <td className="wrap-anywhere text-ink-2">{foundText(run)}</td>
      <td className="font-mono text-mono whitespace-nowrap text-ink-2 phone:hidden">{head.slice(0, COMMIT_CHARS)}</td>
      <td className="text-right whitespace-nowrap text-ink-3">{shortDuration(seconds * 1_000)}</td>
    </tr>
  );
}

function foundText(run: GateRun): string {
  const { flags, faults } = foundIn(run.gates);
  const failed = failedGates(run);
  return (
    [failed && `Failed: ${failed}`, faults > 0 && plural(faults, "fault"), flags > 0 && plural(flags, "flag")]
      .filter(Boolean)
      .join(" · ") || "Nothing"
  );
}
