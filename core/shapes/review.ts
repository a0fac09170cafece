/** One review item with everything that a person needs to decide it, and what was decided before. */

import type { TaskStatus } from "@/core/log/terms";
import type { Amounts, Review } from "./shapes";

/** What somebody wrote at an item: kept with it, and read by the task with the decision; or a question that it reads at once. */
export interface ReviewComment {
  kind: "comment" | "question";
  by: string;
  at: string;
  text: string;
}

/** Exactly what would run. */
export interface ReviewedCall {
  tool: string;
  level: string | null;
  /** Why a person is asked beside the tool's own policy. */
  why: string | null;
  /** All arguments as JSON. */
  arguments: string;
  /** SHA-256 of the tool and its arguments: an approval is of nothing else. */
  hash: string;
  /** That it reaches. */
  hosts: string[];
  /** Of an added server: how it is started, and the hash of the tool's schema. */
  server: { name: string; start: string; schema_hash: string } | null;
}

/** A part of what is proposed, against the live version. */
export interface ProposedPart {
  name: string;
  /** `list`: one entry a line. */
  form: "text" | "list" | "line" | "code";
  before: string | null;
  after: string;
  /** It may be changed before it is approved. */
  editable: boolean;
}

export interface ReviewedProposal {
  kind: "agent" | "document" | "tool" | "runbook";
  name: string;
  /** SHA-256 of the body. */
  hash: string;
  why: string;
  proposed_by: string;
  /** The live version when it was proposed; null: it is new. */
  base_version: number | null;
  /** What it replaces has changed since: it cannot be approved any more. */
  stale: boolean;
  /** Those that differ first. */
  parts: ProposedPart[];
  /** How the host's test of its code went; null: it has no code. */
  tested: string | null;
  /** What is dangerous about it, one sentence each. */
  hazards: string[];
}

export interface ReviewItem {
  review: Review;
  /** Of the tasks above it and of itself, the root first. */
  path: { id: string; title: string }[];
  agent: string;
  task_status: TaskStatus;
  /** The message that put it before people. */
  seq: number | null;
  call: ReviewedCall | null;
  proposal: ReviewedProposal | null;
  /** Answers that the question itself offers. */
  answers: string[];
  follows: { approve: string; reject: string; ignored: string; undo: string };
  /** So far, of the task that brought it and of its whole tree, and what each may spend. */
  cost: Record<"task" | "tree", { spent: Pick<Amounts, "cost_usd" | "tokens">; grant: Amounts }>;
  comments: ReviewComment[];
  /** Why whoever asks may not; null: they may. */
  may_not: { decide: string | null; comment: string | null; ask: string | null };
}

export interface DecidedQuery {
  /** In its title, its detail, and what was said. */
  text?: string;
  kind?: Review["kind"];
  status?: Exclude<Review["status"], "open">;
  /** Whose decision: part of a name, or `rule ID`. */
  by?: string;
  after?: string;
  limit?: number;
}

export interface DecidedReview extends Review {
  agent: string;
  tree_title: string;
  /** Of an approved proposal whose version is still the live one: what can be restored, in words; else null. */
  restorable: string | null;
}

/** What a rule approves, until when, and why. */
export interface RuleRequest {
  /** Every call of this tool; or of the item's, when that is named. */
  tool?: string;
  item?: string;
  /** Of the item: only calls with exactly its arguments, which is what counts unless it is false. */
  exact?: boolean;
  agent?: string;
  /** Only calls of this tree. */
  tree?: string;
  /** So many calls, and no more. */
  most_uses?: number;
  why?: string;
  hours?: number;
}

/** What is absent stays as it is. */
export interface RuleChangeRequest {
  /** From now on. */
  hours?: number;
  /** null: any number. */
  most_uses?: number | null;
  why?: string;
  /** It approves again, after it was switched off. */
  on?: true;
}

/** One change of a rule; null: it was not said with it. */
export interface RuleEvent {
  what: "made" | "changed" | "off" | "on";
  by: string;
  at: string;
  why: string | null;
  hours: number | null;
  most_uses: number | null;
}
