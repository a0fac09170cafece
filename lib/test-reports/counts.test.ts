import { expect, test } from "vitest";
import { countTests } from "./counts";

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
  ["no tests", "all is well\n", null],
  ["a cut report", "TAP version 13\nok 1 - a\n", null],
])("tests are counted: %s", (_, output, counts) => {
  expect(countTests(output)).toEqual(counts);
});

/** Patterns that go over a run again from each of its places took minutes to days for these. */
const SIZE = 1_000_000;
const full = (piece: string) => piece.repeat(SIZE / piece.length);

test.each<[string, string, ReturnType<typeof countTests>]>([
  ["empty lines", `${full("\n")}Tests  2 passed (2)\n`, { passed: 2, failed: 0, failing: [] }],
  ["spaces", `${full(" ")}Tests  2 passed (2)\n`, { passed: 2, failed: 0, failing: [] }],
  ["a line and a number", "=".repeat(SIZE / 2) + "1".repeat(SIZE / 2), null],
  ["a number that is none of tests", `${full("1")} passed`, null],
  ["tests without numbers", full("Tests: "), null],
  ["marks of failures", `${full("✖ (1.1")}\nℹ pass 1\n`, { passed: 1, failed: 0, failing: [] }],
  ["escape sequences", `\u001b${full(";#")}\n1 passed`, { passed: 1, failed: 0, failing: [] }],
  ["empty lines in TAP", `TAP version 13\n${full("\n")}ok 1 - a\n1..1\n`, { passed: 1, failed: 0, failing: [] }],
])("a megabyte of output is read in any form: %s", (_, output, counts) => {
  expect(countTests(output)).toEqual(counts);
});
