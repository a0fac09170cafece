import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkLimits } from "./limits";
import { readSources } from "./sources";

const check = (text: string, file = "lib/a.ts") => checkLimits(readSources(fixture({ [file]: text }))).map(faultLine);

test.each([
  ["directly", "const a = AbortSignal.any([b, AbortSignal.timeout(9)]);\n"],
  ["as one of several cases", "const a = AbortSignal.any([AbortSignal.timeout(9), ...(b ? [b] : [])]);\n"],
  ["by its name", "const a = (c) => AbortSignal.any([b, c]);\nconst c = AbortSignal.timeout(9);\n"],
])("finds a timeout that is combined %s", (_, text) => {
  expect(check(text)).toEqual([expect.stringMatching(/^lib\/a\.ts:1: combines a timeout by AbortSignal\.any/)]);
});

test("finds one in tests, and names its line", () => {
  expect(check("go(\n  AbortSignal.any([b, AbortSignal.timeout(9)]),\n);\n", "lib/a.test.ts")).toEqual([
    expect.stringContaining("lib/a.test.ts:2: "),
  ]);
});

test.each([
  "const a = AbortSignal.any([b.signal, c.signal]);\n",
  "const a = AbortSignal.timeout(9);\nconst b = AbortSignal.any([c]);\n",
  "const a = AbortSignal.timeout(9);\n",
  "const a = b.any([AbortSignal.timeout(9)]);\n",
])("accepts %s", (text) => {
  expect(check(text)).toEqual([]);
});
