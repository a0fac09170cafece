/** The tests in the output of a command that nobody told to write a report. */
import { withoutSequences } from "@/lib/process/printed";
import type { TestCase } from "./cases";
import { type ReportFormat, readReport } from "./report";

export interface Counts {
  passed: number;
  failed: number;
  /** Ids of the failing tests, where the output names them. */
  failing: string[];
}

/**
 * Returns the tests that an output reports: as TAP, JUnit or a runner's JSON, or as a known runner's closing lines; else
 * null.
 */
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
    ...(/^(TAP version \d|[ \t]*1\.\.\d)/m.test(output) ? (["tap"] as const) : []),
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
  const start = output.search(/^(TAP version \d|[ \t]*1\.\.\d|(not )?ok\b)/m);
  return output.slice(Math.max(0, start));
}

function countsOf(cases: readonly TestCase[]): Counts {
  const failing = cases.filter(({ status }) => status === "failed").map(({ id }) => id);
  return { passed: cases.filter(({ status }) => status === "passed").length, failed: failing.length, failing };
}

/**
 * The closing lines of runners: each pattern names its groups `passed` and `failed`. An output may be a megabyte of
 * anything, so no pattern crosses the end of a line, and none has two parts that can share a long run.
 */
const SUMMARIES: readonly { passed: RegExp; failed: RegExp; failing?: RegExp }[] = [
  // node:test, in its readable form
  { passed: /^ℹ pass (\d{1,9})$/m, failed: /^ℹ fail (\d{1,9})$/m, failing: /^✖ (.+?) \([\d.]+ms\)$/gm },
  // Vitest
  {
    passed: /^[ \t]*Tests[ \t].*?\b(\d{1,9}) passed/m,
    failed: /^[ \t]*Tests[ \t].*?\b(\d{1,9}) failed/m,
    failing: /^[ \t]*(?:FAIL|×)[ \t]+(\S.*)$/gm,
  },
  // Jest
  {
    passed: /^Tests:[ \t].*?\b(\d{1,9}) passed/m,
    failed: /^Tests:[ \t].*?\b(\d{1,9}) failed/m,
    failing: /^[ \t]*● (.+)$/gm,
  },
  // Mocha
  { passed: /^[ \t]*(\d{1,9}) passing\b/m, failed: /^[ \t]*(\d{1,9}) failing\b/m },
  // cargo test
  {
    passed: /^test result: .*?\b(\d{1,9}) passed/m,
    failed: /^test result: .*?\b(\d{1,9}) failed/m,
    failing: /^test (\S+) \.\.\. FAILED$/gm,
  },
  // pytest
  { passed: /\b(\d{1,9}) passed\b/, failed: /\b(\d{1,9}) failed\b/, failing: /^FAILED (\S+)/gm },
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
  return found === undefined ? null : Number(found);
}
