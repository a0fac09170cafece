/** What is known of a task's log as a whole, and of outputs that it shows only a part of; see `shapes.ts`. */

/** `GET /tasks/:id/log`. */
export interface LogFacts {
  messages: number;
  /** The first message that tells of an error: a failed call, a model that failed, a result that did not hold, a failed end. */
  first_error: number | null;
}

/** `GET /messages/:id/output`: a page of what a call put out, which its response in the log may show only a part of. */
export interface OutputPage {
  text: string;
  /** The character that the page begins at. */
  from: number;
  /** Of the whole. */
  chars: number;
}
