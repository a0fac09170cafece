import { expect, test } from "vitest";
import { caseOf, type TestCase } from "@/lib/test-reports/cases";
import { baselineOf } from "./baseline";
import { byId, type SuiteRun } from "./run-tests";

const testCase = (file: string | null, status: TestCase["status"] = "passed") => caseOf(file, ["works"], status);
const run = (cases: TestCase[], more: Partial<SuiteRun> = {}): SuiteRun => ({
  tests: byId(cases),
  exitStatus: 0,
  seconds: 1,
  problem: null,
  ...more,
});

/** Returns the status of each test on the base, and the files that ran there; null when all have to run. */
async function baseline(listed: TestCase[], old: SuiteRun, onBase: SuiteRun = run([])) {
  const ran: string[] = [];
  const result = await baselineOf(listed, old, async (files) => {
    ran.push(...files);
    return onBase;
  });
  return result && { ran, tests: [...result.tests.values()].map(({ id, status }) => `${id}: ${status}`) };
}

test("tests that pass on the change do not run on the base", async () => {
  expect(await baseline([testCase("a.ts"), testCase("b.ts")], run([testCase("a.ts"), testCase("b.ts")]))).toEqual({
    ran: [],
    tests: ["a.ts > works: passed", "b.ts > works: passed"],
  });
});

test("tests that fail, are missing, doubled or unknown run on the base", async () => {
  const files = ["fine.ts", "red.ts", "gone.ts", "twice.ts"];
  const old = run([
    testCase("fine.ts"),
    testCase("red.ts", "failed"),
    testCase("twice.ts"),
    testCase("twice.ts"),
    testCase("new.ts"),
  ]);
  // A filter may run more tests than those of the files.
  const onBase = run([
    testCase("red.ts", "failed"),
    testCase("gone.ts"),
    testCase("twice.ts"),
    testCase("fine.ts", "failed"),
  ]);
  expect(
    await baseline(
      files.map((file) => testCase(file)),
      old,
      onBase,
    ),
  ).toEqual({
    ran: ["red.ts", "gone.ts", "twice.ts", "new.ts"],
    tests: ["fine.ts > works: passed", "red.ts > works: failed", "gone.ts > works: passed", "twice.ts > works: passed"],
  });
});

test("all tests run on the base when the files of the others are unknown", async () => {
  const listed = [testCase("a.ts")];
  const red = run([testCase("a.ts", "failed")]);
  expect(await baseline(listed, run([], { problem: "a time-out" }))).toBeNull();
  expect(await baseline(listed, run([testCase("a.ts")], { exitStatus: 1 }))).toBeNull();
  expect(await baseline(listed, red, run([], { problem: "no report" }))).toBeNull();
  expect(await baseline([testCase(null)], run([]))).toBeNull();
  expect(await baseline([testCase("two words.ts")], run([]))).toBeNull();
  expect(await baseline([testCase("-o.ts")], run([]))).toBeNull();
  const many = Array.from({ length: 21 }, (_, at) => testCase(`file-${at}.ts`));
  expect(await baseline(many, run([]))).toBeNull();
});
