import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/** Texts with more changed lines are not compared line by line: the time grows with the square of their number. */
const MOST_EDITS = 2_000;

/** Returns the patch from `before` to `after`; "" if they are equal. Pure. */
export function textPatch(name: string, before: string, after: string): string {
  if (before === after) return "";
  const path = name.replaceAll(/\s+/g, " ");
  const options = { context: 3, maxEditLength: MOST_EDITS, headerOptions: FILE_HEADERS_ONLY } as const;
  const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, options);
  return `diff --git a/${path} b/${path}\n${patch ?? wholePatch(path, before, after)}`;
}

/** Returns a patch that removes the whole old text and adds the whole new one. */
function wholePatch(path: string, before: string, after: string): string {
  const [from, to] = [before.split("\n"), after.split("\n")];
  const lines = [...from.map((line) => `-${line}`), ...to.map((line) => `+${line}`)];
  return `--- a/${path}\n+++ b/${path}\n@@ -1,${from.length} +1,${to.length} @@\n${lines.join("\n")}\n`;
}
