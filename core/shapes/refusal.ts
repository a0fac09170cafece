/**
 * What a refusal is about, for code that acts on it. The sentence beside it is for people, and nobody reads it back.
 * A refusal without a code is only told.
 */
export type Refusal =
  /** The parent has read the task's result, so the task cannot be retried: a fork is the way on. */
  | { code: "result_was_read" }
  /** `by`: who decided it, or null when it was withdrawn. */
  | { code: "already_decided"; by: string | null }
  /** The text of a runbook is wrong at this line, counted from 1. */
  | { code: "wrong_line"; line: number };
