/** The document's table of runners says what the readers do with the outputs that are kept here. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { countTests } from "./counts";
import { REPORT_FORMATS, readReport } from "./report";

const OUTPUTS = path.join(import.meta.dirname, "testing/outputs");
const DOCUMENT = path.join(import.meta.dirname, "../../docs/gates.md");

/** Commands of the table with the output of each. In each output one test passes, one fails, and one is skipped. */
const KEPT: Record<string, string> = {
  "node --test": "node-spec",
  "node --test --test-reporter=tap": "node-tap",
  "node --test --test-reporter=junit": "node-junit",
  "vitest run": "vitest-default",
  "vitest run --reporter=json": "vitest-json",
  "vitest run --reporter=junit": "vitest-junit",
  "vitest run --reporter=tap": "vitest-tap",
  jest: "jest",
  mocha: "mocha",
  "cargo test": "cargo",
  pytest: "pytest",
  "pytest --junitxml=FILE": "pytest-junit",
  "python -m unittest": "python-unittest",
  "go test -v": "go",
};

/** In TAP the line that sums up a file counts as a test too. */
const SUMS_UP = new Set(["vitest run --reporter=tap"]);

function outputOf(name: string): string {
  return readFileSync(path.join(OUTPUTS, `${name}.txt`), "utf8");
}

/** Returns how an output is read, in the table's words. */
function readingOf(output: string): string {
  for (const format of REPORT_FORMATS) {
    const report = readReport(format, output);
    if ("cases" in report && report.cases.length > 0) return "each test";
  }
  const counts = countTests(output);
  if (counts === null) return "exit status only";
  return counts.failing.length > 0 ? "counts, and names of red tests" : "counts";
}

function tableRows(): [command: string, reading: string][] {
  const lines = readFileSync(DOCUMENT, "utf8").split("\n");
  const start = lines.indexOf("| command | what is read of its output |");
  const end = lines.indexOf("", start);
  return lines.slice(start + 2, end).map((line) => {
    const [, command = "", reading = ""] = line.split("|").map((cell) => cell.trim());
    return [command.replaceAll("`", ""), reading];
  });
}

test("each row of the table holds, and each output that is kept has a row", () => {
  const read = Object.entries(KEPT).map(([command, name]) => [command, readingOf(outputOf(name))]);
  expect(tableRows()).toEqual(read);
  expect(readdirSync(OUTPUTS).sort()).toEqual(
    Object.values(KEPT)
      .map((name) => `${name}.txt`)
      .sort(),
  );
});

test("one passing and one failing test are counted wherever tests are counted", () => {
  for (const [command, name] of Object.entries(KEPT)) {
    const counts = countTests(outputOf(name));
    const failed = SUMS_UP.has(command) ? 2 : 1;
    if (counts) expect([command, counts.passed, counts.failed]).toEqual([command, 1, failed]);
  }
});
