import { expect, test } from "vitest";
import { countParts, countsText, type StatusCounts } from "./counts";
import { type ShownStatus, STATUS_WORDS } from "./status";

const STATUSES = Object.keys(STATUS_WORDS) as ShownStatus[];
const NONE = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<ShownStatus, number>;

test("the states stand in the order in which they concern a person, each with its own number", () => {
  const counts = Object.fromEntries(STATUSES.map((status, index) => [status, index + 1])) as unknown as StatusCounts;
  expect(countsText(counts)).toBe(
    "3 wait for you, 8 failed, 2 running, 1 queued, 5 parked, 4 waiting, 6 paused, 9 stopped, 7 succeeded",
  );
});

test("no state is left out or counted as another one", () => {
  for (const status of STATUSES) {
    const parts = countParts({ ...NONE, [status]: 1 });
    expect(parts.map((part) => part.status)).toEqual([status]);
    expect(parts[0]?.text).toMatch(/^1 /);
  }
  expect(countsText({ ...NONE, you: 1 })).toBe("1 waits for you");
  expect(countsText(NONE)).toBe("");
});
