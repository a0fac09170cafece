import { expect, test } from "vitest";
import { compileGlob } from "./glob";

const matching = (pattern: string, paths: string[]) => {
  const glob = compileGlob(pattern);
  return paths.filter((path) => glob(path.split("/")));
};

test.each([
  ["*.ts", ["a.ts", "x/a.ts", ".ts", "a.tsx", "x/.a.ts"], ["a.ts", "x/a.ts", ".ts", "x/.a.ts"]],
  ["/*.ts", ["a.ts", "x/a.ts"], ["a.ts"]],
  ["src/*.ts", ["src/a.ts", "src/x/a.ts", "x/src/a.ts"], ["src/a.ts"]],
  ["src/**/*.ts", ["src/a.ts", "src/x/y/a.ts", "src/a.js"], ["src/a.ts", "src/x/y/a.ts"]],
  ["**/test/**", ["test/a", "x/test/a/b", "tests/a"], ["test/a", "x/test/a/b"]],
  ["*.{ts,js{,on}}", ["a.ts", "a.js", "a.json", "a.jso"], ["a.ts", "a.js", "a.json"]],
  ["{a,b}/{c,d}", ["a/c", "a/d", "b/c", "b/d", "a/e"], ["a/c", "a/d", "b/c", "b/d"]],
  ["a?c", ["abc", "a/c", "ac", "aéc", "a😀c"], ["abc", "aéc", "a😀c"]],
  ["[a-c]x", ["ax", "cx", "dx", "-x"], ["ax", "cx"]],
  ["[!a-c]x", ["ax", "dx"], ["dx"]],
  ["[]a]x", ["]x", "ax", "bx"], ["]x", "ax"]],
  ["[x", ["[x", "x"], ["[x"]],
  ["\\*x\\{a,b\\}", ["*x{a,b}", "yx{a,b}"], ["*x{a,b}"]],
  ["{a}", ["{a}", "a"], ["{a}"]],
  ["{a,b", ["{a,b", "a"], ["{a,b"]],
  ["+(a)", ["+(a)", "a"], ["+(a)"]],
  ["./src/a", ["src/a"], ["src/a"]],
])("%s", (pattern, paths, expected) => {
  expect(matching(pattern, paths)).toEqual(expected);
});

test("patterns that would make a regular expression explode are matched fast", () => {
  expect(matching(`${"*a".repeat(200)}b`, ["a".repeat(255)])).toEqual([]);
  expect(matching(`${"**/a/".repeat(100)}b`, [Array(120).fill("a").join("/")])).toEqual([]);
  expect(() => compileGlob("{a,b}".repeat(20))).toThrow("more than 256 alternatives");
  expect(() => compileGlob("{".repeat(10_000))).not.toThrow();
  expect(() => compileGlob("a\0b")).toThrow("NUL");
});
