/** Outputs of real runs that are not one plain run: several programs, colours, files that do not load, failed hooks. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { countTests } from "./counts";

const OUTPUTS = path.join(import.meta.dirname, "testing/several");

/** How many tests passed and failed; null where only the exit status is read. */
const COUNTS: Record<string, [passed: number, failed: number] | null> = {
  // Suites are no tests; a test with subtests is one of its own.
  "node-tap-suites": [2, 3],
  "node-tap-hook": [0, 2],
  "node-tap-broken": [0, 1],
  "node-spec-broken": [2, 4],
  // Two packages, one after the other, side by side, and with their name before each line
  "npm-workspaces": [3, 1],
  "pnpm-recursive": [3, 1],
  "pnpm-parallel": [3, 1],
  turbo: [3, 1],
  // The library, a file of tests and the documentation; a test prints a closing line.
  "cargo-programs": [3, 1],
  "cargo-coloured": [2, 1],
  "jest-file-broken": [1, 2],
  "jest-coloured": [1, 1],
  "vitest-file-broken": [2, 2],
  "vitest-coloured": [1, 1],
  "mocha-hook": [1, 2],
  "jasmine-hook": [1, 3],
  "bun-file-broken": [1, 2],
  "deno-file-broken": [1, 3],
  "go-broken": [3, 3],
  "gotestsum-broken": [4, 4],
  "pytest-collection": [0, 1],
  "pytest-coloured": [2, 3],
  "pytest-quiet": [2, 3],
  "pytest-none": [0, 0],
  "phpunit-skipped": [1, 0],
  "rspec-broken": [0, 1],
  "prove-verbose": [3, 1],
  "eunit-green": [2, 0],
  "ctest-none": null,
};

test.each(Object.entries(COUNTS))("the tests of %s are counted", (name, expected) => {
  const counts = countTests(readFileSync(path.join(OUTPUTS, `${name}.txt`), "utf8"));
  expect(counts && [counts.passed, counts.failed]).toEqual(expected);
});

test("each output that is kept is counted", () => {
  expect(readdirSync(OUTPUTS).sort()).toEqual(
    Object.keys(COUNTS)
      .map((name) => `${name}.txt`)
      .sort(),
  );
});
