import { expect, test } from "vitest";
import { inputText } from "./usage";

test.each([
  [{ input: 5_100, cached: 4_200 }, "5.1k in, 82 % cached"],
  [{ input: 999, cached: 0 }, "999 in, none cached"],
  [{ input: 0, cached: 0 }, "0 in, none cached"],
  [{ input: 100_000, cached: 99_999 }, "100k in, 99 % cached"],
  [{ input: 100_000, cached: 10 }, "100k in, under 1 % cached"],
  [{ input: 10, cached: 20 }, "10 in, 100 % cached"],
])("%j is said as %s", (used, text) => {
  expect(inputText(used)).toBe(text);
});
