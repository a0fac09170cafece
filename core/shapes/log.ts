/** Shapes of facts about a task's log, and of whole outputs; see `shapes.ts`. */
import type { MediaType } from "@/core/log/model";

/** `GET /tasks/:id/log`. */
export interface LogFacts {
  /** Number of messages of the task. */
  messages: number;
  /** The first message with an error: a failed call, a failed model call, a result sent back, or a failed end. */
  first_error: number | null;
}

/** `GET /messages/:id/output`: a page of a call's whole output, of which the log may show only a part. */
export interface OutputPage {
  /** The text of the page. */
  text: string;
  /** Offset of the page's first character. */
  from: number;
  /** Length of the whole output. */
  chars: number;
}

/** A file of a call's response. `GET /messages/:id/attachments/:file` sends its bytes. */
export interface OpenedAttachment {
  name: string;
  mediaType: MediaType;
  bytes: Uint8Array;
}

/** A message to a task that is not in its log yet. Long texts are cut as in lists of messages. */
export interface UnreadMessage {
  /** Name of who sent it. */
  by: string;
  /** The words. */
  text: string;
  /** When it was sent. */
  sent_at: string;
}

/** What calls of models used, as their providers counted it. */
export interface Used {
  /** All input, including what came from the cache and what was written to it. */
  input_tokens: number;
  /** Input tokens that came from the provider's cache. */
  cache_read_tokens: number;
  /** Input tokens that were written to the provider's cache. */
  cache_write_tokens: number;
  /** Tokens of replies. */
  output_tokens: number;
  cost_usd: number;
}

/** `GET /tasks/:id/usage` (without its subtasks) and `GET /trees/:id/usage` (all tasks): the calls that brought a reply. */
export interface ModelUse extends Used {
  /** Number of calls that brought a reply. */
  calls: number;
  /** The first turn of the task, or of the tree's root; null before it. */
  first_turn: Used | null;
}
