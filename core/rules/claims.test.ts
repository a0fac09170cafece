import { expect, test } from "vitest";
import { failedClaims, judged, markOf, unshown } from "./claims";

const claim = { statement: "It is.", command: "true" };

test.each([
  ["absent means exit status 0", undefined, 0, "", "shown"],
  ["absent, and another status", undefined, 3, "", "failed"],
  ["a number is that exit status", 3, 3, "", "shown"],
  ["a number, and another status", 3, 0, "", "failed"],
  ["a text that the output contains, with any status", "ok", 1, "all ok here", "shown"],
  ["a text that the output does not contain", "ok", 0, "nothing", "failed"],
  ["an empty text is none, so that each output would hold", "", 1, "2 tests failed", "failed"],
  ["an empty text, and exit status 0", "", 0, "", "shown"],
  ["a blank text", " \n", 1, "2 tests failed \n", "failed"],
  ["a command that the host ended", undefined, null, "", "failed"],
  ["a command that the host ended after it printed the text", "ok", null, "ok", "failed"],
] as const)("expect: %s", (_what, expect_, exitStatus, output, mark) => {
  const marked = markOf({ ...claim, ...(expect_ !== undefined && { expect: expect_ }) }, { exitStatus, output });
  expect([marked.mark, marked.exit_status]).toEqual([mark, exitStatus]);
});

test("long output keeps its beginning and its end", () => {
  const { output } = markOf(claim, { exitStatus: 0, output: `begin${"x".repeat(10_000)}end` });
  expect(output?.length).toBeLessThan(4_100);
  expect(output).toMatch(/^begin.*end$/s);
});

test("a passing verdict marks claims without a command as judged, but not claims that had no sandbox", () => {
  const marks = judged([unshown({ statement: "It reads well." }), unshown(claim)]);
  expect(marks.map((mark) => mark.mark)).toEqual(["judged", "neither"]);
});

test("the evidence of a failed claim names the expected and the actual result", () => {
  const failed = markOf({ ...claim, expect: "42" }, { exitStatus: 0, output: "41" });
  expect(failedClaims([failed, unshown(claim)])).toEqual([
    "The claim “It is.” failed: `true` should give output with “42”; got exit status 0. Its output:\n41",
  ]);
  expect(failedClaims([markOf({ ...claim, expect: "" }, { exitStatus: 1, output: "" })])).toEqual([
    "The claim “It is.” failed: `true` should give exit status 0; got exit status 1. Its output:\n",
  ]);
});
