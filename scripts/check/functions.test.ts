import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkFunctions } from "./functions";
import { readSources } from "./sources";

const check = (files: Record<string, string>) => checkFunctions(readSources(fixture(files))).map(faultLine);

const body = (statements: number) => "  step();\n".repeat(statements);

test("accepts a function of 60 statements, on however many lines, and finds one of 61", () => {
  const table = `  return {\n${"    a: 1,\n".repeat(200)}  };\n`;
  expect(check({ "lib/a.ts": `export function go() {\n${body(59)}${table}}\n` })).toEqual([]);
  expect(check({ "lib/a.ts": `\nexport function go() {\n${body(61)}}\n` })).toEqual([
    "lib/a.ts:2: go has 61 statements, and the limit is 60: " +
      "move one of its steps into a top-level function and pass what the step needs",
  ]);
});

test("packed lines and blocks change nothing; each branch and declaration counts", () => {
  const packed = `for (const one of all) { if (one) step(); else { const a = 1; step(a); } }\n`;
  expect(check({ "lib/a.ts": `function go() {\n${packed.repeat(12)}}\n` })).toEqual([]);
  expect(check({ "lib/a.ts": `function go() {\n${packed.repeat(13)}}\n` })).toEqual([
    expect.stringContaining("go has 65 statements"),
  ]);
});

test.each([
  ["an arrow", `export const go = () => {\n${body(80)}};\n`, "go has 80"],
  ["a component", `export const Page = memo(() => {\n${body(80)}});\n`, "(in memo) has 80"],
  ["a method", `class Queue {\n  take() {\n${body(80)}}\n}\n`, "Queue.take has 80"],
  ["a method of an object", `export const queue = {\n  take: async () => {\n${body(80)}},\n};\n`, "take has 80"],
  ["a default export", `export default () => {\n${body(80)}};\n`, "default has 80"],
  ["an embedded program", `go("x", function run() {\n${body(80)}});\n`, "run has 80"],
])("%s is measured too", (_, text, message) => {
  expect(check({ "app/a.tsx": text })).toEqual([expect.stringContaining(`: ${message} statements`)]);
});

test("a nested function counts on its own", () => {
  const inner = `function inner() {\n${body(80)}}\n`;
  expect(check({ "lib/a.ts": `function outer() {\n${body(50)}${inner}}\n` })).toEqual([
    expect.stringContaining("lib/a.ts:52: outer.inner has 80 statements"),
  ]);
});

test("callbacks of tests may be long, helpers of tests may not", () => {
  const file = (call: string) => `${call}() => {\n${body(90)}});\n`;
  const cases = ["test('a', ", "test.each([1])('a', ", "describe('a', ", "signedIn.describe('a', ", "it('a', "];
  expect(check({ "lib/a.test.ts": cases.map(file).join("") })).toEqual([]);
  expect(check({ "lib/a.test.ts": `function helper() {\n${body(90)}}\n` })).toHaveLength(1);
  expect(check({ "lib/a.ts": file("test('a', ") })).toHaveLength(1);
});
