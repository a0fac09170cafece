/** Shapes of facts about a task's log, and of whole outputs; see `shapes.ts`. */

/** `GET /tasks/:id/log`. */
export interface LogFacts {
  messages: number;
  /** The first message with an error: a failed call, a failed model call, a result sent back, or a failed end. */
  first_error: number | null;
}

/** `GET /messages/:id/output`: a page of a call's whole output, of which the log may show only a part. */
export interface OutputPage {
  text: string;
  /** Offset of the page's first character. */
  from: number;
  /** Length of the whole output. */
  chars: number;
}
