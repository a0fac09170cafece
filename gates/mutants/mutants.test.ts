import { expect, test } from "vitest";
import { drawn, mutantsOf, mutate } from "./mutants";

const shown = (text: string, path = "a.ts") => mutantsOf(path, text).map((mutant) => mutate(text, mutant));

test("operators, conditions, negations, truth values and numbers", () => {
  expect(shown("x = a === b;")).toEqual(["x = a !== b;"]);
  expect(shown("x = a < b && c >= d;").sort()).toEqual([
    "x = a < b && c < d;",
    "x = a < b || c >= d;",
    "x = a >= b && c >= d;",
  ]);
  expect(shown("if (ready) go(!done, true);")).toEqual([
    "if (!(ready)) go(!done, true);",
    "if (ready) go(done, true);",
    "if (ready) go(!done, false);",
  ]);
  expect(shown("x = a ? b : c % 2;")).toEqual(["x = !(a) ? b : c % 2;", "x = a ? b : c * 2;", "x = a ? b : c % 3;"]);
});

test("every mutant still is code, also with characters beyond UTF-16's first plane before it", () => {
  const text = 'const face = "😀é";\nexport const f = (a: number) => (a /* < */ > 1) && a < 9;\n';
  expect(shown(text)).toEqual([
    text.replace("&&", "||"),
    text.replace("> 1", "> 2"),
    text.replace("a < 9", "a >= 9"),
    text.replace("< 9", "< 10"),
  ]);
  expect(mutantsOf("a.ts", text).map(({ line }) => line)).toEqual([2, 2, 2, 2]);
});

test("texts, types, names of fields and other languages stay as they are", () => {
  expect(shown('x = "a" + b + "c";')).toEqual([]);
  expect(shown("x = `a` + b;")).toEqual([]);
  expect(shown("type A = 1 | true; enum B { C = 2 }")).toEqual([]);
  expect(shown("x = { 1: a };")).toEqual([]);
  expect(shown("x = -1;")).toEqual([]);
  expect(shown("x = (", "a.ts")).toEqual([]);
  expect(mutantsOf("a.py", "x = 1 < 2")).toEqual([]);
  expect(mutantsOf("a.d.ts", "declare const x = 1;")).toEqual([]);
});

test("the seed decides the order", () => {
  const items = Array.from({ length: 20 }, (_, at) => String(at));
  const draw = (seed: string) => drawn(items, seed, (item) => item);
  expect(draw("a")).toEqual(draw("a"));
  expect(draw("a")).not.toEqual(draw("b"));
  expect(draw("a").sort()).toEqual([...items].sort());
});
