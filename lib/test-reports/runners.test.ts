/** The document's table of runners says what the readers do with the outputs that are kept here. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { countTests } from "./counts";
import { REPORT_FORMATS, readReport } from "./report";

const OUTPUTS = path.join(import.meta.dirname, "testing/outputs");
const DOCUMENT = path.join(import.meta.dirname, "../../docs/gates.md");

/**
 * Commands of the table: the file with the output of a real run, and how many of its tests passed and failed; no numbers
 * where only the exit status is read.
 */
const KEPT: Record<string, [file: string, passed?: number, failed?: number]> = {
  "node --test": ["node-spec", 1, 1],
  "node --test --test-reporter=tap": ["node-tap", 1, 1],
  "node --test --test-reporter=junit": ["node-junit", 1, 1],
  "vitest run": ["vitest-default", 1, 1],
  "vitest run --reporter=json": ["vitest-json", 1, 1],
  "vitest run --reporter=junit": ["vitest-junit", 1, 1],
  "vitest run --reporter=tap": ["vitest-tap", 1, 1],
  jest: ["jest", 1, 1],
  mocha: ["mocha", 1, 1],
  ava: ["ava"],
  "ava --tap": ["ava-tap", 1, 1],
  "tap run": ["tap", 1, 1],
  tape: ["tape", 2, 1],
  qunit: ["qunit", 1, 1],
  jasmine: ["jasmine", 1, 1],
  uvu: ["uvu", 1, 1],
  "bun test": ["bun", 1, 1],
  "deno test": ["deno", 1, 2],
  "playwright test": ["playwright", 2, 2],
  "cargo test": ["cargo", 1, 1],
  "go test": ["go-quiet"],
  "go test -v": ["go", 3, 2],
  "go test -json": ["go-json", 3, 2],
  gotestsum: ["gotestsum", 4, 3],
  pytest: ["pytest", 1, 1],
  "pytest --junitxml=FILE": ["pytest-junit", 1, 1],
  "python -m unittest": ["python-unittest", 1, 4],
  tox: ["tox", 4, 6],
  behave: ["behave", 1, 1],
  phpunit: ["phpunit", 2, 2],
  rspec: ["rspec", 1, 1],
  minitest: ["minitest", 1, 2],
  "test-unit": ["test-unit", 1, 1],
  "mix test": ["exunit", 2, 2],
  "rebar3 eunit": ["eunit", 1, 1],
  busted: ["busted", 1, 2],
  bats: ["bats", 1, 1],
  "bats --pretty": ["bats-pretty", 1, 1],
  prove: ["prove", 4, 2],
  ctest: ["ctest", 1, 1],
  GoogleTest: ["gtest", 2, 1],
  Catch2: ["catch2", 1, 1],
  Check: ["check", 1, 2],
  cmocka: ["cmocka", 1, 1],
  "Boost.Test": ["boost"],
  "gradle test": ["gradle", 1, 2],
  "JUnit 4": ["junit4", 1, 2],
  tasty: ["tasty", 1, 1],
  hspec: ["hspec", 1, 1],
  "crystal spec": ["crystal", 1, 2],
  alcotest: ["alcotest", 1, 1],
  testthat: ["testthat", 2, 1],
  "nim unittest": ["nim"],
};

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
  const read = Object.entries(KEPT).map(([command, [name]]) => [command, readingOf(outputOf(name))]);
  expect(tableRows()).toEqual(read);
  expect(readdirSync(OUTPUTS).sort()).toEqual(
    Object.values(KEPT)
      .map(([name]) => `${name}.txt`)
      .sort(),
  );
});

test.each(Object.entries(KEPT))("the tests of %s are counted", (_, [name, passed, failed]) => {
  const counts = countTests(outputOf(name));
  expect(counts && [counts.passed, counts.failed]).toEqual(passed === undefined ? null : [passed, failed]);
});
