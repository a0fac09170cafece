import { expect, test } from "vitest";
import { type Blobs, type FileTree, type TreeFile, treeOf } from "@/gates/model/tree";
import { affectedBy, usersIn } from "./affected";
import { changesBetween } from "./trees";

/** A store of blobs in memory. */
function memory(): Blobs {
  const kept = new Map<string, Buffer>();
  return {
    fileOf: () => "",
    add(content) {
      const oid = String(kept.size);
      kept.set(oid, content);
      return oid;
    },
    read: (oid) => kept.get(oid) ?? Buffer.alloc(0),
  };
}

function treeWith(blobs: Blobs, files: Record<string, string>, known?: FileTree): FileTree {
  return treeOf([
    ...(known?.files ?? []),
    ...Object.entries(files).map(([name, text]): [string, TreeFile] => [
      name,
      { kind: "file", oid: blobs.add(Buffer.from(text)) },
    ]),
  ]);
}

const FILES = {
  "src/words.ts": 'export const WORDS = "one sentence";\n',
  "src/page.ts": 'import { WORDS } from "@/src/words";\nexport const page = () => WORDS;\n',
  "src/types.ts": 'import type { Words } from "./words";\nexport type Page = Words;\n',
  "src/page.test.ts": 'import { page } from "./page.js";\npage();\n',
  "src/words.test.ts": 'import "./words";\n',
  "src/types.test.ts": 'import "./types";\n',
  "src/other.test.ts": 'import "node:test";\n',
  "docs/guide.md": "A sentence.\n",
  "checks/guide.test.ts": 'readFileSync("docs/guide.md", "utf8");\n',
  "checks/index.test.ts": 'await import("../src/room");\n',
  "src/room/index.ts": `export const room = new URL("../page.ts", import.meta.url);\n`,
};

function affected(edits: Record<string, string>, removed: readonly string[] = []): string[] {
  const blobs = memory();
  const base = treeWith(blobs, FILES);
  const laid = treeWith(blobs, edits, base);
  const head = treeOf([...laid.files].filter(([name]) => !removed.includes(name)));
  const found = affectedBy({ base, head, blobs, paths: changesBetween(base, head) }, { "@/": "" });
  return [...found].map(([name, steps]) => `${steps} ${name}`);
}

test("what a change can reach is found by imports, also with an alias, without an ending and through other files", () => {
  expect(affected({ "src/words.ts": 'export const WORDS = "another sentence";\n' })).toEqual([
    "0 src/words.ts",
    "1 src/page.ts",
    "1 src/words.test.ts",
    "2 src/page.test.ts",
    "2 src/room/index.ts",
    "3 checks/index.test.ts",
  ]);
});

test("a file that is read by its name is reached too", () => {
  expect(affected({ "docs/guide.md": "Another sentence.\n" })).toEqual(["0 docs/guide.md", "1 checks/guide.test.ts"]);
});

test("an import on only one side counts, and so does a file that is gone", () => {
  const withoutImport = affected({ "src/page.ts": "export const page = () => 1;\n", "src/words.ts": "export {};\n" });
  expect(withoutImport).toContain("1 src/words.test.ts");
  expect(withoutImport).toContain("1 src/page.test.ts");
  const withNewImport = affected({ "src/other.test.ts": 'import "../docs/new";\n', "docs/new.ts": "export {};\n" });
  expect(withNewImport).toEqual(["0 docs/new.ts", "0 src/other.test.ts"]);
  expect(affected({}, ["src/words.ts"])).toContain("1 src/page.ts");
});

test("a file that names a folder is found, too", () => {
  const blobs = memory();
  const head = treeWith(blobs, {
    ...FILES,
    "src/load.ts": 'readdirSync("docs");\nreaddirSync("../checks");\nsay("no folder");\n',
  });
  const { ofFolders } = usersIn({ base: treeOf([]), head, blobs }, { "@/": "" });
  expect([...(ofFolders.get("docs") ?? [])]).toEqual(["src/load.ts"]);
  expect([...ofFolders.keys()].sort()).toEqual(["checks", "docs", "src/room"]);
});
