/** Shapes for continuing an ended task; see `shapes.ts`. */

/** `GET /tasks/:id/continuation`: what a person's words would do to the task now. */
export interface Continuation {
  /**
   * `retry`: the ended task continues, in its folder. `fork`: a new tree continues, with a copy of the files.
   * `message`: the task has not ended and reads the words. null: nothing can continue.
   */
  by: "retry" | "fork" | "message" | null;
  /** Whether it can be tried again from its beginning, which needs no words: a runbook reads none, and can be retried. */
  may_retry: boolean;
  /** What must be added to the grant for another turn; null when enough is left. */
  needs: {
    /** US dollars. */
    usd?: number;
    /** Tokens. */
    tokens?: number;
    /** Seconds. */
    seconds?: number;
  } | null;
  /** Why only a fork can continue, what is missing, or why nothing can continue, in one sentence. */
  why: string | null;
}

/** `POST /tasks/:id/continue`. */
export interface Continued {
  /** What happens now, in one sentence. */
  sentence: string;
  /** Whether the ended task continues (`retry`), a new tree does (`fork`), or the task reads the words (`message`). */
  by: "retry" | "fork" | "message";
  /** The tree and the task that continue. */
  tree_id: string;
  /** Id of the task. */
  task_id: string;
}
