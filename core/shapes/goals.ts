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
  /** Most rounds. */
  rounds_max: number;
}

/** How a round compares with the best one before it. */
export type RoundVerdict = "better" | "same" | "worse" | "repeated" | "failed";

/** One round of a goal. */
export interface GoalRound {
  /** Number of the round, from 1. */
  number: number;
  /** The plan in a sentence or two. */
  plan: string;
  /** The score of the files that it began with, from 0 to 1. */
  score_before: number;
  /** The score after it, from 0 to 1. */
  score: number;
  verdict: RoundVerdict;
  /** The strategy that it followed. */
  strategy: string;
  /** The error that was left after it, without names and numbers; null: none. */
  error_signature: string | null;
  /** What its tasks used. */
  spent: {
    /** Tokens, input and output together. */
    tokens: number;
    /** US dollars. */
    cost_usd: number;
  };
  /** How long it took, in seconds. */
  seconds: number;
  /** Id of the task that did the round. */
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
  /** The runner on which it was checked; null: on the server's machine. */
  checked_on: string | null;
  /** The snapshot that it left. */
  snapshot: string;
  /** The number of the message in the goal's log before which a fork begins this round again. */
  fork_seq: number | null;
}

/** A goal with its criteria and rounds. */
export interface GoalView {
  mode: GoalMode;
  /** Name of the agent that does the work. */
  executor: string;
  /** The score now, from 0 to 1; null before the first check. */
  score: number | null;
  /** The best score so far, from 0 to 1; null before the first check. */
  best_score: number | null;
  /** The round with the best score; 0: the start. */
  best_round: number;
  /** The score from which on the goal counts as reached, from 0 to 1. */
  threshold: number;
  /**
   * The rounds that it may have in all: each time that a person continues it after its end, it gets its rounds again.
   */
  iterations_max: number;
  /** Most minutes that its rounds work, since the start or since a person last continued it; checked between rounds. */
  minutes_max: number;
  /** The number of rounds before a person last continued it after its end; 0: nobody has. */
  continued_after: number;
  /** The command that shows with exit status 0 that the goal is reached; null: the criteria alone do. */
  validation_command: string | null;
  /** Whether the validation command passes, with what shows it; null without one, or before the first check. */
  validation: {
    /** Whether it passes now. */
    met: boolean;
    /** From 0 to 1: how far it passes. A report of tests can count in part. */
    share: number;
    /** The end of its output, or what was found. */
    evidence: string;
  } | null;
  /** `since`: the round since which it has this state; 0: the start. */
  criteria: (GoalCriterion & {
    /** Whether it holds now; null before the first check. */
    met: boolean | null;
    /** What shows it, or what is missing. */
    evidence: string;
    /** The round since which it has this state; 0: the start. */
    since: number;
  })[];
  /** Its rounds, the first one first. */
  rounds: GoalRound[];
  /** The number of the round that runs now; null between rounds and after the end. */
  running: {
    /** Number of the round, from 1. */
    number: number;
    /** Id of the task that does the round. */
    task_id: string;
    /** The plan of the round; null: it has none yet. */
    planned: OpenPlan | null;
    /**
     * How long it has worked, in milliseconds, until `working_since`; waits for people and providers, pauses and time
     * without a server do not count.
     */
    worked_ms: number;
    /** Since when its tasks work without a break; null: none works now. */
    working_since: string | null;
  } | null;
  /** The strategies so far, the first one first. */
  strategies: {
    /** The number of the round after which it was chosen; 0: at the start. */
    after: number;
    /** The strategy in words. */
    strategy: string;
  }[];
  /** What is left at the pace of the last rounds, from the best case to the usual case; null: not known yet, or over. */
  estimate: {
    /** Rounds that are left: the best case, and the usual case. */
    rounds: [number, number];
    /** Minutes that are left: the best case, and the usual case. */
    minutes: [number, number];
  } | null;
  /** What was spent, by phase. */
  phases: {
    /** What the spend was for. */
    phase: "plan" | "research" | "work" | "judge" | "reflect";
    /** Tokens of the phase, input and output together. */
    tokens: number;
    /** US dollars that the phase has cost. */
    cost_usd: number;
  }[];
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
  /** The share of the tests, from 0 to below 1, that is hidden in addition. */
  hidden_share: number;
  /** Globs of files that are put back as they were at the start before each check. */
  protect: string[];
  /** Globs that a person added to the scope. */
  may_change: string[];
  /** After how many rounds each the supervised mode asks. */
  ask_every: number;
  on_success: Delivery;
  /**
   * The state of the delivery, with the branch that it creates and the answer of its last call; null before it, and
   * without one.
   */
  delivery: {
    /** How far the delivery has come. */
    state: "running" | "done" | "failed";
    /** Name of the branch that it creates; null: it creates none. */
    branch: string | null;
    /** What its last call answered. */
    text: string;
  } | null;
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
  /** Id of the tree that pursues it. */
  tree_id: string;
  /** Title of that tree. */
  title: string;
  status: TaskStatus;
  /** Why it failed or was stopped; null without such a reason. */
  reason: Reason | null;
  mode: GoalMode;
  /** The score now, from 0 to 1; null before the first check. */
  score: number | null;
  /** The best score so far, from 0 to 1; null before the first check. */
  best_score: number | null;
  /** The score from which on the goal counts as reached, from 0 to 1. */
  threshold: number;
  /** The number of rounds that have ended. */
  round: number;
  /** The rounds that it may have in all. */
  iterations_max: number;
  cost_usd: number;
  created_at: string;
  ended_at: string | null;
}
