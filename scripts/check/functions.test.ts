import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkFunctions } from "./functions";
import { readSources } from "./sources";

const check = (files: Record<string, string>, exceptions: Record<string, string> = {}) =>
  checkFunctions(readSources(fixture(files)), exceptions).map(faultLine);

/** Returns that many statements; the function around them adds two lines. */
const body = (lines: number) => "  step();\n".repeat(lines);

test("accepts a function of 70 lines and finds one of 71", () => {
  expect(check({ "lib/a.ts": `export function go() {\n${body(68)}}\n` })).toEqual([]);
  expect(check({ "lib/a.ts": `\nexport function go() {\n${body(69)}}\n` })).toEqual([
    "lib/a.ts:2: go has 71 lines, and the limit is 70: " +
      "move one of its steps into a top-level function and pass what the step needs",
  ]);
});

test.each([
  ["an arrow", `export const go = () => {\n${body(80)}};\n`, "go has 82"],
  ["a component", `export const Page = memo(() => {\n${body(80)}});\n`, "(in memo) has 82"],
  ["a method", `class Queue {\n  take() {\n${body(80)}}\n}\n`, "Queue.take has 82"],
  ["a method of an object", `export const queue = {\n  take: async () => {\n${body(80)}},\n};\n`, "take has 82"],
  ["a default export", `export default () => {\n${body(80)}};\n`, "default has 82"],
  ["an embedded program", `go("x", function run() {\n${body(80)}});\n`, "run has 82"],
])("%s is measured too", (_, text, message) => {
  expect(check({ "app/a.tsx": text })).toEqual([expect.stringContaining(`: ${message} lines`)]);
});

test("a nested function counts for both", () => {
  const inner = `function inner() {\n${body(80)}}\n`;
  expect(check({ "lib/a.ts": `function outer() {\n${inner}}\n` })).toEqual([
    expect.stringContaining("lib/a.ts:1: outer has 84 lines"),
    expect.stringContaining("lib/a.ts:2: outer.inner has 82 lines"),
  ]);
});

test("callbacks of tests may be long, helpers of tests may not", () => {
  const file = (call: string) => `${call}() => {\n${body(90)}});\n`;
  const cases = ["test('a', ", "test.each([1])('a', ", "describe('a', ", "signedIn.describe('a', ", "it('a', "];
  expect(check({ "lib/a.test.ts": cases.map(file).join("") })).toEqual([]);
  expect(check({ "lib/a.test.ts": `function helper() {\n${body(90)}}\n` })).toHaveLength(1);
  expect(check({ "lib/a.ts": file("test('a', ") })).toHaveLength(1);
});

test("accepts an exception while it is needed, and finds it when it is not", () => {
  const files = { "lib/a.ts": `function go() {\n${body(90)}}\n` };
  expect(check(files, { "lib/a.ts:go": "not split yet" })).toEqual([]);
  expect(check(files, { "lib/a.ts:go": "not split yet", "lib/a.ts:gone": "not split yet" })).toEqual([
    "scripts/check/long-functions.ts: names lib/a.ts:gone, which is no longer an exception: delete its line",
  ]);
});
