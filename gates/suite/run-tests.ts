/** Runs one command of tests on a tree and reads its report. */
import type { Report } from "@/gates/model/found-tests";
import { type CommandResult, type CommandRun, endedWell, type Runner } from "@/gates/model/gate";
import { lastLineOf } from "@/gates/model/log";
import { withoutFile } from "@/gates/source/trees";
import type { TestCase } from "@/lib/test-reports/cases";
import { readList } from "@/lib/test-reports/jest";
import { readReport } from "@/lib/test-reports/report";

export interface SuiteRun {
  /** By id; if several tests have one id, the worst counts. */
  tests: ReadonlyMap<string, Test>;
  exitStatus: number | null;
  seconds: number;
  /** Why the tests could not be read, as a phrase; null when they could. */
  problem: string | null;
}

export interface Test extends TestCase {
  /** The number of tests with this id. */
  times: number;
}

const RANKS = { passed: 0, skipped: 1, failed: 2 };

export async function runTests(
  runner: Runner,
  { file, format }: Report,
  { tree, ...run }: Omit<CommandRun, "reads">,
): Promise<SuiteRun> {
  const result = await runner.run({
    ...run,
    // A report that is already there would be read instead of a new one.
    tree: file === undefined ? tree : withoutFile(tree, file),
    ...(file !== undefined && { reads: [file] }),
  });
  const { exitStatus, seconds } = result;
  const text = file === undefined ? result.stdout : (result.files[file] ?? null);
  const ended = endingOf(result);
  const report = ended === null ? readReport(format, text) : { problem: ended };
  if ("problem" in report) return { tests: new Map(), exitStatus, seconds, problem: said(report.problem, result) };
  // A runner that found nothing to run may just be broken.
  if (report.cases.length === 0 && exitStatus !== 0)
    return { tests: new Map(), exitStatus, seconds, problem: said("the report has no tests", result) };
  return { tests: byId(report.cases), exitStatus, seconds, problem: null };
}

/** Returns the tests that a command names in a file, as `vitest list --json` does; null when it names none. */
export async function listTests(runner: Runner, file: string, { tree, ...run }: Omit<CommandRun, "reads">) {
  const result = await runner.run({ ...run, tree: withoutFile(tree, file), reads: [file] });
  if (!endedWell(result)) return null;
  const listed = readList(result.files[file] ?? null);
  return listed.length > 0 ? listed : null;
}

function endingOf({ endedBy, problem, seconds }: CommandResult): string | null {
  if (endedBy === "timeout") return `a time-out ended the command after ${Math.round(seconds)} s`;
  return endedBy === "limit" ? `a limit ended the command (${problem})` : null;
}

function said(problem: string, { exitStatus, endedBy, log }: CommandResult): string {
  if (endedBy !== null) return problem;
  const last = lastLineOf(log);
  return `${problem}; exit status ${exitStatus}${last && `, ${last}`}`;
}

export function byId(cases: readonly TestCase[]): Map<string, Test> {
  const tests = new Map<string, Test>();
  for (const testCase of cases) {
    const before = tests.get(testCase.id);
    const worst = before && RANKS[before.status] > RANKS[testCase.status] ? before : testCase;
    tests.set(testCase.id, { ...worst, times: (before?.times ?? 0) + 1 });
  }
  return tests;
}
