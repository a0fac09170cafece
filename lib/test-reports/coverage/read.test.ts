import { expect, test } from "vitest";
import { COVERAGE_FORMATS, type CoverageFormat, readCoverage } from "./read";

/** Written after what lcov, Istanbul, coverage.py, JaCoCo and Go write. */
const REPORTS: Record<CoverageFormat, string> = {
  lcov: "TN:\nSF:src/a.mjs\nFN:1,sum\nFNDA:1,sum\nFNF:1\nFNH:1\nDA:1,1\nDA:2,3\nDA:4,0\nLF:3\nLH:2\nend_of_record\n",
  istanbul: JSON.stringify({
    "/workspace/src/a.mjs": {
      path: "/workspace/src/a.mjs",
      statementMap: {
        0: { start: { line: 1, column: 0 }, end: { line: 1, column: 9 } },
        1: { start: { line: 2, column: 0 }, end: { line: 3, column: 9 } },
        2: { start: { line: 4, column: 0 }, end: { line: 4, column: 9 } },
      },
      fnMap: {},
      branchMap: {},
      s: { 0: 1, 1: 3, 2: 0 },
      f: {},
      b: {},
    },
  }),
  cobertura: `<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>
<coverage version="7.4.0" timestamp="1" lines-valid="3" lines-covered="2" line-rate="0.6667" complexity="0">
  <sources><source>/workspace/src</source></sources>
  <packages><package name="." line-rate="0.6667"><classes>
    <class name="a.py" filename="a.py" line-rate="0.6667"><methods/>
      <lines><line number="1" hits="1"/><line number="2" hits="3"/><line number="4" hits="0"/></lines>
    </class>
  </classes></package></packages>
</coverage>`,
  jacoco: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="a"><sessioninfo id="x" start="1" dump="2"/><package name="org/example"><class name="org/example/A" sourcefilename="A.java"><method name="f" desc="()V" line="1"><counter type="LINE" missed="1" covered="2"/></method></class><sourcefile name="A.java"><line nr="1" mi="0" ci="3" mb="0" cb="0"/><line nr="2" mi="1" ci="2" mb="1" cb="1"/><line nr="4" mi="2" ci="0" mb="0" cb="0"/><counter type="LINE" missed="1" covered="2"/></sourcefile></package></report>`,
  go: "mode: set\nexample.org/a/sum.go:1.20,2.2 2 1\nexample.org/a/sum.go:4.20,4.30 1 0\nexample.org/a/sum.go:4.20,4.30 1 0\n",
};
const NAMES: Record<CoverageFormat, string> = {
  lcov: "src/a.mjs",
  istanbul: "/workspace/src/a.mjs",
  cobertura: "a.py",
  jacoco: "org/example/A.java",
  go: "example.org/a/sum.go",
};

test.each(COVERAGE_FORMATS)("%s: two of three lines are reached", (format) => {
  const coverage = readCoverage(format, REPORTS[format]);
  expect(coverage).toMatchObject({ total: 3, covered: 2 });
  const lines = coverage?.files.get(NAMES[format]);
  expect([...(lines ?? [])]).toEqual([
    [1, true],
    [2, true],
    [4, false],
  ]);
});

test("a summary has sums and no lines", () => {
  const lines = { total: 10, covered: 8, skipped: 0, pct: 80 };
  expect(readCoverage("istanbul", JSON.stringify({ total: { lines } }))).toMatchObject({ total: 10, covered: 8 });
  expect(readCoverage("lcov", "LF:10\nLH:8\n")).toMatchObject({ total: 10, covered: 8 });
});

test("a block of Go that several packages report is reached if one of them reaches it", () => {
  const text = "mode: count\na.go:1.1,2.2 3 0\na.go:1.1,2.2 3 7\nmode: count\nb.go:1.1,1.2 1 0\n";
  expect(readCoverage("go", text)).toMatchObject({ total: 4, covered: 3 });
});

test.each([
  ["lcov", ""],
  ["lcov", "SF:a\nDA:x,1\nend_of_record\n"],
  ["lcov", "LF:1\nLH:2\n"],
  ["lcov", "LF:NaN\nLH:1\n"],
  ["istanbul", "{"],
  ["istanbul", "[]"],
  ["istanbul", '{"total":{"lines":{"total":1,"covered":-1}}}'],
  ["cobertura", "<coverage>"],
  ["cobertura", '<coverage line-rate="1"/>'],
  ["jacoco", "<html></html>"],
  ["go", "ok  example.org/a 0.1s coverage: 100.0% of statements"],
  ["go", "mode: set\na.go:1.1,999999999.2 1 1\n"],
  ["go", "mode: set\n"],
] as const)("no %s report: %s", (format, text) => {
  const read = readCoverage(format, text);
  expect(read === null || read.total === 0).toBe(true);
});

test("a file that several runs report is reached where one of them reaches it", () => {
  const text = "SF:a.mjs\nDA:1,1\nDA:2,0\nend_of_record\nSF:a.mjs\nDA:1,0\nDA:2,0\nend_of_record\n";
  expect(readCoverage("lcov", text)).toMatchObject({ total: 2, covered: 1 });
});

test("entities that a report defines are not unfolded", () => {
  const lines = '<lines><line number="1" hits="1"/></lines>';
  const classes = `<classes><class filename="&a;">${lines}</class></classes>`;
  const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">]><coverage><packages><package>${classes}</package></packages></coverage>`;
  expect([...(readCoverage("cobertura", bomb)?.files.keys() ?? [])]).toEqual(["&a;"]);
});
