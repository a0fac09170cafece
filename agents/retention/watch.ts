import { removesAnything } from "@/core/rules/retention";
import type { RetentionRecord } from "@/db/records/retention-record";
import type { RetentionSettings } from "@/lib/env/retention";
import { checkFromNowOn } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { type CleanSources, clean, isBusy } from "./clean";
import { limitsOf } from "./fates";

export interface RetentionWatch extends CleanSources {
  retentionSettings: RetentionSettings;
  /** Whether this is a release on trial, which may still be taken back: what it removed would be gone. */
  isTrial(): boolean;
  report(message: string, error?: unknown): void;
}

const POLL_MS = 60_000;
const DAY_MS = 86_400_000;

/** Cleans once a day while a limit is set, and at once where a killed process had begun. Returns a function that ends this. */
export function startRetentionWatch(sources: RetentionWatch, timers: Timers): () => void {
  return checkFromNowOn({
    timers,
    everyMs: POLL_MS,
    check: (mayGoOn) => cleanIfDue({ ...sources, mayGoOn }),
    failed: (error) => sources.report("Old trees could not be removed.", error),
  });
}

/** Resolves with whether a run was due. */
export async function cleanIfDue(sources: RetentionWatch): Promise<boolean> {
  const { store, retentionSettings, now, isTrial } = sources;
  if (isTrial()) return false;
  const record = store.retention.read();
  const limits = limitsOf(record.limits, retentionSettings);
  const isDue = (read: RetentionRecord) => nextRunMs(read, now()) <= now();
  if (!removesAnything(limits) || isBusy(record, now()) || !isDue(record)) return false;
  return (await clean(sources, limits, "schedule", isDue)) !== null;
}

/** Returns when the next run is due, with limits set. A run that was killed is due again at once. */
export function nextRunMs({ last, claim }: RetentionRecord, nowMs: number): number {
  // A time in the future: the clock was ahead then.
  if (claim !== null || last === null || last.begunAtMs > nowMs) return nowMs;
  return last.begunAtMs + DAY_MS;
}
