/** The tests of the head on the code of the head: no test is missing, and new tests prove something. */
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { fault, flag, type Gate, type GateContext, measured, notMeasured } from "@/gates/model/gate";
import { flakyOf } from "@/gates/suite/rerun";
import type { SuiteRun, Test } from "@/gates/suite/run-tests";
import { suiteOf } from "@/gates/suite/suite";
import { isTestFile } from "@/lib/test-reports/test-side";
import { endingFaults } from "./old-tests";

export const newTests: Gate = {
  name: "new_tests",
  needsSandbox: true,
  off: ({ settings }) => (settings.tests ? null : "The settings name no tests."),
  async judge(context) {
    const suite = suiteOf(context);
    const base = await suite.base();
    if (base.problem !== null) return notMeasured(`On the base ${base.problem}.`);
    const head = await suite.head();
    if (head.problem !== null)
      return measured("The tests of the change could not be run.", [fault(`On the change ${head.problem}.`)]);
    const isNew = ({ id }: Test) => !base.tests.has(id);
    const red = [...head.tests.values()].filter(
      (test) => test.status === "failed" && base.tests.get(test.id)?.status !== "failed",
    );
    const flaky = await flakyOf(context, context.change.head, red);
    const fresh = [...head.tests.values()].filter(isNew);
    const findings = [
      ...lostFaults(context, base, head),
      ...red.map((test) => redFinding(test, isNew(test), flaky)),
      ...fresh.flatMap(freshFaults),
      // With the base's tests, the old tests say it.
      ...(suite.hasOtherTests ? endingFaults(base, head) : []),
      ...(await unprovenFlags(context, fresh, head)),
      ...changedTestFlags(context),
    ];
    return measured(`${plural(head.tests.size, "test")}, ${fresh.length} of them new.`, findings, {
      tests: head.tests.size,
      new: fresh.length,
      flaky: flaky.size,
    });
  },
};

/** Tests that the change removed, skips or doubles. */
function lostFaults({ retires }: GateContext, base: SuiteRun, head: SuiteRun): Finding[] {
  const retired = new Set(retires.map(({ test }) => test));
  return [...base.tests.values()]
    .filter(({ id }) => !retired.has(id))
    .flatMap(({ id, file, status, times }) => {
      const now = head.tests.get(id);
      const place = { test: id, path: file };
      if (!now) return [fault("The change removes this test without retiring it.", place)];
      if (now.times !== times) return [fault(`This test ran ${times}× on the base and ${now.times}× here.`, place)];
      if (now.status === "skipped" && status === "passed") return [fault("The change skips this test.", place)];
      return [];
    });
}

function redFinding({ id, file }: Test, isNew: boolean, flaky: ReadonlySet<string>): Finding {
  const place = { test: id, path: file };
  if (flaky.has(id)) return flag("Flaky: it failed once and passed twice when it ran again.", place);
  return fault(isNew ? "This new test fails." : "This test fails as the change has it.", place);
}

function freshFaults({ id, file, status, times }: Test): Finding[] {
  const place = { test: id, path: file };
  if (times > 1) return [fault(`${times} new tests have this id.`, place)];
  return status === "skipped" ? [fault("This new test is skipped.", place)] : [];
}

/** New tests that pass without the change do not show that it works. */
async function unprovenFlags(context: GateContext, fresh: readonly Test[], head: SuiteRun): Promise<Finding[]> {
  const changed = context.retires.flatMap(({ test }) => head.tests.get(test) ?? []);
  const passing = [...fresh, ...changed].filter(({ status }) => status === "passed");
  if (passing.length === 0) return [];
  const onBase = await suiteOf(context).newOnBase();
  return passing
    .filter(({ id }) => onBase.tests.get(id)?.status === "passed")
    .map(({ id, file }) =>
      flag("This new test passes on the base too, so it does not show the change.", { test: id, path: file }),
    );
}

function changedTestFlags(context: GateContext): Finding[] {
  const { change } = context;
  const { isOnSide } = suiteOf(context);
  return change.paths
    .filter(({ path, change: kind }) => kind !== "added" && isOnSide(path))
    .map(({ path, change: kind }) =>
      isTestFile(path)
        ? flag(`A file of tests is ${kind}; the base's version was used for the old tests.`, { path })
        : flag(`Settings of tests or checks are ${kind}; the base's version was used for the old tests.`, { path }),
    );
}
