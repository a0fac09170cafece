/**
 * Reads a TAP report, with nested subtests. The line that sums up a file or a group is no test, unless it fails alone: then
 * a hook failed.
 */
import path from "node:path";
import { Parser, type Result } from "tap-parser";
import { SANDBOX_ROOT } from "@/lib/workspace/path";
import { caseOf, type TestCase, WHOLE_FILE } from "./cases";

export function readTap(text: string): TestCase[] {
  const cases: TestCase[] = [];
  const parser = new Parser();
  // Only Node counts its suites apart. In its reports a test with subtests is a test besides.
  const isOfNode = /^# suites \d+\r?$/m.test(text);
  collect(parser, { names: [], isOfNode }, cases);
  parser.end(withoutDetails(text));
  // Without a plan the output was cut, or it was no TAP at all.
  if (parser.planStart === -1 || parser.syntheticPlan) throw new Error("it has no plan");
  return cases;
}

const TEST_POINT = /^[ \t]*(not )?ok\b/;
const MOST_OPEN = 50;
/** The detail with which Node marks a suite. */
const SUITE = "type: 'suite'";
const DETAILS = /^([ \t]+)---\r?$/;

/**
 * Empties the details of tests. They are YAML that nobody reads here, and text that nests deeply ends the process while it
 * is parsed. The parser passes over lines with less indentation, so details last until they are closed.
 */
function withoutDetails(text: string): string {
  const kept: string[] = [];
  const open = new Set<string>();
  let hasTest = false;
  for (const line of text.split("\n")) {
    const within = [...open].filter((indent) => line.startsWith(indent));
    const closed = within.find((indent) => line === `${indent}...` || line === `${indent}...\r`);
    if (closed !== undefined) {
      open.delete(closed);
      kept.push(`${closed}left_out: true`, line);
    } else if (within.some((indent) => line === `${indent}${SUITE}` || line === `${indent}${SUITE}\r`)) {
      kept.push(line);
    } else if (within.length === 0) {
      kept.push(line);
      hasTest ||= TEST_POINT.test(line);
      const begun = hasTest ? DETAILS.exec(line)?.[1] : undefined;
      if (begun !== undefined) open.add(begun);
      if (open.size > MOST_OPEN) throw new Error("details of its tests do not end");
    }
  }
  return kept.join("\n");
}

interface Place {
  names: readonly string[];
  isOfNode: boolean;
}

function collect(parser: Parser, { names, isOfNode }: Place, cases: TestCase[]): void {
  /** Where the cases of the subtests begin that the next line sums up. */
  let below: number | null = null;
  parser.on("child", (child: Parser) => {
    below ??= cases.length;
    collect(child, { names: [...names, child.name], isOfNode }, cases);
  });
  parser.on("assert", (result: Result) => {
    const its = below === null ? [] : cases.slice(below);
    const isSuite = isOfNode ? suiteIn(result) : below !== null;
    below = null;
    const isAlone = !result.ok && its.every(({ status }) => status !== "failed");
    if (isSuite && !isAlone) return;
    const all = [...names, result.name];
    const [first = "", ...rest] = all;
    if (!path.isAbsolute(first)) cases.push(caseOf(null, all, statusOf(result)));
    else
      cases.push(caseOf(path.relative(SANDBOX_ROOT, first), rest.length > 0 ? rest : [WHOLE_FILE], statusOf(result)));
  });
}

function suiteIn({ diag }: Result): boolean {
  return (diag as { type?: unknown } | null | undefined)?.type === "suite";
}

function statusOf({ ok, skip, todo }: Result): TestCase["status"] {
  if (skip || todo) return "skipped";
  return ok ? "passed" : "failed";
}
