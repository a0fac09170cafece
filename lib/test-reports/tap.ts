/** Reads a TAP report, with nested subtests. The line that sums up subtests counts as a test too: a hook may fail. */
import path from "node:path";
import { Parser, type Result } from "tap-parser";
import { SANDBOX_ROOT } from "@/lib/workspace/path";
import { caseOf, type TestCase, WHOLE_FILE } from "./cases";

export function readTap(text: string): TestCase[] {
  const cases: TestCase[] = [];
  const parser = new Parser();
  collect(parser, [], cases);
  parser.end(text);
  // Without a plan the output was cut, or it was no TAP at all.
  if (parser.planStart === -1 || parser.syntheticPlan) throw new Error("it has no plan");
  return cases;
}

function collect(parser: Parser, names: readonly string[], cases: TestCase[]): void {
  parser.on("child", (child: Parser) => collect(child, [...names, child.name], cases));
  parser.on("assert", (result: Result) => {
    const all = [...names, result.name];
    const [first = "", ...rest] = all;
    if (!path.isAbsolute(first)) cases.push(caseOf(null, all, statusOf(result)));
    else
      cases.push(caseOf(path.relative(SANDBOX_ROOT, first), rest.length > 0 ? rest : [WHOLE_FILE], statusOf(result)));
  });
}

function statusOf({ ok, skip, todo }: Result): TestCase["status"] {
  if (skip || todo) return "skipped";
  return ok ? "passed" : "failed";
}
