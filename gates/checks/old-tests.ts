/** The base's own tests, run on the code of the head. */
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { fault, flag, type Gate, measured, note, notMeasured, type Verdict } from "@/gates/model/gate";
import { type Retired, SETTINGS_FILE } from "@/gates/model/settings";
import { flakyOf } from "@/gates/suite/rerun";
import type { SuiteRun, Test } from "@/gates/suite/run-tests";
import { type NearestTests, suiteOf } from "@/gates/suite/suite";

export const oldTests: Gate = {
  name: "old_tests",
  needsSandbox: true,
  off: ({ settings, foundTests }) =>
    settings.tests || foundTests === "none"
      ? null
      : foundTests
        ? "The tests that were found write no report, so they run as a command."
        : "The settings name no tests.",
  async judge(context) {
    if (!context.settings.tests)
      return notMeasured(
        `No tests were found: there is no ${SETTINGS_FILE}, and no test command in package.json, Cargo.toml, go.mod, pom.xml, a Makefile or for pytest. Name the command under tests in ${SETTINGS_FILE}.`,
      );
    const suite = suiteOf(context);
    const base = await suite.base();
    if (base.problem !== null) return notMeasured(`On the base ${base.problem}.`);
    const old = await suite.old();
    if (old.problem !== null)
      return measured("The tests of the base could not be run on the change.", [headFault(old)]);
    const again = (red: readonly Test[]) => flakyOf(context, suite.oldTree, red);
    const { nearest } = suite;
    const verdict = await compared({ base, old, retires: context.retires, isPart: nearest !== null }, again);
    return nearest === null ? verdict : ofFirstPart(nearest, verdict);
  },
};

/** Says how much the first part left out. */
function ofFirstPart({ files, reached }: NearestTests, verdict: Verdict): Verdict {
  const ran =
    reached === 0
      ? "No file of tests imports or names what changed."
      : `${files.length} of the ${plural(reached, "file")} of tests that the change can reach ran, the nearest first.`;
  return {
    ...verdict,
    findings: [...verdict.findings, note(`${ran} The others run with the whole gates.`)],
    counts: { ...verdict.counts, files: files.length, files_reached: reached },
    later: true,
  };
}

function headFault({ problem }: SuiteRun): Finding {
  return fault(`With the tests of the base, ${problem}.`);
}

/** Runs red tests again, and returns the ids of the flaky ones. */
type Again = (red: readonly Test[]) => Promise<ReadonlySet<string>>;

interface Compared {
  base: SuiteRun;
  old: SuiteRun;
  retires: readonly Retired[];
  /** Whether only some of the tests ran. */
  isPart?: boolean;
}

/** Every test that passes on the base has to pass on the change. */
export async function compared({ base, old, retires, isPart = false }: Compared, again: Again): Promise<Verdict> {
  const retired = new Set(retires.map(({ test }) => test));
  const expected = [...base.tests.values()].filter(({ id, status }) => status === "passed" && !retired.has(id));
  const leftOut = [...base.tests.values()].filter(({ id, status }) => status === "failed" && !retired.has(id));
  const red = [
    ...expected.map(({ id }) => old.tests.get(id)).filter((test) => test?.status === "failed"),
    ...[...old.tests.values()].filter(({ id, status }) => status === "failed" && !base.tests.has(id)),
  ].filter((test): test is Test => test !== undefined);
  const flaky = await again(red);
  const findings = [
    ...(base.tests.size === 0 && !isPart
      ? [flag("The base has no tests, so nothing shows that the change breaks nothing.")]
      : []),
    ...expected.flatMap((test) => expectedFinding(test, old, flaky)),
    ...red
      .filter(({ id }) => !base.tests.has(id))
      .map(({ id }) => fault("This is red on the change, and the base does not have it.", { test: id })),
    ...endingFaults(base, old),
    ...leftOut.map(({ id }) => flag("Left out: this test of the base fails on the base too.", { test: id })),
    ...retires.flatMap(({ test, why }) => retiredFinding(test, why, base, old)),
  ];
  const passed = expected.filter(({ id }) => old.tests.get(id)?.status === "passed" || flaky.has(id)).length;
  return measured(`${passed} of ${expected.length} tests of the base pass on the change.`, findings, {
    tests: expected.length,
    passed,
    retired: retires.length,
    left_out: leftOut.length,
    flaky: flaky.size,
  });
}

function expectedFinding(test: Test, old: SuiteRun, flaky: ReadonlySet<string>): Finding[] {
  const now = old.tests.get(test.id);
  const place = { test: test.id, path: test.file };
  if (!now) return [fault("This test of the base did not run on the change.", place)];
  if (now.times > test.times) return [fault("This test of the base ran more often on the change.", place)];
  if (now.times < test.times) return [fault("This test of the base ran less often on the change.", place)];
  if (now.status === "skipped") return [fault("This test of the base is skipped on the change.", place)];
  if (now.status === "passed") return [];
  if (flaky.has(test.id)) return [flag("Flaky: it failed once and passed twice when it ran again.", place)];
  return [fault("This test of the base fails on the change.", place)];
}

/** The report of a run says that all tests passed, and the exit status says otherwise. */
export function endingFaults(base: SuiteRun, run: SuiteRun): Finding[] {
  const hasRed = [...run.tests.values()].some(({ status }) => status === "failed");
  if (run.exitStatus === 0 || hasRed || base.exitStatus !== 0) return [];
  return [fault(`The command ended with ${run.exitStatus}, although no test of its report fails.`)];
}

function retiredFinding(test: string, why: string, base: SuiteRun, old: SuiteRun): Finding[] {
  if (!base.tests.has(test)) return [fault("This retired test is not in the base; check its id.", { test })];
  if (old.tests.get(test)?.status === "passed") return [flag(`Retired, although it still passes: ${why}`, { test })];
  return [flag(`Retired: ${why}`, { test })];
}
