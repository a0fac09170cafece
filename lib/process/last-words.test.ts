import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { lastWords } from "./last-words";

const ENDS: [string, string][] = [
  ['throw new TypeError("It is no number.");', "It is no number."],
  ['class OwnError extends Error { name = "OwnError"; }; throw new OwnError("No commit.\\nRun git.");', "No commit."],
  ['throw Object.assign(new Error("Gone", { cause: new Error("deeper") }), { code: "ENOENT" });', "Gone"],
  ['await import("node:nothing");', "No such built-in module: node:nothing"],
  ['console.error("One"); console.error("Two"); process.exitCode = 1;', "Two"],
  ["process.exitCode = 1;", ""],
];

test.each(ENDS)("of a program %s the message is told", (source, message) => {
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source], { encoding: "utf8" });
  expect(lastWords(stderr)).toBe(message);
});

test("a process that ran out of memory says so before its native stack", () => {
  const said = `
<--- Last few GCs --->

[1:0x1]     12 ms: Mark-Compact (reduce) 8.0 (10.1) -> 8.0 (9.3) MB

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xb9c310 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
`;
  expect(lastWords(said)).toBe("Reached heap limit Allocation failed - JavaScript heap out of memory");
});
