/** A kind of failure. Every text is one sentence. */
export interface FailureText {
  title: string;
  /** How the log shows it. */
  shows: string;
  /** What keeps it from happening. */
  prevention: string;
  /** What gets the work going again. */
  recovery: string;
  /** What a person should do when it happens repeatedly; absent when nothing needs doing. */
  action?: string;
  /** A plan can keep it from happening, so planners read the prevention. */
  inPlans?: true;
}
