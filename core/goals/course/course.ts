/** Decides what a goal does next, from the records of its rounds. Pure. */
import type { RoundRecord } from "@/core/goals/facts/record";
import type { Goal } from "@/core/log/goal";
import { plural } from "@/core/words/figures";

/** Attempts at one error that force a look at the strategy. */
const ATTEMPTS = 3;
/** Strategies without a better score, after which the goal counts as making no progress. */
const MOST_STRATEGIES = 3;
/** Rounds without a better score, after which the strategy is reviewed, whatever `reflect_every` says. */
const NO_BETTER = 3;

/** A look at the strategy, and after how many rounds it came. */
export interface Reflection {
  after: number;
  strategy: string;
}

/** The goal's state at its start. */
interface Beginning {
  score: number;
  commit: string;
  files: string;
  at_ms: number;
}

export interface History {
  begun: Beginning;
  records: readonly RoundRecord[];
  reflections: readonly Reflection[];
  /** The number of rounds after which a person last said how to continue: strategies before that do not count. */
  helped: number;
  /** How often a person continued the goal after its end: each time it gets its rounds and its time again. */
  continued: number;
  /** The number of rounds before the last continuation. */
  continuedAfter: number;
  /**
   * The first state, 0 for the start, since which the goal has the same criteria: earlier scores belong to another
   * goal.
   */
  firstAlike: number;
}

export type Next =
  | { kind: "succeeded" }
  /** All checks pass, but a person has to agree. */
  | { kind: "doubted"; doubts: string[] }
  | { kind: "ends"; reason: "out_of_iterations" | "timeout" | "no_progress" | "criteria_unreachable"; why: string }
  | { kind: "reflect"; why: string }
  | { kind: "round"; from: Base | null };

/** The files that a round starts from, when they are not those that the last round left. */
export interface Base {
  commit: string;
  why: string;
}

type States = Pick<History, "begun" | "records" | "firstAlike">;

/**
 * Returns the files with the best score, the earliest of equals; the current files if all scores belong to another
 * goal.
 */
export function bestOf({ begun, records, firstAlike }: States) {
  const states = [{ number: 0, ...begun }, ...records];
  const [first, ...later] = firstAlike < states.length ? states.slice(firstAlike) : states.slice(-1);
  let best = first ?? { number: 0, ...begun };
  for (const state of later) if (state.score > best.score) best = state;
  const { number, score, commit, files } = best;
  return { number, score, commit, files };
}

export function nextOf(goal: Goal, history: History): Next {
  const { records } = history;
  const last = records.at(-1);
  if (last?.done) return { kind: "succeeded" };
  if (last && last.doubts.length > 0 && (isMet(goal, last) || last.as_changed)) {
    if (goal.ask || goal.mode === "supervised") return { kind: "doubted", doubts: last.doubts };
  }
  const most = mostRounds(goal, history);
  if (records.length >= most)
    return {
      kind: "ends",
      reason: "out_of_iterations",
      why: most === 1 ? "Its only round was used." : `All ${most} rounds were used.`,
    };
  if (secondsOf(history) >= goal.max_minutes * 60)
    return {
      kind: "ends",
      reason: "timeout",
      why: `Its rounds have worked for ${plural(goal.max_minutes, "minute")}.`,
    };
  const why = reflectionDue(goal, history);
  if (why !== null) {
    if (triedInVain(history) >= MOST_STRATEGIES)
      return { kind: "ends", reason: "no_progress", why: `${MOST_STRATEGIES} strategies brought no better score.` };
    return { kind: "reflect", why };
  }
  return { kind: "round", from: baseOf(history) };
}

/** Returns how many rounds the goal may have: the full number again for each time that a person continued it. */
export function mostRounds({ max_iterations }: Goal, { continued }: Pick<History, "continued">): number {
  return max_iterations * (1 + continued);
}

/** Returns how long the rounds have worked since the start, or since a person last continued the goal. */
function secondsOf({ records, continuedAfter }: History): number {
  return records.slice(continuedAfter).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Whether the score reaches the threshold and the validation command passes, even with doubts. */
function isMet(goal: Pick<Goal, "success_threshold">, { score, valid }: Pick<RoundRecord, "score" | "valid">) {
  return score >= goal.success_threshold && valid !== false;
}

/** Returns why the strategy is reviewed before the next round, or null. */
function reflectionDue(goal: Goal, history: History): string | null {
  const { records, reflections, helped } = history;
  const since = records.slice(Math.max(reflections.at(-1)?.after ?? 0, helped));
  const last = since.at(-1);
  if (!last) return null;
  if (last.stop) return `The planner sees no way on: ${last.stop}`;
  if (since.length >= goal.reflect_every) return `${goal.reflect_every} rounds have passed since the last look.`;
  const same = since.filter(
    (record) =>
      record.error_signature !== null && record.error_signature === last.error_signature && record.verdict !== "better",
  );
  if (same.length >= ATTEMPTS) return `${ATTEMPTS} attempts at one error failed: ${last.error_signature}`;
  const unproductive = since.slice(-NO_BETTER);
  if (unproductive.length >= NO_BETTER && unproductive.every((record) => record.verdict !== "better"))
    return `${NO_BETTER} rounds brought no better score.`;
  return null;
}

/** Returns how many strategies were followed since the best score rose, or since a person said how to continue. */
function triedInVain(history: History): number {
  const { reflections, helped } = history;
  const since = Math.max(bestOf(history).number, helped);
  return reflections.filter(({ after }) => after >= since).length;
}

/** Returns the files to go back to: the best after two rounds below it, and those before a round that came to known files. */
function baseOf({ begun, records, firstAlike }: History): Base | null {
  const last = records.at(-1);
  if (!last) return null;
  const before = records.at(-2) ?? { commit: begun.commit, files: begun.files, score: begun.score };
  const best = bestOf({ begun, records, firstAlike });
  const isComparable = records.length - 1 >= firstAlike;
  if (isComparable && last.score < best.score && before.score < best.score && last.files !== best.files)
    return {
      commit: best.commit,
      why: `Two rounds were below the best score of ${best.score}, so their changes were undone.`,
    };
  if (last.verdict === "repeated" && last.files !== before.files)
    return {
      commit: before.commit,
      why: "The last round came back to files that were tried before, so it was undone.",
    };
  return null;
}

/**
 * Returns the likely rest in rounds and minutes, from the pace of the last five rounds; null without a basis, and when no
 * round is left. `low` and `high` come from the best and the mean gain of a round.
 */
export function estimateOf(goal: Goal, { begun, records, firstAlike, continued }: States & Pick<History, "continued">) {
  const last = records.at(-1);
  const left = mostRounds(goal, { continued }) - records.length;
  // Scores before a change of the criteria are those of another goal.
  const five = records.slice(firstAlike).slice(-5);
  // A person may have lowered the number of rounds below those that were used.
  if (!last || five.length < 2 || last.done || left <= 0) return null;
  const gains = five.map(({ score, score_before }) => inParts(score - score_before));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / five.length;
  if (mean <= 0) return null;
  const seconds = five.reduce((sum, record) => sum + record.seconds, 0) / five.length;
  const rest = Math.max(0, goal.success_threshold - bestOf({ begun, records, firstAlike }).score);
  const rounds = (gain: number) => Math.min(left, Math.max(1, Math.ceil(inParts(rest / gain))));
  const [low, high] = [rounds(Math.max(...gains)), rounds(mean)];
  return { rounds: [low, high] as const, minutes: [low, high].map((count) => Math.ceil((count * seconds) / 60)) };
}

/** Removes the rounding errors of binary fractions, which would add a round. */
function inParts(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
