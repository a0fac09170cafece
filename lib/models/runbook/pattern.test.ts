import { describe, expect, test } from "vitest";
import { firstMatch, patternFault } from "./pattern";

describe("patterns of strangers", () => {
  // With a backtracking engine, each of these takes longer than the universe is old.
  test.each(["^(a|a)+$", "^(a+)+$", "(a|aa)*$", "^(\\w|\\d|a)*$", "(.*)*x"])("%s ends", (pattern) => {
    expect(patternFault(pattern)).toBe(null);
    expect(firstMatch(pattern, `${"a".repeat(30_000)}!`)).not.toBe(undefined);
  });

  test.each([
    ["\\/(?:node|python3)\\s*$", "/usr/bin/node\n", "/node\n"],
    ["(?<name>\\d+)-é", "12-É", "12-É"],
    ["\\u00e9\\u{e9}\\x41", "ÉÉa", "ÉÉa"],
    ["[\\w.-]+@\\p{L}+", "to a.b-c@ö!", "a.b-c@ö"],
    ["b$", "ab\n", null],
    ["^b", "a\nb", null],
  ])("%s in %j", (pattern, text, expected) => {
    expect(patternFault(pattern)).toBe(null);
    expect(firstMatch(pattern, text)).toBe(expected);
  });

  test("an over-long pattern is refused", () => expect(patternFault("a".repeat(2_001))).toMatch(/longer than 2000/));
});
