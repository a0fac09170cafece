import { expect, test } from "vitest";
import type { TreeFile } from "@/core/shapes/files";
import { type Folder, rowsOf } from "./use-folders";

const entry = (path: string, kind: TreeFile["kind"] = "file"): TreeFile => ({
  path,
  kind,
  bytes: 1,
  changed: null,
  changed_by: [],
});
const folder = (items: TreeFile[], more: Partial<Folder> = {}): Folder => ({
  items,
  next: null,
  problem: null,
  ...more,
});

test("open folders are rows with their entries below; a long folder ends with a row for the rest", () => {
  const folders = new Map([
    ["", folder([entry("docs", "folder"), entry("lib", "folder"), entry("a.md")], { next: "500" })],
    ["docs", folder([entry("docs/b.md")])],
    ["lib", folder([], { problem: "It is gone." })],
  ]);
  const shown = (opened: string[]) =>
    rowsOf(folders, new Set(["", ...opened]), "", 1).map(({ kind, key, level }) => `${level} ${kind} ${key}`);
  expect(shown([])).toEqual(["1 entry docs", "1 entry lib", "1 entry a.md", "1 more /more"]);
  expect(shown(["docs", "lib"])).toEqual([
    "1 entry docs",
    "2 entry docs/b.md",
    "1 entry lib",
    "2 problem lib/problem",
    "1 entry a.md",
    "1 more /more",
  ]);
});
