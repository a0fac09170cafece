import { expect, test } from "vitest";
import { hitsIn } from "./coverage";

function shown(report: string, text: string) {
  const hits = hitsIn(report, text);
  return (
    hits &&
    [...hits].map(([path, lines]) => `${path} ${[...lines].map(([line, count]) => `${line}=${count}`).join(" ")}`)
  );
}

test("reports of LCOV, Istanbul, Cobertura and JaCoCo say how often each line ran", () => {
  expect(shown("lcov.info", "SF:a.ts\nDA:1,2\nDA:3,0\nend_of_record\nSF:b.ts\nDA:1,1\n")).toEqual([
    "a.ts 1=2 3=0",
    "b.ts 1=1",
  ]);
  const statementMap = { 0: { start: { line: 4 } }, 1: { start: { line: 6 } } };
  expect(shown("coverage-final.json", JSON.stringify({ "a.ts": { statementMap, s: { 0: 3, 1: 0 } } }))).toEqual([
    "a.ts 4=3 6=0",
  ]);
  const cobertura = `<?xml version="1.0"?><coverage><packages><package name="p"><classes>
    <class filename="p/a.py"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class>
    <class filename="p/b.py"><lines/></class></classes></package></packages></coverage>`;
  expect(shown("coverage.xml", cobertura)).toEqual(["p/a.py 1=1 2=0"]);
  const jacoco = `<report name="r"><package name="shop"><class name="shop/A"/><sourcefile name="A.java">
    <line nr="3" mi="0" ci="2"/><line nr="4" mi="1" ci="0"/></sourcefile></package></report>`;
  expect(shown("jacoco.xml", jacoco)).toEqual(["shop/A.java 3=2 4=0"]);
});

test("what is no report says nothing", () => {
  expect(shown("coverage.xml", "<html><body/></html>")).toBe(null);
  expect(shown("coverage-final.json", "[1]")).toBe(null);
  expect(shown("lcov.info", "SF:a.ts\nDA:x,y\n")).toEqual([]);
});
