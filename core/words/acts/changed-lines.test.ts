import { expect, test } from "vitest";
import { changedLines } from "./changed-lines";

test.each([
  ["a\nb\nc", "a\nB\nc", "line 2"],
  ["a\nb\nc\nd", "a\nB\nc\nD", "lines 2 to 4"],
  ["a\nb", "a\nb\nc", "line 3"],
  ["a\nb\nc\nd", "a\nd", "removed lines 2 to 3"],
  ["a\nb", "b", "removed line 1"],
  ["", "a", "line 1"],
  ["a\na\na", "a\na", "removed line 3"],
  ["a\na", "a\na\na", "line 3"],
  ["x", "x", null],
])("from %j to %j", (before, after, lines) => {
  expect(changedLines(before, after)).toBe(lines);
});
