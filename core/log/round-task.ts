/** The input of one round of a goal. The first entry of the round holds it, so the goal's own log stays short. */
import type { Goal } from "./goal";
import type { KindTimes, UnitOutcome } from "./plans";

/** Starts the line of a task's facts that says what its round is given. */
export const ROUND_LINE = "Round: ";

interface Spent {
  tokens: number;
  cost_usd: number;
}

export interface RoundTask {
  number: number;
  /** The goal, in a person's words. */
  text: string;
  goal: Goal;
  /** The snapshot at the goal's start. */
  start: string;
  /** Globs of what the work may change, with what a person added; absent in rounds of older versions. */
  scope?: string[];
  /** The number of tests that the validation command reported at the start; null where it reported none. */
  tests: number | null;
  /** The validation command has failed in this goal, so it must pass twice. */
  failed_before: boolean;
  score_before: number;
  /** Places of the criteria that held for the files that the round begins from; null: nobody has judged them. */
  met_before: number[] | null;
  /** When the files were last checked: the round's time counts from then on. Absent: from its own beginning. */
  since_ms?: number;
  /** The snapshot that the round begins from; with `undone`, the files are put back to it. */
  from: string;
  /** Why changes are undone before the round begins. */
  undone: string | null;
  strategy: string;
  /** What is missing for the goal now: the failing check, and what earlier rounds tried, in a few lines each. */
  now: string;
  /** The signature of that error, where a command of the host showed one. */
  error?: string | null;
  tried: string[];
  /** What people said since the last round began. */
  said: string[];
  /** What research found, by the question. */
  found: { question: string; at_ms: number; text: string }[];
  /** What the host found for what the last round needed. */
  gaps: string[];
  /** Rules against failures that happened before in the repository, or to the executor. */
  preventions?: string[];
  /** Names of the agents that do units; absent in rounds of older versions, whose plans nobody checks. */
  agents?: string[];
  /** What finished units of the project took; absent without any. */
  times?: KindTimes[];
  /** What became of the units of the last round, when one of them failed. */
  before?: UnitOutcome[];
  /** How many rounds the goal may have in all, for the question of the supervised mode. */
  rounds_max?: number;
  /**
   * How often a person can have the plan made again with a hint, in a round that asks them. Absent in rounds of older
   * versions, which take such an answer as words.
   */
  replans_max?: number;
  /** What the rounds before used, and the last five of them on average, for the question of the supervised mode. */
  cost?: { so_far: Spent; round: Spent };
  /** The goal's own machinery took too much: plan and work are one task, and judges look only at what changed. */
  lean: boolean;
}
