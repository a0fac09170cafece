/** What is read of the journal of starts (db/log/starts.ts) to know when a server ran. */

/** The name of the fact that holds the journal. */
export const STARTS = "starts";

export interface StartTimes {
  role: string;
  startedAtMs: number;
  /** null while it runs; `atMs` is null for a crash without a sign of life. */
  end: { atMs: number | null } | null;
}
