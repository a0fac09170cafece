/** What one append writes: entries of one task's log, and everything that follows from them, in one transaction. */
import type { Assignment, Entry, FinishingPurpose, Setup } from "@/agents/core/entries";
import type { LetterBody } from "@/agents/core/facts";
import type { Reason } from "@/agents/core/reasons";
import type { EndStatus, Review, Role } from "@/agents/core/shapes";

/** A task by its integer keys, for joins, and its public ids, for everyone else. */
export interface TaskKey {
  id: number;
  uid: string;
  treeId: number;
  treeUid: string;
  parentId: number | null;
}

/** The columns of `tasks` that are derived from the log by `rowOf`. */
export interface DerivedRow {
  attempt: number;
  turns: number;
  headline: string;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
}

/** What becomes of the lease with this record. Absent: the holder goes on. */
export type Release =
  | { status: "ready" }
  | { status: "parked"; untilMs: number }
  | { status: "waiting"; kind: "subtasks" | "predecessors" | "finishing" | "answer"; tasks: string[] }
  | { status: EndStatus; reason: Reason | null; detail: string | null };

export interface NewTask {
  uid: string;
  agent: string;
  model: string;
  title: string;
  role: Role;
  purpose: FinishingPurpose | null;
  setup: Setup;
  assignment: Assignment;
}

export interface NewReview {
  uid: string;
  /** Public id of the task that is asked; null: a person. */
  addressee: string | null;
  kind: Review["kind"];
  title: string;
  detail: string;
  evidence: string | null;
  attention: number;
}

export interface TaskRecord {
  task: TaskKey;
  lease: number;
  /** Length of the log before this record; with the lease it fences the write. */
  length: number;
  entries: Entry[];
  row: DerivedRow;
  /** What the entries add to the task's spend. */
  spend: { tokensIn: number; tokensOut: number; microUsd: number };
  children?: NewTask[];
  reviews?: NewReview[];
  /** Changes of reviews: the addressee (null: a person now), or the answer. */
  reviewChanges?: { uid: string; addressee?: string | null; answer?: { text: string; by: string } }[];
  /** Letters to other tasks of the tree, by public id. */
  mail?: { to: string; body: LetterBody }[];
  /** Letters of this task that its log has taken in. */
  lettersRead?: number[];
  /** What the next model call may cost at most, promised to it now; replaces the task's last promise. */
  reserve?: { tokens: number; microUsd: number };
  release?: Release;
  /** Manual stepping: a pause record is opened for this task. */
  openStep?: boolean;
}

export type AppendResult =
  | {
      ok: true;
      /** Sequence numbers of the entries: consecutive, ending here. */
      lastSeq: number;
      atMs: number;
      held: boolean;
      letters: number;
      turnsAllowed: number;
      /** What the task is promised now: nothing when the tree's caps do not cover what was asked for. */
      reserved: { tokens: number; microUsd: number };
      /** The tree's totals after this record, for its caps. */
      tree: TreeUse;
    }
  /** The lease was lost, or the log is longer than expected: nothing was written. */
  | { ok: false };

export interface TreeUse {
  tokens: number;
  microUsd: number;
  reservedTokens: number;
  reservedMicroUsd: number;
  tasks: number;
}

/** A task that was leased to a worker. */
export interface Claim extends TaskKey {
  lease: number;
  length: number;
  held: boolean;
  letters: number;
  turnsAllowed: number;
  /** A promise to a model call of a former holder, not settled yet. */
  reserved: { tokens: number; microUsd: number };
}

/** What was committed, for those who watch. */
export interface Commit {
  treeId: number;
  treeUid: string;
  tasks: Set<string>;
  fromSeq: number;
  toSeq: number;
}
