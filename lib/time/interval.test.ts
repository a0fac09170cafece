import { expect, test } from "vitest";
import { intervalOf } from "./interval";

test("reads a whole number with the unit m, h or d, and nothing else", () => {
  expect([intervalOf("30m"), intervalOf("24h"), intervalOf("7d")]).toEqual([1_800_000, 86_400_000, 604_800_000]);
  for (const text of ["", "24", "h", "1.5h", "-1h", "24 h", "24H", "1w", "9999999999d", "1e3h"])
    expect([text, intervalOf(text)]).toEqual([text, null]);
});
