import { expect, test } from "vitest";
import { caseOf, type TestCase } from "@/lib/test-reports/cases";
import { baselineOf } from "./baseline";
import { byId, type SuiteRun } from "./run-tests";

const one = (file: string | null, status: TestCase["status"] = "passed") => caseOf(file, ["works"], status);
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

test("what passes on the change does not run on the base", async () => {
  expect(await baseline([one("a.ts"), one("b.ts")], run([one("a.ts"), one("b.ts")]))).toEqual({
    ran: [],
    tests: ["a.ts > works: passed", "b.ts > works: passed"],
  });
});

test("what fails, is missing, doubled or unknown runs on the base", async () => {
  const files = ["fine.ts", "red.ts", "gone.ts", "twice.ts"];
  const old = run([one("fine.ts"), one("red.ts", "failed"), one("twice.ts"), one("twice.ts"), one("new.ts")]);
  // A filter may run more than the files.
  const onBase = run([one("red.ts", "failed"), one("gone.ts"), one("twice.ts"), one("fine.ts", "failed")]);
  expect(
    await baseline(
      files.map((file) => one(file)),
      old,
      onBase,
    ),
  ).toEqual({
    ran: ["red.ts", "gone.ts", "twice.ts", "new.ts"],
    tests: ["fine.ts > works: passed", "red.ts > works: failed", "gone.ts > works: passed", "twice.ts > works: passed"],
  });
});

test("all tests run on the base when the others cannot be told", async () => {
  const listed = [one("a.ts")];
  const red = run([one("a.ts", "failed")]);
  expect(await baseline(listed, run([], { problem: "a time-out" }))).toBeNull();
  expect(await baseline(listed, run([one("a.ts")], { exitStatus: 1 }))).toBeNull();
  expect(await baseline(listed, red, run([], { problem: "no report" }))).toBeNull();
  expect(await baseline([one(null)], run([]))).toBeNull();
  expect(await baseline([one("two words.ts")], run([]))).toBeNull();
  expect(await baseline([one("-o.ts")], run([]))).toBeNull();
  const many = Array.from({ length: 21 }, (_, at) => one(`file-${at}.ts`));
  expect(await baseline(many, run([]))).toBeNull();
});
