/** Runners of JavaScript and TypeScript. */
import { anyOf, inOneLine, numberOf, partsOf, passedOf, type Reading, type Readings, type Runner } from "./runner";

/** Each of its closing lines has one number. Suites are no tests; what a failed hook or a signal cancelled failed. */
const NODE: Runner = {
  name: "node",
  read: anyOf(
    inOneLine(/^ℹ pass (?<passed>\d{1,9})$/, (groups) => ({ passed: numberOf(groups, "passed"), failed: 0 })),
    inOneLine(/^ℹ (?:fail|cancelled) (?<failed>\d{1,9})$/, (groups) => ({
      passed: 0,
      failed: numberOf(groups, "failed"),
    })),
  ),
  failing: /^✖ (?!failing tests:$)(.+?)(?: \([\d.]+ms\))?$/,
};

/** A run prints the line of its files, the line of its tests, and errors outside of them. */
const VITEST: Runner = {
  name: "vitest",
  read: vitestRuns,
  alone: vitestTests,
  failing: /^[ \t]*(?:FAIL|×)[ \t]+(\S.*?)(?: \d{1,9}ms)?$/,
};
const FILES = /^ {0,8}Test Files {1,4}(?<list>.{1,200}?) \(\d+\)$/;

/** What a test prints may look like the line of the tests, so the line of the files must stand before it. */
function vitestRuns(lines: readonly string[]): Reading[] {
  return lines.flatMap((line, at) => {
    const files = FILES.exec(line)?.groups?.list;
    const [tests] = files === undefined ? [] : vitestTests(lines.slice(at + 1, at + 2));
    if (files === undefined || !tests) return [];
    const errors = Number(/^ {0,8}Errors {1,4}(\d{1,9}) errors?$/.exec(lines[at + 2] ?? "")?.[1] ?? 0);
    // Each red file holds a red test, or could not be read.
    const red = Math.max(tests.failed, partsOf(files, /\|/).get("failed") ?? 0);
    return [{ passed: tests.passed, failed: red + errors }];
  });
}

function vitestTests(lines: readonly string[]): Reading[] {
  return lines.flatMap((line) => {
    const list = /^ {0,8}Tests {1,4}(?<list>.{1,200})$/.exec(line)?.groups?.list;
    const parts = partsOf((list ?? "").replace(/ \(\d+\)$/, ""), /\|/);
    if (parts.size === 0 && list !== "no tests") return [];
    return [{ passed: parts.get("passed") ?? 0, failed: parts.get("failed") ?? 0 }];
  });
}

const JEST: Runner = {
  name: "jest",
  read: jestRuns,
  alone: jestTests,
  failing: /^[ \t]*● (.+)$/,
};
const SUITES = /^Test Suites: (?<list>.{0,200}?)(?:, )?(?:\d{1,9} of )?\d{1,9} total$/;

function jestRuns(lines: readonly string[]): Reading[] {
  return lines.flatMap((line, at) => {
    const suites = SUITES.exec(line)?.groups?.list;
    const [tests] = suites === undefined ? [] : jestTests(lines.slice(at + 1, at + 2));
    if (suites === undefined || !tests) return [];
    return [{ passed: tests.passed, failed: Math.max(tests.failed, partsOf(suites, /,/).get("failed") ?? 0) }];
  });
}

function jestTests(lines: readonly string[]): Reading[] {
  return lines.flatMap((line) => {
    const list = /^Tests: {1,12}(?<list>.{0,200}?)(?:, )?\d{1,9} total$/.exec(line)?.groups?.list;
    if (list === undefined) return [];
    const parts = partsOf(list, /,/);
    return [{ passed: parts.get("passed") ?? 0, failed: parts.get("failed") ?? 0 }];
  });
}

const MOCHA: Runner = {
  name: "mocha",
  read: anyOf(
    inOneLine(/^ {2}(?<passed>\d{1,9}) passing(?: \(\d+(?:ms|s|m|h|d)\))?$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    })),
    inOneLine(/^ {2}(?<failed>\d{1,9}) failing$/, (groups) => ({ passed: 0, failed: numberOf(groups, "failed") })),
  ),
};

/** When a test fails, it does not say how many passed. */
const AVA: Runner = {
  name: "ava",
  read(lines) {
    if (lines.some((line) => /^ {2}\d{1,9} (?:tests? failed|uncaught exceptions?|unhandled rejections?)$/.test(line)))
      return "unknown";
    return inOneLine(/^ {2}(?<passed>\d{1,9}) tests? passed$/, (groups) => ({
      passed: numberOf(groups, "passed"),
      failed: 0,
    }))(lines);
  },
};

