import { expect, test } from "vitest";
import type { BackupRecord } from "@/db/records/backup-record";
import { backupAlert, nextDueMs, scheduleOf } from "./schedule";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-05-10T10:00:00Z");
const daily = { everyMs: DAY, keep: 7 };
const made = (atMs: number) => ({ name: "banyan-x.db", sizeBytes: 1, begunAtMs: atMs, atMs: atMs + 1_000 });
const record = (given: Partial<BackupRecord>): BackupRecord => ({
  schedule: { everyMs: null, keep: null },
  success: null,
  failure: null,
  claim: null,
  ...given,
});

test("a setting comes before what an admin saved; without both there is no schedule, and seven stay", () => {
  const none = { everyMs: null, keep: null };
  expect(scheduleOf(none, none)).toEqual({ everyMs: null, keep: 7 });
  expect(scheduleOf({ everyMs: DAY, keep: 3 }, none)).toEqual({ everyMs: DAY, keep: 3 });
  expect(scheduleOf({ everyMs: DAY, keep: 3 }, { everyMs: HOUR, keep: 9 })).toEqual({ everyMs: HOUR, keep: 9 });
  expect(scheduleOf({ everyMs: DAY, keep: 3 }, { everyMs: 0, keep: null })).toEqual({ everyMs: null, keep: 3 });
});

test("the first backup is due at once, the next after the interval, a missed one once, a failed one after an hour", () => {
  expect(nextDueMs({ everyMs: null, keep: 7 }, record({}), NOW)).toBeNull();
  expect(nextDueMs(daily, record({}), NOW)).toBe(NOW);
  expect(nextDueMs(daily, record({ success: made(NOW - HOUR) }), NOW)).toBe(NOW + 23 * HOUR);
  expect(nextDueMs(daily, record({ success: made(NOW - 5 * DAY) }), NOW)).toBe(NOW - 4 * DAY);
  const failure = { sentence: "No.", atMs: NOW };
  expect(nextDueMs(daily, record({ failure }), NOW)).toBe(NOW + HOUR);
  expect(nextDueMs(daily, record({ success: made(NOW - HOUR), failure }), NOW)).toBe(NOW + HOUR);
  // The clock was set back.
  expect(nextDueMs(daily, record({ failure: { sentence: "No.", atMs: NOW + 9 * DAY } }), NOW)).toBe(NOW);
  expect(nextDueMs(daily, record({ success: made(NOW + 9 * DAY) }), NOW)).toBe(NOW);
});

test("alerts name a failure and its reason, or a backup that is late, and only when there is a schedule", () => {
  const failure = { sentence: "Cannot make a backup in /b.", atMs: NOW - HOUR };
  expect(backupAlert(daily, record({ success: made(NOW - HOUR) }), NOW)).toBeNull();
  expect(backupAlert(daily, record({ success: made(NOW - 2 * DAY), failure }), NOW)).toMatchObject({
    what: "backup",
    sentence: "The last backup failed; the newest backup is 1 d 23 h old.",
    remedy: expect.stringContaining("Cannot make a backup in /b."),
  });
  expect(backupAlert(daily, record({ success: made(NOW - 2 * DAY) }), NOW)?.sentence).toContain("is late");
  const claim = { name: "banyan-y.db", begunAtMs: NOW - 2 * HOUR, holder: null as never };
  expect(backupAlert(daily, record({ success: made(NOW - 2 * DAY), claim }), NOW)?.sentence).toContain("is late");
  const begun = { ...claim, begunAtMs: NOW - HOUR / 2 };
  expect(backupAlert(daily, record({ success: made(NOW - 2 * DAY), claim: begun }), NOW)).toBeNull();
  expect(backupAlert({ everyMs: null, keep: 7 }, record({ failure }), NOW)).toBeNull();
});
