/** KPIs of quality: what checks, gates, pull requests and failures say. Pure. */
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import type { Counted } from "@/core/shapes/kpis";
import { plural } from "@/core/words/figures";
import { OUTCOME_WORDS } from "@/core/words/gates";
import type { KpiFacts, PullRequest } from "./facts";
import { FEW, type KpiDefinition, meanOf, shareOf, within } from "./measure";
import { isIn, type Span } from "./spans";
import { countedAs, endedIn } from "./work";

const DAY_MS = 86_400_000;
/** Days after a merge in which it counts that somebody takes it back. */
export const WATCHED_DAYS = 14;

export const QUALITY: KpiDefinition[] = [
  {
    id: "quality_gain",
    group: "quality",
    name: "Quality after against before",
    formula:
      "mean of (score of a goal's check after its last round − score before its first), of goals that ended in the period and were checked both times",
    source: "the host's checks of goals",
    unit: "points",
    target: { at: "above", value: 0 },
    least: FEW,
    measure(facts, span) {
      const checked = endedIn(facts, span).flatMap(({ before, after, ...cycle }) =>
        before === null || after === null ? [] : [{ ...cycle, before, after }],
      );
      if (checked.length === 0) return { missing: "no_check" };
      const gain = ({ before, after }: { before: number; after: number }) => after - before;
      return {
        value: meanOf(checked.map(gain)),
        basis: { amount: null, unit: "number", of: checked.length, noun: "checked goal" },
        counted: checked
          .toSorted((a, b) => gain(a) - gain(b))
          .map((cycle) => countedAs(cycle, `${percent(cycle.before)}, then ${percent(cycle.after)}`)),
      };
    },
  },
  {
    id: "gates_passed",
    group: "quality",
    name: "Changes that the gates pass",
    formula:
      "whole runs of the gates that passed ÷ (passed + failed + not measured), of those that began in the period",
    source: "the reports of the gates on changes of Banyan by its agents",
    unit: "share",
    target: null,
    least: FEW,
    measure(facts, span) {
      if (facts.project !== null) return { missing: "gates_of_no_project" };
      const runs = wholeRuns(facts, span);
      if (runs.length === 0) return { missing: "no_gate_run" };
      const sorted = runs.toSorted((a, b) => Number(a.outcome === "passed") - Number(b.outcome === "passed"));
      return shareOf(sorted, "run", ({ outcome }) => outcome === "passed", countedRun);
    },
  },
  {
    id: "pulls_as_they_were",
    group: "quality",
    name: "Pull requests merged as they were",
    formula: "pull requests that were merged before anything sent the work back ÷ merged in the period",
    source: "issues of forges, their pull requests and the rounds of each",
    unit: "share",
    target: { at: "least", value: 0.75 },
    least: FEW,
    measure(facts, span) {
      const merged = within(facts.pulls, span).filter(({ isMerged }) => isMerged);
      if (merged.length === 0) return { missing: "no_pull_request" };
      const sorted = merged.toSorted((a, b) => b.rounds - a.rounds);
      return shareOf(
        sorted,
        "merge",
        ({ rounds }) => rounds === 0,
        ({ rounds, ...pull }) => [
          countedAs(pull, rounds === 0 ? "as it was" : `sent back ${rounds === 1 ? "once" : `${rounds} times`}`),
        ],
      );
    },
  },
  {
    id: "merges_taken_back",
    group: "quality",
    name: "Merges that were taken back",
    formula:
      "pull requests that were reverted within 14 days ÷ merged in the period, of those whose base was read until then or until a day before the end of the period",
    source: "commits that revert others, read from the forges every hour",
    unit: "share",
    target: { at: "most", value: 0.03 },
    least: FEW,
    measure(facts, span) {
      const merged = within(facts.pulls, span).filter(({ isMerged }) => isMerged);
      if (merged.length === 0) return { missing: "no_pull_request" };
      const known = merged.filter((pull) => pull.takenBackAtMs !== null || wasRead(pull, span));
      if (known.length === 0) return { missing: "no_reverts" };
      const sorted = known.toSorted((a, b) => Number(isTakenBack(b)) - Number(isTakenBack(a)));
      return shareOf(sorted, "merge", isTakenBack, (pull) => [
        countedAs(pull, isTakenBack(pull) ? `taken back after ${after(pull)}` : "stays"),
      ]);
    },
  },
  {
    id: "recovered",
    group: "quality",
    name: "Recovered without a person",
    formula:
      "failures whose task, or the task above it, went on to succeed with no person between ÷ failures that are settled",
    source: "failures by kinds, of the period; older than 90 days they are forgotten",
    unit: "share",
    target: { at: "least", value: 0.85 },
    least: FEW,
    measure({ failures, failuresSinceMs }, span) {
      if (span.fromMs < failuresSinceMs) return { missing: "failures_forgotten" };
      const settled = failures.filter(({ atMs, became }) => isIn(span, atMs) && became !== "open");
      if (settled.length === 0) return { missing: "no_failure" };
      return shareOf(settled, "failure", ({ became }) => became === "recovered");
    },
  },
];

const WATCHED_MS = WATCHED_DAYS * DAY_MS;

/** Whether it is known that nobody took it back, as far as one can know at the end of the span. */
function wasRead({ endedAtMs, readMs }: PullRequest, { untilMs }: Span): boolean {
  return readMs !== null && readMs >= Math.min(endedAtMs + WATCHED_MS, untilMs - DAY_MS);
}

function isTakenBack({ endedAtMs, takenBackAtMs }: PullRequest): boolean {
  return takenBackAtMs !== null && takenBackAtMs < endedAtMs + WATCHED_MS;
}

function after({ endedAtMs, takenBackAtMs }: PullRequest): string {
  const days = Math.max(0, Math.floor(((takenBackAtMs ?? endedAtMs) - endedAtMs) / DAY_MS));
  return days === 0 ? "less than a day" : plural(days, "day");
}

/** Quick runs prove nothing about tests. */
function wholeRuns({ gateRuns }: KpiFacts, span: Span): GateRun[] {
  return gateRuns.filter(({ quick, started_at }) => !quick && isIn(span, Date.parse(started_at)));
}

function countedRun({ id, outcome, head }: GateRun): Counted[] {
  return [{ kind: "gate_run", id, title: head.slice(0, 12), says: OUTCOME_WORDS[outcome] }];
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
