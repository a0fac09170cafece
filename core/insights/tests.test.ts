import { expect, test } from "vitest";
import type { FunctionFacts } from "./facts";
import type { KnownInsight } from "./insight";
import type { Repository } from "./repository";
import { testFindings } from "./tests";
import { unmeasuredOf } from "./unmeasured";

const total: FunctionFacts = {
  name: "total",
  symbol: "total",
  start: 1,
  end: 9,
  codeLines: 9,
  complexity: 1,
  isExported: true,
  isDocumented: true,
  untyped: 0,
  mentions: 1,
};

/** Returns what is told of the basis of the finding about a file that no test reaches. */
function noteWith(coverage: Repository["coverage"]): string | undefined {
  const code = { path: "src/total.ts", isTest: false, brief: { codeLines: 9 }, facts: { functions: [total] } };
  const files = [code, { path: "a.test.ts", isTest: true, brief: {} }];
  const [finding] = testFindings({ files, coverage } as never, { files: new Set() } as never);
  return finding?.facts.find(({ name }) => name === "Measured by")?.note;
}

test("a file that is judged by imports says whether there is no report, or one that does not name it", () => {
  expect(noteWith(null)).toBe("no coverage report lies in the repository");
  const report = { report: "coverage/lcov.info", ageDays: 0, files: new Map() };
  expect(noteWith(report)).toBe("coverage/lcov.info does not name the file");
});

test("what is not found is unmeasured while its file, its history or its report cannot be read", () => {
  const known = (id: string, kind: string, path: string, more: Partial<KnownInsight> = {}): KnownInsight => {
    return { id, kind, path, symbol: "", isFound: true, ...more };
  };
  const gone = [
    known("hot", "hotspot", "a.ts"),
    known("deleted", "hotspot", "gone.ts"),
    known("twice", "duplicate", "a.ts", { places: ["b.ts"] }),
    known("report", "untested", "a.ts", { byReport: true }),
    known("imports", "untested", "a.ts"),
    known("tests", "no-tests", ""),
  ];
  const measured = { changes: {}, coverage: { files: new Map([["a.ts", new Map()]]) }, unread: new Set() };
  const unmeasured = (lacks: object) =>
    unmeasuredOf({ paths: new Set(["a.ts", "b.ts"]), files: [], ...measured, ...lacks } as never, gone);
  expect(unmeasured({})).toEqual([]);
  expect(unmeasured({ changes: null })).toEqual(["hot"]);
  expect(unmeasured({ coverage: null })).toEqual(["report"]);
  expect(unmeasured({ unread: new Set(["b.ts"]) })).toEqual(["twice", "tests"]);
  expect(unmeasured({ unread: new Set(["a.ts"]) })).toEqual(["hot", "twice", "report", "imports", "tests"]);
});
