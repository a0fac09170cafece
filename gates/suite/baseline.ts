/**
 * The base's tests, when the settings say how to name them without a run. They run on the change first. A test that
 * passes there needs no run on the base, so only files with another test run on the base too.
 */
import type { TestCase } from "@/lib/test-reports/cases";
import { byId, type SuiteRun } from "./run-tests";

/** With more files in doubt, all tests run at once. */
const MOST_FILES = 20;
/** A path that is one word for a shell, and no option. */
const PLAIN_PATH = /^\w[\w./@+-]*$/;

/** Whether a command may get all of these paths, between spaces. */
export function arePlain(paths: readonly (string | null)[]): paths is string[] {
  return paths.every((path) => path !== null && PLAIN_PATH.test(path));
}

/**
 * Returns the tests of the base with their results. Those that pass on the change (`old`) count as passed; `runFiles`
 * runs the files of the others on the base. Null when the files are unknown, so that all tests have to run there.
 */
export async function baselineOf(
  listed: readonly TestCase[],
  old: SuiteRun,
  runFiles: (files: readonly string[]) => Promise<SuiteRun>,
): Promise<SuiteRun | null> {
  const ran = [...old.tests.values()];
  const isExplained = old.exitStatus === 0 || ran.some(({ status }) => status === "failed");
  if (old.problem !== null || !isExplained) return null;
  const expected = byId(listed);
  const open = [
    ...[...expected.values()].filter(({ id, times }) => {
      const now = old.tests.get(id);
      return now?.status !== "passed" || now.times !== times;
    }),
    ...ran.filter(({ id }) => !expected.has(id)),
  ];
  const files = [...new Set(open.map(({ file }) => file))];
  if (files.length > MOST_FILES || !arePlain(files)) return null;
  const { seconds } = old;
  if (files.length === 0) return { tests: expected, exitStatus: 0, seconds, problem: null };
  const run = await runFiles(files);
  if (run.problem !== null) return null;
  const isOpen = ([, { file }]: [string, TestCase]) => file !== null && files.includes(file);
  const tests = new Map([...[...expected].filter((test) => !isOpen(test)), ...[...run.tests].filter(isOpen)]);
  return { tests, exitStatus: 0, seconds, problem: null };
}
