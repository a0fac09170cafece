import { expect, test } from "vitest";
import { beyondBounds } from "./bounded-json";

test("ordinary calls and requests are within the bounds", () => {
  for (const value of [
    {},
    [],
    { a: [1, { b: '}]{[,\\"' }] },
    { text: "x".repeat(1_000_000) },
    Array(10_000).fill({ a: 1 }),
  ])
    expect(beyondBounds(JSON.stringify(value))).toBeNull();
});

test.each([
  ["deep lists", "[".repeat(100_000) + "]".repeat(100_000), /nested more than 100/],
  ["deep objects", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`, /nested more than 100/],
  [
    "many keys",
    JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, 1]))),
    /more than 50000 values/,
  ],
  ["many elements", `[${"0,".repeat(200_000)}0]`, /more than 50000 values/],
  ["9 MB", JSON.stringify({ a: "x".repeat(9_000_000) }), /9000008 characters/],
])("%s exceed the bounds", (_, text, why) => {
  expect(beyondBounds(text)).toMatch(why);
});

test("invalid JSON is read to its end, and the content of strings does not count", () => {
  expect(beyondBounds(`"${"[".repeat(1_000)}`)).toBeNull();
  expect(beyondBounds('{"a": "\\"')).toBeNull();
});
