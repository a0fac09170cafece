/** The messages between the two sides of a server. */
import type { ProviderSign } from "@/agents/providers/signs";
import type { ActivityText } from "@/core/shapes/live";
import type { Commit } from "@/db/records/records";

/** A commit without what only one process can hold. */
export interface ToldCommit {
  treeId: number;
  treeUid: string;
  tasks: string[];
  fromSeq: number;
  toSeq: number;
}

/** Both sides tell their commits. `missed`: there were more than can be told, so the other side looks by itself. */
export interface CommitsLine {
  commits?: ToldCommit[];
  missed?: true;
}

/** What a task of a watched tree does: `activity` holds what is new of its texts, null: it ended. */
export interface ShownTask {
  treeId: string;
  taskId: string;
  activity: ActivityText | null;
  /** The number of a reply that broke off since the last line. */
  lost?: number;
}

/** Facts for the pages that only the worker's process knows. */
export interface WorkerState {
  /** Why it cannot continue now, or null. */
  fault: string | null;
  /** Its commits since it started. */
  commits: number;
  signs: Record<string, ProviderSign>;
}

export interface FromWorker extends CommitsLine {
  shown?: ShownTask[];
  state?: WorkerState;
}

export interface FromPages extends CommitsLine {
  /** All trees whose activities somebody watches. */
  watch?: string[];
  /** A person has changed this tool server, so its connections must be closed. */
  closeServer?: string;
}

export function toldCommit({ tasks, ...commit }: Commit): ToldCommit {
  return { ...commit, tasks: [...tasks] };
}

export function heardCommit({ tasks, ...commit }: ToldCommit): Commit {
  return { ...commit, tasks: new Set(tasks) };
}
