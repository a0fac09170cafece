import { expect, test } from "vitest";
import { readCron } from "@/lib/time/cron";
import { dueNow, MOST_MISSED } from "./due";

const at = (text: string) => Date.parse(`2027-01-0${text}:00Z`);
const daily = readCron("0 9 * * *", "UTC");
const due = (from: string, now: string, cadence = daily) => dueNow(cadence, at(from), at(now));

test("on time nothing was missed", () => {
  expect(due("4T09:00", "4T08:59")).toBeNull();
  expect(due("4T09:00", "4T09:00")).toEqual({
    dueMs: at("4T09:00"),
    missed: 0,
    missedSinceMs: null,
    nextAtMs: at("5T09:00"),
  });
});

test("however many times were missed, one is due: the newest", () => {
  expect(due("4T09:00", "4T11:00")).toEqual({
    dueMs: at("4T09:00"),
    missed: 1,
    missedSinceMs: at("4T09:00"),
    nextAtMs: at("5T09:00"),
  });
  expect(due("4T09:00", "6T11:00")).toMatchObject({ dueMs: at("6T09:00"), missed: 3, missedSinceMs: at("4T09:00") });
  // A server that starts just in time for the newest.
  expect(due("4T09:00", "6T09:00")).toMatchObject({ dueMs: at("6T09:00"), missed: 2 });
});

test("more missed times than are counted still lead to the newest", () => {
  const minutes = readCron("* * * * *", "UTC");
  expect(due("4T09:00", "6T09:30", minutes)).toMatchObject({
    dueMs: at("6T09:30"),
    missed: MOST_MISSED,
    missedSinceMs: at("4T09:00"),
    nextAtMs: at("6T09:31"),
  });
});
