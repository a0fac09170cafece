/** Shapes of search over everything, and inside one log; see `shapes.ts`. */
import type { TaskStatus } from "@/core/log/terms";
import type { EntryKind } from "./configuration";

/** `GET /find`: what matches some words, the best match of each list first. */
export interface Found {
  /** Trees whose title or id matches. */
  trees: FoundTree[];
  /** Those of the trees named in `opened` that still exist, in the given order. */
  opened: FoundTree[];
  /** Tasks whose title or id matches. */
  tasks: FoundTask[];
  /** Agents, documents, tools and runbooks. */
  entries: FoundEntry[];
  /** Tasks whose logs contain the words. */
  texts: FoundText[];
}

/** A tree that matches a search. */
export interface FoundTree {
  /** Id of the tree. */
  id: string;
  /** Title of the tree. */
  title: string;
  status: TaskStatus;
  created_at: string;
}

/** A task that matches a search. */
export interface FoundTask {
  /** Id of the task. */
  id: string;
  tree_id: string;
  /** Title of the task. */
  title: string;
  /** Title of its tree. */
  tree: string;
  /** Name of its agent. */
  agent: string;
  status: TaskStatus;
}

/** An agent, a document or a runbook that matches a search. */
export interface FoundEntry {
  /** What the entry is. */
  kind: EntryKind | "tool";
  /** Name of the entry. */
  name: string;
  /** What the entry is for. */
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
