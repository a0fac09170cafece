/** The units of a round: which are carried out, and what became of them. */
import type { KindTimes, UnitEstimate, UnitOutcome } from "@/core/log/plans";
import type { RoundTask } from "@/core/log/round-task";
import { estimateOf } from "@/core/plans/estimates";
import { orderOf, type Schedule, scheduleOf } from "@/core/plans/schedule";
import { nameOf } from "@/core/plans/unit";
import type { Answer } from "@/core/programs/conversation";
import { resultOf } from "@/core/programs/program";
import type { Step } from "./plan";
import { cut, type RoundRecord } from "./record";

/** Units that a round of an older version carries out. */
const MOST_OLD_STEPS = 8;

/** Returns the key of the call that starts a unit, by its place in the plan. */
export function unitKey(at: number): string {
  return `work-${at + 1}`;
}

/** Returns the steps that are carried out. The host refuses a plan with too many, unless the round is of an older version. */
export function carriedSteps({ agents }: Pick<RoundTask, "agents">, steps: Step[]): Step[] {
  return agents ? steps : steps.slice(0, MOST_OLD_STEPS);
}

/** Returns the steps in an order in which each comes after those that it waits for: so they are started. */
export function inOrder(steps: readonly Step[]): Step[] {
  return orderOf(placesOf(steps)).map((at) => steps[at] as Step);
}

/** Returns for each step the places of the steps that it waits for. */
export function placesOf(steps: readonly Step[]): number[][] {
  const places = new Map(steps.map(({ title }, at) => [title, at]));
  return steps.map(({ after }) => after.flatMap((title) => places.get(title) ?? []));
}

/** Whether two of the steps may run at the same time, so that each needs its own copy of the folder. */
export function runsSideBySide(steps: readonly Step[]): boolean {
  const reached = steps.map(() => new Set<number>());
  for (const [at, before] of placesOf(steps).entries())
    for (const other of before) for (const place of [other, ...(reached[other] ?? [])]) reached[at]?.add(place);
  // In a line, each step waits for all steps before it.
  return steps.some((_, at) => (reached[at]?.size ?? 0) < at);
}

/** Returns what each step is expected to take, and when it can run. */
export function timesOfSteps(
  steps: readonly Step[],
  times: readonly KindTimes[] = [],
): { estimates: UnitEstimate[]; schedule: Schedule } {
  const estimates = steps.map((step) => estimateOf(step, times));
  const places = placesOf(steps);
  const timed = estimates.map((estimate, at) => ({ ...estimate, after: places[at] ?? [] }));
  return { estimates, schedule: scheduleOf(timed) };
}

const RESULT_CHARS = 150;
/** Units that a record names. */
const MOST_TOLD = 16;

export function outcomeOf({ title }: Step, answer: Answer): UnitOutcome {
  const { ok, summary, reason } = resultOf(answer);
  const result = cut(summary.replace(/\s+/g, " ").trim(), RESULT_CHARS);
  if (ok) return { title: nameOf(title), state: "done", result };
  return { title: nameOf(title), state: reason === "dependency_failed" ? "not_begun" : "failed", result };
}

/** Returns the part of the record that tells the next planner which units are done. Without a failure it needs none. */
export function outcomesTold({ before = [], undone }: RoundTask, units: UnitOutcome[]): Pick<RoundRecord, "units"> {
  if (units.every(({ state }) => state === "done")) return {};
  const named = new Set(units.map(({ title }) => title));
  const earlier = undone === null ? before.filter(({ title, state }) => state === "done" && !named.has(title)) : [];
  return { units: [...earlier.map(({ title, state }) => ({ title, state })), ...units].slice(-MOST_TOLD) };
}
