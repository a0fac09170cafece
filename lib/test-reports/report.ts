import type { TestCase } from "./cases";
import { readJest } from "./jest";
import { readJunit } from "./junit";
import { readTap } from "./tap";

/** Formats of reports that can be read. */
export const REPORT_FORMATS = ["vitest", "jest", "junit", "tap"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

const READERS: Record<ReportFormat, (text: string) => TestCase[]> = {
  vitest: readJest,
  jest: readJest,
  junit: readJunit,
  tap: readTap,
};

/** Returns the tests of a report, or why there are none: a missing, damaged or strange report is never an empty one. */
export function readReport(format: ReportFormat, text: string | null): { cases: TestCase[] } | { problem: string } {
  if (text === null) return { problem: "the command left no report" };
  try {
    return { cases: READERS[format](text) };
  } catch (error) {
    const reason = ((error as Error).message.split("\n", 1)[0] ?? "").slice(0, 200);
    return { problem: `the report cannot be read as ${format} (${reason})` };
  }
}
