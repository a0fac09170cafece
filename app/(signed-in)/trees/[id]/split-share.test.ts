import { expect, test } from "vitest";
import { fittedShare, shareOf } from "./split-share";

test.each([
  ["62.5", 62.5],
  ["20", 20],
  ["81", 56],
  ["", 56],
  ["wide", 56],
  [undefined, 56],
])("the cookie %o gives the list %d percent", (cookie, share) => {
  expect(shareOf(cookie)).toBe(share);
});

test.each([
  [50, 1240, 50],
  [5, 1240, (360 / 1240) * 100],
  [95, 1240, 100 - (380 / 1240) * 100],
  [5, 4000, 20],
  [95, 4000, 80],
  [95, 600, 80],
])("%d percent of %d px become %d percent", (wanted, wholePx, share) => {
  expect(fittedShare(wanted, wholePx)).toBeCloseTo(share);
});
