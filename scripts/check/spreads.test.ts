import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { readSources } from "./sources";
import { checkSpreads } from "./spreads";

const check = (text: string, file = "lib/a.ts") => checkSpreads(readSources(fixture({ [file]: text }))).map(faultLine);

test.each([
  ["an object", "export const a = { ...{ b, c }, d };\n"],
  ["an object inside another spread", "export const a = { ...b, ...{ c } };\n"],
  ["an array", "export const a = [...[1, 2], 3];\n"],
  ["arguments", "go(...[1, 2]);\n"],
  ["arguments of a constructor", "new Go(...[1, 2]);\n"],
])("finds a literal that is spread into %s", (_, text) => {
  expect(check(text)).toEqual([expect.stringMatching(/^lib\/a\.ts:1: spreads a literal/)]);
});

test("finds one in an element, and in tests", () => {
  expect(check("export const A = () => <B {...{ c, d: 1 }} />;\n", "app/a.tsx")).toHaveLength(1);
  expect(check("const a = {\n  b,\n  ...{ c },\n};\n", "lib/a.test.ts")).toEqual([
    expect.stringContaining("lib/a.test.ts:3: "),
  ]);
});

test.each([
  "export const a = { ...b, ...(c && { d }) };\n",
  "export const a = { ...(b ? { c } : {}) };\n",
  "export const a = [...b, ...(c ? [d] : [])];\n",
  'export const a = { ..."text" };\n',
  "export const a = { b: { c } };\n",
])("accepts %s", (text) => {
  expect(check(text)).toEqual([]);
});
