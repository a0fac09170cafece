import { removesAnything } from "@/core/rules/retention";
import { plural } from "@/core/words/figures";
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
/** No run for longer than this: Banyan did not serve, no limit was set, or the clock was set. */
const LEAP_MS = 7 * DAY_MS;

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
  const { store, retentionSettings, now, isTrial, report } = sources;
  if (isTrial() || store.halts.current() !== null) return false;
  const limits = () => limitsOf(store.retention.read().limits, retentionSettings);
  const record = store.retention.read();
  if (!removesAnything(limits()) || isBusy(record, now())) return false;
  const leapMs = leapOf(record, now());
  if (leapMs !== null && leapNoticedMs(record, now()) === null) {
    await store.retention.noticeLeap(now());
    report(
      `The clock says that ${plural(Math.round(leapMs / DAY_MS), "day")} went by since old trees were last removed. In case it is wrong, nothing is removed for a day.`,
    );
    return false;
  }
  const isDue = (read: RetentionRecord) => nextRunMs(read, now()) <= now();
  if (!isDue(record)) return false;
  return (await clean(sources, limits, "schedule", isDue)) !== null;
}

/**
 * Returns when the next run is due, with limits set. A run that was killed is due again at once, and the first one after
 * a leap of the clock a day after it was noticed.
 */
export function nextRunMs(record: RetentionRecord, nowMs: number): number {
  const { last, claim } = record;
  if (leapOf(record, nowMs) !== null) return (leapNoticedMs(record, nowMs) ?? nowMs) + DAY_MS;
  // A time in the future: the clock was ahead then.
  if (claim !== null || last === null || last.begunAtMs > nowMs) return nowMs;
  return last.begunAtMs + DAY_MS;
}

/**
 * Returns how long ago the last run was, if that is so long that the clock may be wrong: a run is made each day. null: no
 * leap. What a clock that is a year ahead removes by age, no correction of the clock brings back.
 */
function leapOf({ last, claim }: RetentionRecord, nowMs: number): number | null {
  const beforeMs = claim?.begunAtMs ?? last?.begunAtMs ?? nowMs;
  return nowMs - beforeMs > LEAP_MS ? nowMs - beforeMs : null;
}

/** Returns when this leap was noticed, or null: never, or it was another one, before a run or before the clock went back. */
function leapNoticedMs({ last, claim, leapNoticedMs: atMs }: RetentionRecord, nowMs: number): number | null {
  if (atMs == null || atMs > nowMs || atMs < (claim?.begunAtMs ?? last?.begunAtMs ?? 0)) return null;
  return atMs;
}
