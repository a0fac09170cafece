/** The latest time that a date can represent. Later times in a damaged row are clamped, so that the row stays readable. */
const LATEST_MS = 8.64e15;

/** Returns a row's time as ISO 8601 in UTC, as in the JSON shapes. */
export function iso(ms: number): string;
export function iso(ms: number | null): string | null;
export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(Math.max(-LATEST_MS, Math.min(LATEST_MS, ms))).toISOString();
}
