/** The latest time that a date can show: a row that holds a later one is read all the same. */
const LATEST_MS = 8.64e15;

/** A time of a row as the shapes have it: ISO 8601 in UTC. */
export const iso = (ms: number | null): string | null =>
  ms === null ? null : new Date(Math.max(-LATEST_MS, Math.min(LATEST_MS, ms))).toISOString();
