/** Types of an append: entries of one task's log with all their effects, written in one transaction. */
import type { LetterBody } from "@/core/facts";
import type { Assignment, Entry, FinishingPurpose, Level, Setup } from "@/core/log/entries";
import type { Reason } from "@/core/log/reasons";
import type { DailyCap, EndStatus, ParkedBy, ReviewFacts, TaskRole } from "@/core/log/terms";
import type { DerivedRow } from "@/core/row";
import type { GrantState } from "@/core/rules/grants";
import type { Intervention, Review } from "@/core/shapes/shapes";

/** A task's integer keys, for joins, and its public ids, for everything else. */
export interface TaskKey {
  id: number;
  uid: string;
  treeId: number;
  treeUid: string;
  parentId: number | null;
}

/** How the record ends its lease. Without it the holder keeps the lease. */
export type LeaseEnd =
  | { status: "ready" }
  | { status: "parked"; untilMs: number; why: string; by: ParkedBy | null }
  | {
      status: "waiting";
      kind: "subtasks" | "predecessors" | "finishing" | "answer" | "approval";
      tasks: string[];
      /** End of the wait; null waits forever. */
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
  /** Public id of the asked task; null when a person is asked. */
  addressee: string | null;
  kind: Review["kind"];
  title: string;
  detail: string;
  evidence: string | null;
  /** Blast radius and uncertainty, 1 to 5 each; see `attentionOf`. */
  blastRadius: number;
  uncertainty: number;
  /** What happens without a decision, as a sentence; null: nothing, or the task only waits. */
  ifIgnored: string | null;
  /** Facts for pages and programs, which must not parse the texts. */
  facts?: ReviewFacts;
  /** The exact call that an approval allows. */
  subject?: { tool: string; hash: string; level: Level; why: string | null };
}

/** A row of the audit without actor, tree and time, which come from the task and the clock. */
export interface AuditedAct {
  action: string;
  subject: string;
  /** Short; never a secret, never whole arguments. */
  detail: string;
}

/** A proposed change of configuration or code. `body` has the kind's shape, and a decision covers exactly this body. */
export interface NewProposal {
  review: string;
  kind: "agent" | "document" | "tool" | "runbook" | "code";
  name: string;
  body: unknown;
  why: string;
  /** Of a look of the review agent: ids of the kinds of faults that it would prevent. */
  faults?: string[];
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
  /** Changes of reviews: a new addressee (null: a person), an answer, or a withdrawal because nobody waits any more. */
  reviewChanges?: {
    uid: string;
    addressee?: string | null;
    answer?: { text: string; by: string };
    withdraw?: true;
  }[];
  /** Letters to other tasks of the tree, by public id. */
  mail?: { to: string; body: LetterBody }[];
  /** Letters of this task that these entries contain; they are deleted. */
  lettersRead?: number[];
  /** Cost of the last model call above its reservation. It widens the grants up to the root, from the tree's reserve. */
  overrun?: { tokens: number; microUsd: number };
  /** Most that the next model call can cost, reserved now. Replaces the task's last reservation. */
  reserve?: { tokens: number; microUsd: number };
  /** The part of `reserve` that is for calls under way. It stays reserved when the rest is refused. */
  reserved?: { tokens: number; microUsd: number };
  /** The newest snapshot of the tree's folder. */
  snapshot?: string;
  /** Whole outputs of calls whose responses show only a part. */
  outputs?: { callId: string; turn: number; text: string }[];
  /** Files of calls' responses. */
  attachments?: { turn: number; bytes: Uint8Array }[];
  /** Completed tool calls. */
  toolUses?: ToolUse[];
  /** Audit rows: who called what, with the result. */
  audit?: AuditedAct[];
  /** Own folders of tasks, by the task's public id: the newest snapshot, and the base of the next merge. */
  folders?: { task: string; snapshot?: string; base?: string }[];
  /** Folders that outside content has entered: a task's own folder, by the task's public id, or null for the tree's. */
  taintsFolders?: (string | null)[];
  /** Proposed changes of configuration, each with its review. */
  proposals?: NewProposal[];
  /** Findings and actions of the supervisor's rules in this task. */
  interventions?: { rule: string; action: Intervention["action"]; evidence: string }[];
  leaseEnd?: LeaseEnd;
  /**
   * Refuses the record while the task has unread letters other than `lettersRead`. For an end, after which nobody would
   * read them.
   */
  mustHaveRead?: true;
  /** Opens a pause for this task, under manual stepping. */
  openStep?: boolean;
}

/** The daily cap that blocks a call, and when to retry. */
export interface DailyCapReached {
  cap: DailyCap;
  untilMs: number;
}

export type AppendResult =
  | {
      ok: true;
      /** Sequence number of the last entry. The entries' numbers are consecutive. */
      lastSeq: number;
      atMs: number;
      held: boolean;
      letters: number;
      turnsAllowed: number;
      priority: number;
      /** The daily cap over all trees that blocked the reservation; null when none did. */
      dailyCap: DailyCapReached | null;
      /** The task's grant after this record. Nothing was reserved when it did not cover the reservation. */
      grant: GrantState;
    }
  /**
   * Nothing was written, because the lease was lost, the log is longer than expected, or (`isUnread`) the task has an
   * unread letter and must not end.
   */
  | { ok: false; isUnread: boolean };

/** A task leased to a worker. */
export interface LeasedTask extends TaskKey {
  lease: number;
  length: number;
  held: boolean;
  letters: number;
  turnsAllowed: number;
  priority: number;
  /** Number of consecutive earlier leases without progress. */
  fruitlessLeases: number;
  /** When its current attempt was first leased. */
  startedAtMs: number;
  /** When the seconds of its grant are used up if it keeps running; null without a cap. */
  deadlineMs: number | null;
  /** The grant, including a reservation that a former holder did not settle. */
  grant: GrantState;
}

/** A commit's changes in one tree, for watchers. */
export interface Commit {
  treeId: number;
  treeUid: string;
  tasks: Set<string>;
  fromSeq: number;
  toSeq: number;
}

export interface ToolUse {
  /** The tool's name as agents call it. */
  tool: string;
  isError: boolean;
  durationMs: number;
}