const UVU: Runner = {
  name: "uvu",
  read: (lines) =>
    lines.flatMap((line, at) => {
      const all = /^ {2}Total: {5}(\d{1,9})$/.exec(line)?.[1];
      const passed = /^ {2}Passed: {4}(\d{1,9})$/.exec(lines[at + 1] ?? "")?.[1];
      if (all === undefined || passed === undefined) return [];
      return [{ passed: Number(passed), failed: passedOf(Number(all), Number(passed)) }];
    }),
};

/** An error in a suite is one of its failures, but none of its specs. */
const JASMINE: Runner = {
  name: "jasmine",
  read(lines) {
    const readings: Reading[] = [];
    let errors = 0;
    for (const line of lines) {
      if (/^Suite error: /.test(line)) errors += 1;
      const found =
        /^(?<specs>\d{1,9}) specs?, (?<failed>\d{1,9}) failures?(?:, (?<pending>\d{1,9}) pending specs?)?$/.exec(
          line,
        )?.groups;
      if (!found) continue;
      const failed = numberOf(found, "failed");
      const red = passedOf(failed, errors);
      readings.push({ passed: passedOf(numberOf(found, "specs"), numberOf(found, "pending"), red), failed });
      errors = 0;
    }
    return readings;
  },
};

const BUN: Runner = {
  name: "bun",
  read: (lines) =>
    blocks(lines, /^Ran \d{1,9} tests? across \d{1,9} files?\./, (block) => {
      const last = (word: string) =>
        block.findLast((line) => new RegExp(`^ \\d{1,9} ${word}$`).test(line))?.match(/\d+/)?.[0];
      return { passed: Number(last("pass") ?? 0), failed: Number(last("fail") ?? 0) };
    }),
  failing: /^(?:✗|\(fail\)) (.+?)(?: \[[\d.]+ms\])?$/,
};

/** Returns a reading for each block that ends with such a line. */
function blocks(lines: readonly string[], end: RegExp, read: (block: readonly string[]) => Reading): Reading[] {
  const readings: Reading[] = [];
  let from = 0;
  for (const [at, line] of lines.entries()) {
    if (!end.test(line)) continue;
    readings.push(read(lines.slice(from, at)));
    from = at + 1;
  }
  return readings;
}

/** It says at the beginning how many tests there are. What tests print may look like its closing lines. */
const PLAYWRIGHT: Runner = {
  name: "playwright",
  read(lines): Readings {
    const begins = lines.flatMap((line, at) =>
      /^Running \d{1,9} tests? using \d{1,4} workers?/.test(line) ? [at] : [],
    );
    const readings: Reading[] = [];
    for (const [place, begin] of begins.entries()) {
      const all = Number(/\d+/.exec(lines[begin] ?? "")?.[0]);
      const said = new Map<string, number>();
      for (const line of lines.slice(begin + 1, begins[place + 1])) {
        const [, count, word] =
          /^ {2}(\d{1,9}) (passed|failed|flaky|skipped|interrupted|did not run)(?: \([\d.]+(?:ms|s|m|h)\))?$/.exec(
            line,
          ) ?? [];
        if (word !== undefined) said.set(word, Number(count));
      }
      const of = (...words: string[]) => words.reduce((sum, word) => sum + (said.get(word) ?? 0), 0);
      if (of("passed", "failed", "flaky", "skipped", "interrupted", "did not run") !== all) return "unknown";
      // A flaky test passed in the end.
      readings.push({ passed: of("passed", "flaky"), failed: of("failed", "interrupted") });
    }
    return readings;
  },
  failing: /^ {4}(\S.* › .+?) ─{3,}$/,
};

const DENO: Runner = {
  name: "deno",
  read: inOneLine(
    /^(?:ok|FAILED) \| (?<passed>\d{1,9}) passed(?: \(\d+ steps?\))? \| (?<failed>\d{1,9}) failed(?: \(\d+ steps?\))?(?: \| .{1,100})? \([\d.]+(?:ms|s|m|h)[^)]{0,10}\)$/,
    (groups) => ({ passed: numberOf(groups, "passed"), failed: numberOf(groups, "failed") }),
  ),
};

export const JAVASCRIPT: readonly Runner[] = [NODE, VITEST, JEST, MOCHA, AVA, UVU, JASMINE, BUN, PLAYWRIGHT, DENO];
