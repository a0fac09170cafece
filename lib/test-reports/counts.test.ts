import { expect, test } from "vitest";
import { countTests } from "./counts";

const json = (status: string) =>
  JSON.stringify({ testResults: [{ name: "a.js", assertionResults: [{ title: "x", status }] }] });

test.each<[string, string, ReturnType<typeof countTests>]>([
  [
    "TAP behind the lines of npm",
    "\n> test\n> node --test\n\nTAP version 13\nok 1 - a\nnot ok 2 - b\n1..2\n# pass 1\n",
    { passed: 1, failed: 1, failing: ["b"] },
  ],
  [
    "JUnit between other lines",
    'starting\n<?xml version="1.0"?><testsuite name="s"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>\ndone',
    { passed: 1, failed: 1, failing: ["s > b"] },
  ],
  [
    "the JSON of Jest and Vitest",
    `noise ${JSON.stringify({ testResults: [{ name: "a.js", assertionResults: [{ title: "x", status: "passed" }] }] })}`,
    { passed: 1, failed: 0, failing: [] },
  ],
  [
    "node:test for readers",
    "✔ a (1.2ms)\n✖ b (0.4ms)\nℹ tests 2\nℹ pass 1\nℹ fail 1\n",
    { passed: 1, failed: 1, failing: ["b"] },
  ],
  [
    "Vitest for readers",
    "\u001b[31m Tests  \u001b[39m 1 failed | 4 passed (5)\n",
    { passed: 4, failed: 1, failing: [] },
  ],
  [
    "Jest for readers",
    "  ● adds\n\nTests:       1 failed, 4 passed, 5 total\n",
    { passed: 4, failed: 1, failing: ["adds"] },
  ],
  [
    "pytest",
    "FAILED test_a.py::test_b - assert\n=== 1 failed, 5 passed in 0.10s ===\n",
    { passed: 5, failed: 1, failing: ["test_a.py::test_b"] },
  ],
  [
    "cargo",
    "test sums ... FAILED\ntest result: FAILED. 3 passed; 1 failed; 0 ignored\n",
    { passed: 3, failed: 1, failing: ["sums"] },
  ],
  [
    "two reports of JUnit",
    '<testsuite name="a"><testcase name="x"/></testsuite>\n> next\n<testsuites><testsuite name="b"><testcase name="y"><error/></testcase></testsuite></testsuites>',
    { passed: 1, failed: 1, failing: ["b > y"] },
  ],
  [
    "two reports in JSON, and the closing lines of the same runs",
    `${json("passed")}\nTest Suites: 1 passed, 1 total\nTests:       1 passed, 1 total\n${json("failed")}\n`,
    { passed: 1, failed: 1, failing: ["a.js > x"] },
  ],
  [
    "a report of pytest that is printed after its closing line",
    '==== 1 failed, 1 passed in 0.10s ====\n<testsuites><testsuite name="pytest"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite></testsuites>',
    { passed: 1, failed: 1, failing: ["pytest > b"] },
  ],
  [
    "two runs of TAP without a version",
    "1..2\nok 1 a\nok 2 b\n1..1\nnot ok 1 c\nok 1 - d\n1..1\n",
    { passed: 3, failed: 1, failing: ["c"] },
  ],
  [
    "runners of two languages",
    "TAP version 13\nok 1 - a\n1..1\n==== 2 passed in 0.10s ====\nok  \texample.org/a\t0.01s\n",
    { passed: 3, failed: 0, failing: [] },
  ],
  [
    "Forge",
    "Suite result: ok. 2 passed; 0 failed; 0 skipped; finished in 1.00ms (1.00ms CPU time)\nRan 2 test suites in 5.20ms (3.10ms CPU time): 4 tests passed, 1 failed, 0 skipped (5 total tests)\n",
    { passed: 4, failed: 1, failing: [] },
  ],
  [
    "Gradle, which says nothing when no test fails",
    "ATest > loses FAILED\n\n5 tests completed, 1 failed\n",
    { passed: 4, failed: 1, failing: ["ATest > loses"], onlyWhenRed: true },
  ],
  [
    "Maven, with a line for each class",
    "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in A\n[INFO] Results:\n[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 1\n[INFO] Results:\n[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0\n",
    { passed: 4, failed: 2, failing: [] },
  ],
  [
    ".NET, two projects",
    "Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 5 ms - A.dll (net8.0)\nPassed!  - Failed:     0, Passed:     4, Skipped:     1, Total:     5, Duration: 5 ms - B.dll (net8.0)\n",
    { passed: 6, failed: 1, failing: [] },
  ],
  ["no tests", "all is well\n", null],
  ["numbers in a log", "INFO migrate: 12 passed over, 0 failed\n3 passed, 1 failed\nTests: 4\n", null],
  ["a program that nobody knows", "Summary: 12 of 14 checks passed, 2 failed\n", null],
  [
    "no test at all",
    "TAP version 13\n1..0\n# tests 0\n# suites 0\n# pass 0\n# fail 0\n",
    { passed: 0, failed: 0, failing: [] },
  ],
  ["a runner of which one says how many passed, and one does not", "  1 test failed\n\n  3 passing (5ms)\n", null],
  ["a cut report beside a whole one", "TAP version 13\nok 1 - a\n1..1\nTAP version 13\nok 1 - b\n", null],
  ["a cut report", "TAP version 13\nok 1 - a\n", null],
])("tests are counted: %s", (_, output, counts) => {
  expect(countTests(output)).toEqual(counts);
});

/** Patterns that go over a run again from each of its places took minutes to days for these. */
const SIZE = 1_000_000;
const full = (piece: string) => piece.repeat(SIZE / piece.length);

test.each<[string, string, ReturnType<typeof countTests>]>([
  ["empty lines", `${full("\n")}Tests  2 passed (2)\n`, { passed: 2, failed: 0, failing: [] }],
  ["spaces", `${full(" ")}\nTests  2 passed (2)\n`, { passed: 2, failed: 0, failing: [] }],
  ["a line and a number", "=".repeat(SIZE / 2) + "1".repeat(SIZE / 2), null],
  ["a number that is none of tests", `${full("1")} passed`, null],
  ["tests without numbers", full("Tests: "), null],
  ["marks of failures", `${full("✖ (1.1")}\nℹ pass 1\n`, { passed: 1, failed: 0, failing: [] }],
  ["escape sequences", `\u001b${full(";#")}\n1 passed in 0.01s`, { passed: 1, failed: 0, failing: [] }],
  ["empty lines in TAP", `TAP version 13\n${full("\n")}ok 1 - a\n1..1\n`, { passed: 1, failed: 0, failing: [] }],
])("a megabyte of output is read in any form: %s", (_, output, counts) => {
  expect(countTests(output)).toEqual(counts);
});
