/** How a service came from what a person asked for to the first place where others reach it. */
export interface ServiceWay {
  /** When the project was added, or the first task worked in it. */
  began_at: string;
  /** The target that had it first: `production`, or any other one until it is there; null: none has it yet. */
  target: string | null;
  /** When it had it first; null: none has it yet. */
  reached_at: string | null;
  /** Milliseconds from its beginning until it was reached, or until now. */
  ms: number;
  /** Of them, those in which a task or a promotion waited for a person; times that overlap count once. */
  waited_ms: number;
  /** What tasks that began in that time have cost. */
  cost_usd: number;
  /** What people did in that time: questions answered, calls and changes decided, promotions asked for and decided. */
  steps: {
    /** Questions that people answered. */
    answers: number;
    /** Calls and changes that people decided. */
    decisions: number;
    /** Promotions that people asked for or decided. */
    promotions: number;
  };
}
