import { expect, test } from "vitest";
import { readReport } from "./report";

function read(format: Parameters<typeof readReport>[0], text: string | null) {
  const report = readReport(format, text);
  return "problem" in report ? report.problem : report.cases.map(({ id, status }) => `${status} ${id}`);
}

test("Vitest and Jest: names, skipped tests, and a file that could not be loaded", () => {
  const assertion = (title: string, status: string) => ({ ancestorTitles: ["sums"], title, status });
  const results = [
    {
      name: "/workspace/a.test.ts",
      status: "passed",
      assertionResults: [assertion("adds", "passed"), assertion("later", "todo")],
    },
    { name: "/workspace/b.test.ts", status: "failed", assertionResults: [] },
  ];
  expect(read("vitest", JSON.stringify({ testResults: results }))).toEqual([
    "passed a.test.ts > sums > adds",
    "skipped a.test.ts > sums > later",
    "failed b.test.ts > (the file)",
  ]);
});

test("JUnit: suites in suites, failures, errors and skipped tests", () => {
  const text = `<?xml version="1.0"?><testsuites><testsuite name="math" file="/workspace/t/a.py">
    <testcase name="adds &lt;1&gt;" classname="math.Adds"/><testcase name="bad"><failure message="x">no</failure></testcase>
    <testsuite name="inner"><testcase name="broken"><error/></testcase><testcase name="later"><skipped/></testcase></testsuite>
  </testsuite></testsuites>`;
  expect(read("junit", text)).toEqual([
    "passed t/a.py > math > math.Adds > adds <1>",
    "failed t/a.py > math > bad",
    "failed t/a.py > math > inner > broken",
    "skipped t/a.py > math > inner > later",
  ]);
});

test("TAP: subtests, a group that fails alone, todo and skipped tests", () => {
  const text = `TAP version 13
# Subtest: group
    # Subtest: one
    ok 1 - one
    not ok 2 - two # TODO later
    1..2
not ok 1 - group
ok 2 - plain # SKIP
# Subtest: /workspace/b.test.mjs
not ok 3 - /workspace/b.test.mjs
1..3
`;
  expect(read("tap", text)).toEqual([
    "passed group > one",
    "skipped group > two",
    "failed group",
    "skipped plain",
    "failed b.test.mjs > (the file)",
  ]);
});

test("TAP: the details of tests are not parsed, however deep they are", () => {
  const details = (indent: string, text: string) => `${indent}---\n${indent}${text}\n${indent}...\n`;
  const deep = "? ".repeat(100_000);
  const text = [
    "TAP version 13\n  ---\n# Subtest: group\n    ok 1 - one\n",
    details("      ", `${deep}\n    # Subtest: printed\n      ${deep}`),
    "    not ok 2 - two\n      ---\n  ---\n",
    `  ${deep}\n  ...\n      ${deep}\n      ...\n    1..2\nnot ok 1 - group\n`,
    details("  ", deep),
    "{\n    ok 1 - in braces\n    1..1\n}\nok 2 - empty details\n  ---\n  ...\n1..2\n",
  ].join("");
  expect(read("tap", text)).toEqual([
    "passed group > one",
    "failed group > two",
    "passed group > in braces",
    "passed empty details",
  ]);
  const endless = Array.from({ length: 60 }, (_, at) => `${" ".repeat(61 - at)}---\n`).join("");
  expect(read("tap", `TAP version 13\nok 1 - a\n${endless}1..1\n`)).toMatch(/details of its tests do not end/);
});

test("what is no report is never an empty one", () => {
  expect(read("tap", "")).toMatch(/cannot be read as tap/);
  expect(read("tap", "sh: 1: node: not found\n")).toMatch(/cannot be read as tap/);
  expect(read("tap", "TAP version 13\nok 1 - a\n")).toMatch(/cannot be read as tap/);
  expect(read("vitest", "{")).toMatch(/cannot be read as vitest/);
  expect(read("junit", "<testsuites><testcase>")).toMatch(/cannot be read as junit/);
  expect(read("junit", null)).toBe("the command left no report");
});
