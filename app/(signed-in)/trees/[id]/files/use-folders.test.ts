import { expect, test } from "vitest";
import type { TreeFile } from "@/core/shapes/files";
import type { Page } from "@/core/shapes/shapes";
import { createFolderReads, type Folder, rowsOf } from "./use-folders";

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

test("what is answered after another moment was chosen is not shown", async () => {
  let folders: ReadonlyMap<string, Folder> = new Map();
  const waiting: ((page: Page<TreeFile>) => void)[] = [];
  const begin = () =>
    createFolderReads(
      () => new Promise((resolve) => waiting.push(resolve)),
      (change) => {
        folders = change(folders);
      },
    );
  const answer = async (path: string) => {
    waiting.shift()?.({ items: [entry(path)], next: null });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const shown = () => [...folders].map(([name, { items }]) => `${name}: ${items.map((item) => item.path)}`);
  const before = begin();
  before.open("");
  before.open("docs");
  await answer("of before.md");
  before.more("", "1");
  // Another moment is chosen while a folder and the rest of another one are read.
  before.end();
  const now = begin();
  now.open("");
  now.open("");
  await answer("docs/of before.md");
  await answer("more of before.md");
  expect(shown()).toEqual([": of before.md"]);
  await answer("of now.md");
  expect([shown(), waiting.length]).toEqual([[": of now.md"], 0]);
});
