/** The tests in the output of a command that nobody told to write a report. */

import { z } from "zod";
import { withoutSequences } from "@/lib/process/printed";
import type { TestCase } from "./cases";
import { type ReportFormat, readReport } from "./report";

export interface Counts {
  passed: number;
  failed: number;
  /** Ids of the failing tests, where the output names them. */
  failing: string[];
}

/** Returns the tests that an output reports: as TAP, JUnit or a runner's JSON, or as a known runner's closing lines; else null. */
export function countTests(output: string): Counts | null {
  for (const format of formatsIn(output)) {
    const report = readReport(format, partOf(output, format));
    if ("cases" in report && report.cases.length > 0) return countsOf(report.cases);
  }
  return summaryIn(output);
}

function formatsIn(output: string): ReportFormat[] {
  return [
    ...(/"testResults"\s*:/.test(output) ? (["jest"] as const) : []),
    ...(/<testsuites?[\s>]/.test(output) ? (["junit"] as const) : []),
    ...(/^(TAP version \d+|\s*1\.\.\d+)/m.test(output) ? (["tap"] as const) : []),
  ];
}

/** Programs around the runner, such as npm, print lines before and after its report. */
function partOf(output: string, format: ReportFormat): string {
  if (format === "jest") return output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1);
  if (format === "junit") {
    const start = output.search(/<\?xml|<testsuites?[\s>]/);
    const end = Math.max(output.lastIndexOf("</testsuites>") + 13, output.lastIndexOf("</testsuite>") + 12);
    return output.slice(start, end);
  }
  const start = output.search(/^(TAP version \d+|\s*1\.\.\d+|(not )?ok\b)/m);
  return output.slice(Math.max(0, start));
}

function countsOf(cases: readonly TestCase[]): Counts {
  const failing = cases.filter(({ status }) => status === "failed").map(({ id }) => id);
  return { passed: cases.filter(({ status }) => status === "passed").length, failed: failing.length, failing };
}

const Whole = z.coerce.number().int().min(0);

/** The closing lines of runners: each pattern names its groups `passed` and `failed`. */
const SUMMARIES: readonly { passed: RegExp; failed: RegExp; failing?: RegExp }[] = [
  // node:test, in its readable form
  { passed: /^ℹ pass (\d+)$/m, failed: /^ℹ fail (\d+)$/m, failing: /^✖ (.+?) \([\d.]+ms\)$/gm },
  // Vitest
  {
    passed: /^\s*Tests\s.*?(\d+) passed/m,
    failed: /^\s*Tests\s.*?(\d+) failed/m,
    failing: /^\s*(?:FAIL|×)\s+(\S.*)$/gm,
  },
  // Jest
  { passed: /^Tests:\s.*?(\d+) passed/m, failed: /^Tests:\s.*?(\d+) failed/m, failing: /^\s*● (.+)$/gm },
  // Mocha
  { passed: /^\s*(\d+) passing\b/m, failed: /^\s*(\d+) failing\b/m },
  // cargo test
  {
    passed: /^test result: .*?(\d+) passed/m,
    failed: /^test result: .*?(\d+) failed/m,
    failing: /^test (\S+) \.\.\. FAILED$/gm,
  },
  // pytest
  { passed: /^=*\s?.*?(\d+) passed\b/m, failed: /^=*\s?.*?(\d+) failed\b/m, failing: /^FAILED (\S+)/gm },
];

function summaryIn(output: string): Counts | null {
  const plain = withoutSequences(output);
  for (const { passed, failed, failing } of SUMMARIES) {
    const [good, bad] = [numberIn(plain, passed), numberIn(plain, failed)];
    if (good === null && bad === null) continue;
    const names = failing ? [...plain.matchAll(failing)].map((match) => (match[1] ?? "").trim()) : [];
    return { passed: good ?? 0, failed: bad ?? 0, failing: [...new Set(names)].slice(0, 200) };
  }
  return null;
}

function numberIn(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Whole.parse(found);
}
