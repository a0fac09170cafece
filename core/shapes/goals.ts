/** Shapes of goals for pages and programs. */
import type { Delivery, GoalCriterion, GoalMode } from "@/core/log/goal";
import type { Reason } from "@/core/log/reasons";
import type { TaskStatus } from "@/core/log/terms";
import type { OpenPlan, PlanView } from "./plans";

/** The progress of a goal. */
export interface GoalProgress {
  /** The best score so far, from 0 to 1; null before the first check. */
  score: number | null;
  /** Rounds so far, the running one included. */
  round: number;
  rounds_max: number;
}

/** How a round compares with the best one before it. */
export type RoundVerdict = "better" | "same" | "worse" | "repeated" | "failed";

/** One round of a goal. */
export interface GoalRound {
  number: number;
  /** The plan in a sentence or two. */
  plan: string;
  score_before: number;
  score: number;
  verdict: RoundVerdict;
  strategy: string;
  error_signature: string | null;
  spent: { tokens: number; cost_usd: number };
  seconds: number;
  task_id: string;
  /**
   * The plan with its units. Null for all but the newest 30 rounds, for a round without a plan, and for rounds from before
   * plans had estimates.
   */
  planned: PlanView | null;
  /** What was changed, a line for each of the largest changes. */
  changed: string;
  /** What fails after it, with the end of the output. */
  why: string;
  /** What a person has to agree to before it counts. */
  doubts: string[];
  /** Paths outside the scope that it changed; for its check they were as at the start. */
  put_back: string[];
  /** Globs that a person added to the scope in this round. */
  widened: string[];
  /** The runner on which it was checked; null: where the tree works. */
  checked_on: string | null;
  /** The snapshot that it left. */
  snapshot: string;
  /** The number of the message in the goal's log before which a fork begins this round again. */
  fork_seq: number | null;
}

/** A goal with its criteria and rounds. */
export interface GoalView {
  mode: GoalMode;
  executor: string;
  /** The score now, from 0 to 1; null before the first check. */
  score: number | null;
  best_score: number | null;
  /** The round with the best score; 0: the start. */
  best_round: number;
  threshold: number;
  /**
   * The rounds that it may have in all: each time that a person continues it after its end, it gets its rounds again.
   */
  iterations_max: number;
  /** The minutes that it may take from its start, or since a person continued it. */
  minutes_max: number;
  /** The number of rounds before a person last continued it after its end; 0: nobody has. */
  continued_after: number;
  validation_command: string | null;
  /** Whether the validation command passes, with what shows it; null without one, or before the first check. */
  validation: { met: boolean; share: number; evidence: string } | null;
  /** `since`: the round since which it has this state; 0: the start. */
  criteria: (GoalCriterion & { met: boolean | null; evidence: string; since: number })[];
  rounds: GoalRound[];
  /** The number of the round that runs now; null between rounds and after the end. */
  running: { number: number; task_id: string; planned: OpenPlan | null } | null;
  strategies: { after: number; strategy: string }[];
  /** What is left at the pace of the last rounds, from the best case to the usual case; null: not known yet. */
  estimate: { rounds: [number, number]; minutes: [number, number] } | null;
  /** What was spent, by phase. */
  phases: { phase: "plan" | "research" | "work" | "judge" | "reflect"; tokens: number; cost_usd: number }[];
  /**
   * Globs of the files that the work may change, as given or as the host proposed them; null before the first check.
   */
  scope: string[] | null;
  /** The host proposed the scope. */
  scope_proposed: boolean;
  /** Paths outside the scope that the work changed; for the last check they were as at the start. */
  put_back: string[];
  /** Globs of tests that agents do not see, and the share of the tests that is hidden besides. */
  hidden: string[];
  hidden_share: number;
  protect: string[];
  may_change: string[];
  /** After how many rounds each the supervised mode asks. */
  ask_every: number;
  on_success: Delivery;
  /**
   * The state of the delivery, with the branch that it creates and the answer of its last call; null before it, and
   * without one.
   */
  delivery: { state: "running" | "done" | "failed"; branch: string | null; text: string } | null;
  /** The snapshot at the goal's start. */
  start: string | null;
  /** The round whose files the folder holds after the end, 0: the start; null: not ended, or broken off amid a round. */
  folder_round: number | null;
  /**
   * Why the goal ended without being reached, in its own words or those of the person who ended it; empty before, and
   * when it was broken off.
   */
  why: string;
}

/** A goal in a list. */
export interface ListedGoal {
  tree_id: string;
  title: string;
  status: TaskStatus;
  reason: Reason | null;
  mode: GoalMode;
  /** The score now, from 0 to 1; null before the first check. */
  score: number | null;
  best_score: number | null;
  threshold: number;
  /** The number of rounds that have ended. */
  round: number;
  /** The rounds that it may have in all. */
  iterations_max: number;
  cost_usd: number;
  created_at: string;
  ended_at: string | null;
}
