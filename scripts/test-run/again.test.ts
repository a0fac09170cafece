import { expect, test } from "vitest";
import { runAgain } from "./again.mjs";

const failure = (title: string, file: string | null = "a.test.ts") => ({ title, file, error: "AssertionError" });
const red = (...failures: ReturnType<typeof failure>[]) => ({
  counts: { passed: 7, failed: failures.length, skipped: 0 },
  failures,
});
const GREEN = { counts: { passed: 3, failed: 0, skipped: 0 }, failures: [] };
const NOTHING = { counts: { passed: 0, failed: 0, skipped: 0 }, failures: [] };

/** Answers with the given runs one after the other, and keeps which files were asked for. */
function runs(...answers: (typeof GREEN | ReturnType<typeof red>)[]) {
  const asked: string[][] = [];
  const runFiles = async (files: string[]) => {
    asked.push(files);
    const answer = answers.shift();
    if (!answer) throw new Error("This run was not expected.");
    return answer;
  };
  return { asked, runFiles };
}

test("tests that pass twice when their files run again are flaky, and counted as passed", async () => {
  const { asked, runFiles } = runs(GREEN, GREEN);
  const failures = [failure("a"), failure("b"), failure("c", "c.test.ts")];
  expect(await runAgain(red(...failures), runFiles)).toEqual({
    counts: { passed: 10, failed: 0, skipped: 0 },
    failures: [],
    flaky: failures,
  });
  expect(asked).toEqual([
    ["a.test.ts", "c.test.ts"],
    ["a.test.ts", "c.test.ts"],
  ]);
});

test.each([
  ["the first time", [red(failure("a"))]],
  ["the second time", [GREEN, red(failure("a"))]],
  ["another test", [GREEN, red(failure("another"))]],
  ["no test runs", [NOTHING]],
])("a test stays red when it fails again: %s", async (_, answers) => {
  const run = red(failure("a"), failure("b"));
  expect(await runAgain(run, runs(...answers).runFiles)).toEqual({ ...run, flaky: [] });
});

test("many red tests, a failure outside of any test and a green run do not run again", async () => {
  const many = red(...Array.from({ length: 6 }, (_, at) => failure(`${at}`)));
  const outside = red(failure("a"), failure("outside of any test", null));
  const unnamed = { ...red(failure("a")), counts: { passed: 7, failed: 2, skipped: 0 } };
  for (const run of [many, outside, unnamed, GREEN])
    expect(await runAgain(run, runs().runFiles)).toEqual({ ...run, flaky: [] });
});
