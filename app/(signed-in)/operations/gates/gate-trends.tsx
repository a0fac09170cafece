import { OutcomeWord } from "@/components/gates/outcome-word";
import { Section } from "@/components/ui/page/section";
import { FactTable } from "@/components/ui/table";
import type { GateRun, RanGate } from "@/core/shapes/improving/gate-runs";
import type { GateOutcome } from "@/core/shapes/improving/gates";
import { plural, shortDuration } from "@/core/words/figures";
import { foundIn, gateTitle, OUTCOME_WORDS } from "@/core/words/gates";

const COLUMNS = [
  "Gate",
  "Last outcome",
  "Runs, oldest first",
  { name: "Last time", className: "text-right!" },
  { name: "Flags", className: "text-right!" },
  { name: "Faults", className: "text-right!" },
];

/** Runs in a row's bars. */
const SHOWN = 24;
const LEAST_HEIGHT_PERCENT = 20;
const COLOURS: Record<GateOutcome, string> = {
  passed: "bg-ok",
  failed: "bg-fail",
  not_measured: "bg-park",
  off: "bg-line-strong",
};

type Result = RanGate & { run: string };

interface Trend {
  gate: string;
  /** Each with its run's id, the oldest first. */
  results: Result[];
}

/** How each gate went over the last runs: its outcome, how long it took, and what it found. */
export function GateTrends({ runs }: { runs: readonly GateRun[] }) {
  const shown = runs.slice(0, SHOWN);
  return (
    <Section id="gates" title="Gates" beside={`over the last ${plural(shown.length, "run")}`}>
      <div className="-mx-1 overflow-x-auto px-1">
        <FactTable stacks columns={COLUMNS}>
          {trendsOf(shown).map((trend) => (
            <TrendRow key={trend.gate} trend={trend} />
          ))}
        </FactTable>
      </div>
    </Section>
  );
}

/** Returns the gates that ran at least once, in the order of the newest run that has them. */
function trendsOf(runs: readonly GateRun[]): Trend[] {
  const names = [...new Set(runs.flatMap(({ gates }) => gates.map(({ gate }) => gate)))];
  return names
    .map((gate) => ({
      gate,
      results: runs
        .flatMap(({ id: run, gates }) => gates.filter((one) => one.gate === gate).map((one) => ({ ...one, run })))
        .filter(({ outcome }) => outcome !== "off")
        .reverse(),
    }))
    .filter(({ results }) => results.length > 0);
}

function TrendRow({ trend: { gate, results } }: { trend: Trend }) {
  const last = results.at(-1);
  const { flags, faults } = foundIn(results);
  if (!last) return null;
  return (
    <tr data-gate={gate}>
      <td className="whitespace-nowrap">{gateTitle({ gate })}</td>
      <td className="whitespace-nowrap phone:justify-self-end">
        <OutcomeWord outcome={last.outcome} />
      </td>
      <td>
        <Bars results={results} />
      </td>
      <td className="whitespace-nowrap text-right text-ink-2">{shortDuration(last.seconds * 1_000)}</td>
      <td className="text-right text-ink-2 phone:hidden">{flags}</td>
      <td className="text-right text-ink-2 phone:hidden">{faults}</td>
    </tr>
  );
}

/** One bar for each run: its colour is the outcome, its height the time. */
function Bars({ results }: { results: readonly Result[] }) {
  const longest = Math.max(...results.map(({ seconds }) => seconds), 0.1);
  return (
    <span role="img" aria-label={labelOf(results)} className="inline-flex h-5 items-end gap-0.5 align-middle">
      {results.map((result) => (
        <i
          key={result.run}
          title={`${OUTCOME_WORDS[result.outcome]}, ${shortDuration(result.seconds * 1_000)}`}
          className={`w-1.5 rounded-xs ${COLOURS[result.outcome]}`}
          style={{ height: `${Math.max(LEAST_HEIGHT_PERCENT, Math.round((result.seconds / longest) * 100))}%` }}
        />
      ))}
    </span>
  );
}

function labelOf(results: readonly RanGate[]): string {
  const count = (outcome: GateOutcome) => results.filter((one) => one.outcome === outcome).length;
  const counts = (["passed", "failed", "not_measured"] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${OUTCOME_WORDS[outcome]}`);
  return `${plural(results.length, "run")}: ${counts.join(", ")}`;
}
