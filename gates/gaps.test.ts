import { afterEach, expect, test } from "vitest";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { findGaps, gapLines } from "./gaps";
import { createFixture, type Fixture, failedIn, found, gateIn, SETTINGS, TESTS } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture?.end());

/** Node's own coverage of its tests. */
const COVERAGE =
  "coverage: { run: node --test --experimental-test-coverage --test-reporter=lcov --test-reporter-destination=lcov.info test/, report: { format: lcov, file: lcov.info } }\n";
const FEW = TESTS.slice(0, TESTS.indexOf('test("clamps"'));
const only = { only: ["coverage", "gap_tests"] };

const gaps = async (all: boolean) => {
  const read = await findGaps({ folder: fixture.folder, all, sandboxTested: testedSandbox });
  return typeof read === "string" ? read : gapLines(read);
};

test("gaps: lines that no test reaches, in changed files or in all, and files that no test loads", async () => {
  fixture = createFixture({
    ".banyan/gates.yaml": `${SETTINGS}${COVERAGE}`,
    "test/numbers.test.mjs": FEW,
    "src/unseen.mjs": "export const one = 1;\n",
  });
  expect(await gaps(true)).toEqual([
    "src/numbers.mjs: 6-9, 12-13",
    "src/unseen.mjs: no test loads it",
    expect.stringMatching(/^2 gaps in 1 file; 1 file loaded by no test\. Coverage: \d+(\.\d)? % of lines\.$/),
  ]);
  expect(await gaps(false)).toEqual([expect.stringMatching(/^No gaps in these files\./)]);
  fixture.edit(
    "src/numbers.mjs",
    "return value % 2 === 0;",
    "if (value === 0) return true;\n  return value % 2 === 0;",
  );
  expect((await gaps(false))[0]).toBe("src/numbers.mjs: 6-9, 12-14 (1 line of the change)");
});

test("gaps are not known without a command, without lines, and with a command that fails", async () => {
  fixture = createFixture();
  expect(await gaps(true)).toMatch(/^The settings name no command for coverage/);
  fixture.put(".banyan/gates.yaml", "coverage: { run: no-such-tool, report: { format: lcov, file: a } }\n");
  fixture.commit();
  expect(await gaps(true)).toBe("Not measured: the command failed (exit status 127).");
  fixture.put(
    ".banyan/gates.yaml",
    "coverage: { run: echo LF:1 > a && echo LH:1 >> a, report: { format: lcov, file: a } }\n",
  );
  fixture.commit();
  expect(await gaps(true)).toMatch(/^The report has only sums\./);
});

const withFewTests = () => {
  fixture = createFixture({
    ".banyan/gates.yaml": `${SETTINGS}${COVERAGE}gap_tests: {}\n`,
    "test/numbers.test.mjs": FEW,
  });
};

test("tests for gaps pass when they reach more lines and notice faults in them", async () => {
  withFewTests();
  fixture.put("test/numbers.test.mjs", TESTS);
  const report = await fixture.judge(only);
  expect(failedIn(report)).toEqual([]);
  expect(gateIn(report, "gap_tests")).toMatchObject({ outcome: "passed", counts: { lines: 6 } });
});

test("tests that run code and check nothing, or reach nothing new, fail", async () => {
  withFewTests();
  fixture.put("test/numbers.test.mjs", `${FEW}test("runs", () => void [clamp(5, 1, 3), clamp(0, 1, 3), isEven(4)]);\n`);
  const idle = await fixture.judge(only);
  expect(gateIn(idle, "coverage").outcome).toBe("passed");
  expect(found(idle, "gap_tests", "fault")).toEqual([
    "null: 0 % is less than 60 %: the tests run these lines and check little.",
  ]);
  expect(found(idle, "gap_tests", "note").length).toBeGreaterThan(3);
  fixture.put("test/numbers.test.mjs", `${FEW}test("adds again", () => assert.equal(sum(1, 1), 2));\n`);
  expect(found(await fixture.judge(only), "gap_tests", "fault")).toEqual([
    "null: The tests reach no line that was not reached before.",
  ]);
});

test("tests for gaps are off for a change without tests, and not measured without lines", async () => {
  withFewTests();
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  expect(gateIn(await fixture.judge(only), "gap_tests").outcome).toBe("off");
  fixture.put(".banyan/gates.yaml", `${SETTINGS}gap_tests: {}\n`);
  fixture.commit();
  fixture.put("test/numbers.test.mjs", TESTS);
  expect(gateIn(await fixture.judge(only), "gap_tests").outcome).toBe("not_measured");
});
