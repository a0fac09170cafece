/** Shapes of a task as a conversation: what people said to it, and what it answered; see `shapes.ts`. */
import type { Ended } from "@/core/log/entries";
import type { Message } from "./shapes";

/** Something that a person said. Long texts are cut as in lists of messages. */
export interface Saying {
  /** The message that holds it. */
  seq: number;
  /** When it was said. */
  at: string;
  /** null: whoever started the tree. */
  by: string | null;
  /** The words. */
  text: string;
}

/** How one attempt ended. */
export interface AttemptEnd extends Pick<Ended, "status" | "reason" | "detail" | "result" | "summary" | "verdict"> {
  /** The message that holds it. */
  seq: number;
  /** When the attempt ended. */
  at: string;
}

/** A person's words, the work on them, and its result. */
export interface Exchange {
  said: Saying;
  /** What people, or the supervisor, said while the task worked on it. */
  more: Saying[];
  /** Attempts that ended and were retried without new words, oldest first. */
  failed: AttemptEnd[];
  /** Important events of the work, oldest first: what was sent back, approved, answered or changed. */
  notes: Message[];
  /** Turns of the task in this exchange. */
  turns: number;
  /**
   * How long the task and its subtasks worked on it, until `working_since`; waits for people and providers, pauses, the queue
   * and time without a server do not count.
   */
  worked_ms: number;
  /** Since when they work without a break; null: none of them works now. */
  working_since: string | null;
  /** Number of claims that did not hold at first, and that the result no longer makes or now shows. */
  corrected: number;
  /** null while the task works on it, and before the words that a fork began with: a fork is copied without the end. */
  end: AttemptEnd | null;
  /** The first message of the next exchange; null for the newest. */
  next_seq: number | null;
}

/** `GET /tasks/:id/conversation`. */
export interface Conversation {
  /** Oldest first. */
  exchanges: Exchange[];
  /** Number of older exchanges that are left out. */
  earlier: number;
}
