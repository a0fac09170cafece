/** Shapes of two trees that are compared. */
import type { Level } from "@/core/log/entries";
import type { Reason } from "@/core/log/reasons";
import type { TaskStatus, Verdict } from "@/core/log/terms";
import type { Amounts, ForkOrigin, Tree } from "./shapes";

/** Two trees side by side, such as a fork and its origin. */
export interface Comparison {
  /** The two trees, in the order in which they were named. */
  trees: [ComparedTree, ComparedTree];
  /** File changes from the first tree to the second; null when one of them kept no files. */
  files:
    | {
        /** Path of the file. */
        path: string;
        /** What differs in the second tree. */
        change: "added" | "modified" | "deleted";
      }[]
    | null;
  /** The patch in git's format; a long patch is cut. */
  patch: string | null;
  /** Whether the patch was cut. */
  truncated: boolean;
}

/** One of the compared trees. */
export interface ComparedTree {
  tree_id: string;
  /** Title of the tree. */
  title: string;
  status: TaskStatus;
  /** Why it failed or was stopped; null without such a reason. */
  reason: Reason | null;
  /** The result of its root task; null before its end. */
  result: string | null;
  /** What judging its result came to; null when nobody judged it. */
  verdict: Verdict | null;
  /** Name of the agent of its root task. */
  agent: string;
  /** Model of its root task, as `provider/model`. */
  model: string;
  /** What its root task has to do. */
  instruction: string;
  /** The runbook that it follows. */
  runbook: string | null;
  /** The folder that a person named; null for a folder of its own. */
  workspace: string | null;
  grant: Amounts;
  /** What its root task may touch. */
  rights: Level[];
  /** The agents of its tasks, with each version that they started with. */
  agents: {
    /** Name of the agent. */
    name: string;
    /** Numbers of its versions. */
    versions: number[];
  }[];
  /** The documents that its tasks read, with each version that they started with. */
  documents: {
    /** Name of the document. */
    name: string;
    /** Numbers of its versions. */
    versions: number[];
  }[];
  /** Whether its tasks are shown the lessons that fit, only those that a person named, or none. */
  lessons_given: "found" | "named" | "none";
  /** The lessons that its own tasks were shown, at most 20; those that a fork copied are not among them. */
  lessons: {
    /** Id of the lesson. */
    id: string;
    /** The advice that was shown. */
    advice: string;
  }[];
  /** Rounds of a goal, the running one included; null for another tree. */
  rounds: number | null;
  /** Number of its tasks. */
  tasks: number;
  tokens: number;
  cost_usd: number;
  /** The part of its totals that the fork copied and did not spend itself. */
  copied: {
    /** Tokens, input and output together. */
    tokens: number;
    /** US dollars. */
    cost_usd: number;
  };
  /** Seconds from its start to its end, or until now. */
  seconds: number;
  /** For a fork: its origin; else null. */
  forked_from: ForkOrigin | null;
  /** Set when a person kept another tree instead: which one, who did it, and when. */
  not_kept?: Tree["not_kept"];
}
