/** The units of a round: which are carried out, and what became of them. */
import { cut, type RoundRecord } from "@/core/goals/facts/record";
import type { KindTimes, UnitEstimate, UnitOutcome } from "@/core/log/plans";
import type { RoundTask } from "@/core/log/round-task";
import { estimateOf } from "@/core/plans/estimates";
import { orderOf, type Schedule, scheduleOf } from "@/core/plans/schedule";
import { nameOf } from "@/core/plans/unit";
import type { Answer } from "@/core/programs/conversation";
import { resultOf } from "@/core/programs/program";
import type { Step } from "./plan";

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
/** Enough for where the versions of the unit are. */
const NOT_MERGED_CHARS = 600;
/** Units that a record names. */
const MOST_TOLD = 16;

/** Returns what became of each step, from the answers to the calls that started them. */
export function outcomesOf(steps: readonly Step[], answers: readonly Answer[]): UnitOutcome[] {
  const results = steps.map((_, at) => resultOf(answers[at] as Answer));
  const isDone = (at: number) => results[at]?.ok === true && results[at].notMerged === null;
  const done = new Set(steps.filter((_, at) => isDone(at)).map(({ title }) => title));
  return steps.map(({ title, after }, at) => {
    const { reason = null, summary = "", notMerged = null } = results[at] ?? {};
    const told = (text: string, most = RESULT_CHARS) => cut(text.replace(/\s+/g, " ").trim(), most);
    if (notMerged !== null) return { title: nameOf(title), state: "failed", result: told(notMerged, NOT_MERGED_CHARS) };
    if (isDone(at)) return { title: nameOf(title), state: "done", result: told(summary) };
    if (reason !== "dependency_failed") return { title: nameOf(title), state: "failed", result: told(summary) };
    const missing = after.filter((other) => !done.has(other)).map((other) => `“${nameOf(other)}”`);
    return { title: nameOf(title), state: "not_begun", result: `waits for ${missing.join(", ")}` };
  });
}

/** Returns the part of the record that tells the next planner which units are done. Without a failure it needs none. */
export function outcomesTold({ before = [], undone }: RoundTask, units: UnitOutcome[]): Pick<RoundRecord, "units"> {
  if (units.every(({ state }) => state === "done")) return {};
  const named = new Set(units.map(({ title }) => title));
  const earlier = undone === null ? before.filter(({ title, state }) => state === "done" && !named.has(title)) : [];
  return { units: [...earlier.map(({ title, state }) => ({ title, state })), ...units].slice(-MOST_TOLD) };
}
