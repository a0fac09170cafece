import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkRooms, fullRooms } from "./rooms";
import { readSources } from "./sources";

const check = (files: Record<string, string>) => checkRooms(readSources(fixture(files))).map(faultLine);

/** Returns a file's text that imports a type from another file. */
const imports = (file: string) => `import type { A } from "@/${file}";\nexport type B = A;\n`;
const files = (count: number, name: (index: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), "export {};\n"]));

test("accepts rooms that import downwards and tests that import upwards", () => {
  const tree = {
    "core/a.ts": "export type A = 1;\n",
    "core/a.test.ts": imports("agents/turn/b.ts"),
    "agents/turn/b.ts": imports("core/a.ts"),
    "agents/turn/c.ts": imports("agents/turn/b.ts"),
    "agents/testing/d.ts": imports("agents/turn/b.ts"),
    "agents/worker/e.ts": imports("agents/turn/c.ts"),
  };
  expect(check(tree)).toEqual([]);
});

test("finds two rooms that import each other's types, with the files and a way to fix it", () => {
  const tree = { "lib/git/a.ts": imports("lib/net/b"), "lib/net/b.ts": imports("lib/git/c"), "lib/git/c.ts": "" };
  expect(check(tree)).toEqual([
    "lib/git/a.ts:1: the folders lib/git → lib/net → lib/git import each other " +
      "(lib/git/a.ts:1 imports lib/net/b.ts; lib/net/b.ts:1 imports lib/git/c.ts). " +
      "Move the type or function that both need into a folder that both import, or move the file to the other folder",
  ]);
});

test("a folder and its parent are two rooms", () => {
  expect(check({ "lib/a.ts": imports("lib/net/b"), "lib/net/b.ts": imports("lib/a") })).toHaveLength(1);
});

test("names the shortest cycle through many rooms; a cycle elsewhere is another fault", () => {
  const tree = {
    "lib/a/a.ts": imports("lib/b/b"),
    "lib/b/b.ts": `${imports("lib/c/c")}export const later = () => import("@/lib/d/d");\n`,
    "lib/c/c.ts": imports("lib/d/d"),
    "lib/d/d.ts": imports("lib/a/a"),
    "db/x/x.ts": imports("db/y/y"),
    "db/y/y.ts": imports("db/x/x"),
  };
  expect(check(tree)).toEqual([
    expect.stringContaining("the folders db/x → db/y → db/x import"),
    expect.stringContaining("the folders lib/a → lib/b → lib/d → lib/a import"),
  ]);
});

test("a room warns above 30 files of code and fails above 40, not counting tests, style sheets and data", () => {
  const tree = (count: number) => ({
    ...files(count, (index) => `lib/a${index}.ts`),
    "lib/a.test.ts": "",
    "lib/a.css": "",
    "lib/a.json": "{}\n",
  });
  const warn = (count: number) => fullRooms(readSources(fixture(tree(count)))).map(faultLine);
  expect([warn(30), check(tree(30))]).toEqual([[], []]);
  expect(warn(31)).toEqual(["lib/: holds 31 source files: look whether some of them belong together in a subfolder"]);
  expect(check(tree(40))).toEqual([]);
  expect([warn(41), check(tree(41))]).toEqual([
    [],
    ["lib/: holds 41 source files, and the limit is 40: move files that belong together into a subfolder"],
  ]);
});
