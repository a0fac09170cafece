import { expect, test } from "vitest";
import type { ClaimMark, Verdict } from "@/core/log/terms";
import { claimsText, earlierText, failedAttemptText, workedText } from "./conversation";
import { duration } from "./figures";

const verdict = (...marks: ClaimMark["mark"][]): Verdict => ({
  outcome: "pass",
  reasons: [],
  claims: marks.map((mark, at) => ({ statement: String(at), mark, exit_status: null, output: null })),
});

test("the work of an exchange is one line, with its time as it is told everywhere else", () => {
  expect(workedText({ worked_ms: 240_000, turns: 9, corrected: 1 })).toBe("Worked 4 m · 9 turns · 1 claim corrected");
  expect(workedText({ worked_ms: 1_900, turns: 1, corrected: 0 })).toBe(`Worked ${duration(1_900)} · 1 turn`);
  expect(workedText({ worked_ms: 3_900_000, turns: 0, corrected: 2 })).toBe(
    "Worked 1 h 05 m · 0 turns · 2 claims corrected",
  );
});

test("claims are counted by their marks, those that hold first", () => {
  expect(claimsText(verdict("judged", "shown", "shown", "shown"))).toBe("3 claims shown, 1 judged");
  expect(claimsText(verdict("neither", "failed"))).toBe("1 claim failed, 1 not shown");
  expect(claimsText(verdict())).toBe("");
  expect(claimsText(null)).toBe("");
});

test("an attempt that failed says why, and earlier words are counted", () => {
  expect(failedAttemptText({ status: "failed", reason: "by_agent", detail: "no idea" })).toBe(
    "Failed: no idea. Then it was retried.",
  );
  expect(failedAttemptText({ status: "stopped", reason: null, detail: null })).toBe("Stopped. Then it was retried.");
  expect(earlierText([{ end: null }, { end: {} as never }])).toBe("Earlier: 2 messages, 1 result");
});
