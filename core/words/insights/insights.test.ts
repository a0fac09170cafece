import { expect, test } from "vitest";
import { causeWords } from "./insights";

test("a state says who gave it, else why, else that a look did", () => {
  expect(causeWords({ by: "ann", reason: null })).toBe(" by ann.");
  expect(causeWords({ by: "ann", reason: "On purpose" })).toBe(" by ann: “On purpose”");
  expect(causeWords({ by: null, reason: "Its change was accepted." })).toBe(": “Its change was accepted.”");
  expect(causeWords({ by: null, reason: null })).toBe(": a look no longer found it.");
});
