/** Shapes of two trees that are compared. */

import type { Level } from "@/core/log/entries";
import type { Reason } from "@/core/log/reasons";
import type { TaskStatus, Verdict } from "@/core/log/terms";
import type { Amounts, ForkOrigin, Tree } from "./shapes";

/** Two trees side by side, such as a fork and its origin. */
export interface Comparison {
  trees: [ComparedTree, ComparedTree];
  /** File changes from the first tree to the second; null when one of them kept no files. */
  files: { path: string; change: "added" | "modified" | "deleted" }[] | null;
  /** The patch in git's format; a long patch is cut. */
  patch: string | null;
  truncated: boolean;
}

/** One of the compared trees. */
export interface ComparedTree {
  tree_id: string;
  title: string;
  status: TaskStatus;
  reason: Reason | null;
  result: string | null;
  verdict: Verdict | null;
  agent: string;
  model: string;
  instruction: string;
  /** The runbook that it follows. */
  runbook: string | null;
  /** The folder that a person named; null for a folder of its own. */
  workspace: string | null;
  grant: Amounts;
  rights: Level[];
  /** The agents and documents of its tasks, with each version that they started with. */
  agents: { name: string; versions: number[] }[];
  documents: { name: string; versions: number[] }[];
  /** Whether its tasks are shown the lessons that fit, only those that a person named, or none. */
  lessons_given: "found" | "named" | "none";
  /** The lessons that its own tasks were shown, at most 20; those that a fork copied are not among them. */
  lessons: { id: string; advice: string }[];
  /** Rounds of a goal, the running one included; null for another tree. */
  rounds: number | null;
  tasks: number;
  tokens: number;
  cost_usd: number;
  /** The part of its totals that the fork copied and did not spend itself. */
  copied: { tokens: number; cost_usd: number };
  /** Seconds from its start to its end, or until now. */
  seconds: number;
  forked_from: ForkOrigin | null;
  not_kept?: Tree["not_kept"];
}
