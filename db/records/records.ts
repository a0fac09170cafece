/** What one append writes: entries of one task's log, and everything that follows from them, in one transaction. */

import type { LetterBody } from "@/core/facts";
import type { Assignment, Entry, FinishingPurpose, Level, Setup } from "@/core/log/entries";
import type { Reason } from "@/core/log/reasons";
import type { DailyCap, EndStatus, ReviewFacts, TaskRole } from "@/core/log/terms";
import type { DerivedRow } from "@/core/row";
import type { GrantState } from "@/core/rules/grants";
import type { Intervention, Review } from "@/core/shapes/shapes";

/** A task by its integer keys, for joins, and its public ids, for everyone else. */
export interface TaskKey {
  id: number;
  uid: string;
  treeId: number;
  treeUid: string;
  parentId: number | null;
}

/** What becomes of the lease with this record. Absent: the holder goes on. */
export type Release =
  | { status: "ready" }
  | { status: "parked"; untilMs: number; why: string; isByCap: boolean }
  | {
      status: "waiting";
      kind: "subtasks" | "predecessors" | "finishing" | "answer" | "approval";
      tasks: string[];
      /** It waits no longer than this; null: for ever. */
      untilMs: number | null;
    }
  | { status: EndStatus; reason: Reason | null; detail: string | null };

export interface NewTask {
  uid: string;
  agent: string;
  model: string;
  title: string;
  role: TaskRole;
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
  /** 1 to 5 each; see `attentionOf`. */
  blastRadius: number;
  uncertainty: number;
  /** What happens when nobody decides. */
  ifIgnored: string;
  /** What pages and programs need to know of it beside its words. */
  facts?: ReviewFacts;
  /** For an approval: exactly what it allows. */
  subject?: { tool: string; hash: string; level: Level; why: string | null };
}

/** One row of the audit chain without who, where and when: those are the task's and the clock's. */
export interface AuditedAct {
  action: string;
  subject: string;
  /** Short; never a secret, never whole arguments. */
  detail: string;
}

/** `body` is of the kind's shape; a decision is about exactly this. */
export interface NewProposal {
  review: string;
  kind: "agent" | "document" | "tool" | "runbook";
  name: string;
  body: unknown;
  why: string;
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
  /** Changes of reviews: the addressee (null: a person now), the answer, or that nobody waits for one any more. */
  reviewChanges?: {
    uid: string;
    addressee?: string | null;
    answer?: { text: string; by: string };
    withdraw?: true;
  }[];
  /** Letters to other tasks of the tree, by public id. */
  mail?: { to: string; body: LetterBody }[];
  /** Letters of this task that its log has taken in. */
  lettersRead?: number[];
  /** What the last model call cost beyond what was reserved for it: the grants up to the root are widened by it, from the tree's reserve. */
  overrun?: { tokens: number; microUsd: number };
  /** What the next model call may cost at most, reserved for it now; replaces the task's last reservation. */
  reserve?: { tokens: number; microUsd: number };
  /** The newest snapshot of the tree's folder. */
  snapshot?: string;
  /** Whole outputs of calls whose responses show only a part. */
  outputs?: { callId: string; turn: number; text: string }[];
  /** Calls of tools that were carried out. */
  toolUses?: ToolUse[];
  /** Who called what, and what became of it: rows of the audit chain. */
  audit?: AuditedAct[];
  /** Own folders of tasks, by the task's public id: the newest snapshot, and what the next merge begins from. */
  folders?: { task: string; snapshot?: string; base?: string }[];
  /** Folders that content from outside has come into: the own one of a task, by its public id; null: the tree's. */
  taintsFolders?: (string | null)[];
  /** Changes of configuration that wait for a decision, each with the review that it belongs to. */
  proposals?: NewProposal[];
  /** What a rule of the supervisor found in this task, and did. */
  interventions?: { rule: string; action: Intervention["action"]; evidence: string }[];
  release?: Release;
  /** Nothing is written while the task has letters beside `lettersRead`: an end, after which nobody would read them. */
  mustHaveRead?: true;
  /** Manual stepping: a pause record is opened for this task. */
  openStep?: boolean;
}

/** Which cap of the day stands against a call, as people read it, and when it is tried again. */
export interface DailyCapReached {
  cap: DailyCap;
  untilMs: number;
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
      priority: number;
      /** Why nothing was reserved, when a cap over all trees of the day stands against it. */
      dailyCap: DailyCapReached | null;
      /** The task's grant after this record; what it does not cover was not reserved. */
      grant: GrantState;
    }
  /**
   * Nothing was written: the lease was lost, or the log is longer than expected; or (`isUnread`) the task would have ended with a
   * letter that it has not read.
   */
  | { ok: false; isUnread: boolean };

/** A task that was leased to a worker. */
export interface LeasedTask extends TaskKey {
  lease: number;
  length: number;
  held: boolean;
  letters: number;
  turnsAllowed: number;
  priority: number;
  /** Leases in a row before this one that ended before the task took a step forward. */
  fruitlessLeases: number;
  /** When the seconds of its grant are used up, if it goes on until then; null: never. */
  deadlineMs: number | null;
  /** With a reservation in it that a former holder did not settle. */
  grant: GrantState;
}

/** What was committed, for those who watch. */
export interface Commit {
  treeId: number;
  treeUid: string;
  tasks: Set<string>;
  fromSeq: number;
  toSeq: number;
}

export interface ToolUse {
  /** As agents call it. */
  tool: string;
  isError: boolean;
  durationMs: number;
}
