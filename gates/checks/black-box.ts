/**
 * Black box: tests of the base try the built candidate from outside. The candidate runs apart from the tests, so code
 * that behaves well only where it is tested cannot recognize them.
 */
import { fault, type Gate, type GateContext, measured, notMeasured, type Verdict } from "@/gates/model/gate";
import type { BlackBox } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";
import { flakyWith } from "@/gates/suite/rerun";
import { runTests, type SuiteRun } from "@/gates/suite/run-tests";
import { compared } from "./old-tests";

export const blackBox: Gate = {
  name: "black_box",
  needsSandbox: true,
  isLater: true,
  off: ({ settings }) => (settings.black_box.length > 0 ? null : "The settings name no tests from outside."),
  async judge(context) {
    const base = await runAll(context, "base", context.change.base);
    if (base.problem !== null) return notMeasured(`On the base ${base.problem}.`);
    const head = await runAll(context, "head", context.change.head);
    if (head.problem !== null)
      return measured("The change could not be tested from outside.", [fault(`On the change ${head.problem}.`)]);
    return judged(context, base, head);
  },
};

function judged(context: GateContext, base: SuiteRun, head: SuiteRun): Promise<Verdict> {
  // A change cannot retire the tests that try it from outside: only a person can, against this gate.
  return compared({ base, old: head, retires: [] }, (red) =>
    flakyWith(red, () => runAll(context, "again", context.change.head)),
  );
}

/** Joins the results of all black boxes. The first that cannot be read decides. */
async function runAll(context: GateContext, name: string, candidate: FileTree): Promise<SuiteRun> {
  const all: SuiteRun = { tests: new Map(), exitStatus: 0, seconds: 0, problem: null };
  for (const [at, box] of context.settings.black_box.entries()) {
    const run = await runBox(context, box, `${name}-${at + 1}`, candidate);
    if (run.problem !== null) return run;
    all.tests = new Map([...all.tests, ...run.tests]);
    all.exitStatus ||= run.exitStatus;
    all.seconds += run.seconds;
  }
  return all;
}

function runBox(
  { change, runner }: GateContext,
  { build, run, report, timeout_minutes }: BlackBox,
  name: string,
  candidate: FileTree,
): Promise<SuiteRun> {
  return runTests(runner, report, {
    name,
    tree: change.base,
    underTest: candidate,
    sandbox: "nested",
    command: build === undefined ? run : `${building(build)} || exit 1\n${run}`,
    timeoutMs: timeout_minutes * 60_000,
  });
}

/** The build is the candidate's, so it must not touch the tests. Its output is no report. */
function building(build: string): string {
  const quoted = `'${build.replaceAll("'", "'\\''")}'`;
  return `( cd "$BANYAN_UNDER_TEST" && "$BANYAN_APART" /bin/bash -c ${quoted} ) >&2`;
}
