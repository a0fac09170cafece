/** Shapes of search over everything, and inside one log; see `shapes.ts`. */

import type { TaskStatus } from "@/core/log/terms";
import type { EntryKind } from "./configuration";

/** `GET /find`: what matches some words, the best match of each list first. */
export interface Found {
  trees: FoundTree[];
  /** Those of the trees named in `opened` that still exist, in the given order. */
  opened: FoundTree[];
  tasks: FoundTask[];
  /** Agents, documents, tools and runbooks. */
  entries: FoundEntry[];
  texts: FoundText[];
}

/** A tree that matches a search. */
export interface FoundTree {
  id: string;
  title: string;
  status: TaskStatus;
  created_at: string;
}

/** A task that matches a search. */
export interface FoundTask {
  id: string;
  tree_id: string;
  title: string;
  /** Title of its tree. */
  tree: string;
  agent: string;
  status: TaskStatus;
}

/** An agent, a document or a runbook that matches a search. */
export interface FoundEntry {
  kind: EntryKind | "tool";
  name: string;
  description: string;
}

/** A task whose log contains the words. */
export interface FoundText {
  tree_id: string;
  task_id: string;
  /** Title of the task. */
  task: string;
  /** The newest message with the words. */
  seq: number;
  /** Text around the first of the words. */
  excerpt: string;
}

/** `GET /tasks/:id/find`: the messages of one log that contain the words. */
export interface FoundInLog {
  /** Ascending. Only the newest when there are too many. */
  seqs: number[];
  /** Whether older matches are left out. */
  more: boolean;
}
