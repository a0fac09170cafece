import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSnapshotStore } from "./store";
import { createTrial, endTrial, type Trial } from "./testing/trial";

let trial: Trial;
beforeEach(() => {
  trial = createTrial();
});
afterEach(() => endTrial(trial));

async function textsOf(files: { path: string; oid: string; sizeBytes: number }[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  let at = 0;
  for await (const content of trial.store.contents(files)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    texts[files[at++]?.path ?? ""] = Buffer.concat(chunks).toString();
  }
  return texts;
}

test("a folder of a snapshot is listed, with names that git dislikes, and its contents are read in order", async () => {
  trial.put("a.txt", "one");
  trial.put(".gitignore", "dist\n");
  trial.put("docs/é.md", "# Deep");
  trial.put("docs/run.sh", "#!/bin/sh", 0o755);
  fs.mkdirSync(path.join(trial.folder, "empty"));
  fs.symlinkSync("a.txt", path.join(trial.folder, "link"));
  const { commit } = await trial.take(null);
  const top = (await trial.store.list(commit, "")) ?? [];
  expect(top.map(({ path: name, kind, sizeBytes }) => [name, kind, sizeBytes])).toEqual(
    expect.arrayContaining([
      [".gitignore", "file", 5],
      ["a.txt", "file", 3],
      ["docs", "folder", 0],
      ["empty", "folder", 0],
      ["link", "link", 5],
    ]),
  );
  const docs = (await trial.store.list(commit, "docs")) ?? [];
  expect(docs.map(({ path: name, isExecutable }) => [name, isExecutable]).sort()).toEqual([
    ["docs/run.sh", true],
    ["docs/é.md", false],
  ]);
  expect(await trial.store.list(commit, "empty")).toEqual([]);
  expect(await trial.store.list(commit, "nowhere")).toBeNull();
  expect(await trial.store.list(commit, "a.txt")).toBeNull();
  expect(await trial.store.find(commit, "docs")).toBeNull();
  expect(await trial.store.find(commit, "docs/é.md")).toMatchObject({ sizeBytes: 6 });
  const files = await trial.store.files(commit);
  expect(files.map((file) => file.path).sort()).toEqual([".gitignore", "a.txt", "docs/run.sh", "docs/é.md", "link"]);
  expect(await textsOf(files)).toMatchObject({ "a.txt": "one", "docs/é.md": "# Deep", link: "a.txt" });
});

test("large contents are read one by one, and nothing is left beside the store", async () => {
  const large = "x".repeat(9 * 1024 * 1024);
  trial.put("large", large);
  trial.put("small", "s");
  const { commit } = await trial.take(null);
  const texts = await textsOf(await trial.store.files(commit));
  expect(texts.small).toBe("s");
  expect(texts.large === large).toBe(true);
  expect(fs.readdirSync(path.join(trial.dir, "cache")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("the changed paths of many pairs come from one git", async () => {
  trial.put("a");
  const commit = (await trial.take(null)).commit;
  trial.put("dir/b c");
  fs.rmSync(path.join(trial.folder, "a"));
  const two = (await trial.take(commit)).commit;
  const pairs = [
    { from: null, to: commit },
    { from: commit, to: commit },
    { from: commit, to: two },
    { from: null, to: "0".repeat(40) },
    { from: two, to: commit },
  ];
  expect(await trial.store.changedPaths(pairs)).toEqual([["a"], [], ["a", "dir/b c"], [], ["a", "dir/b c"]]);
});

test("git's own files are in no difference, unless it is asked for them", async () => {
  trial.put("a", "one\n");
  const commit = (await trial.take(null)).commit;
  execFileSync("git", ["init", "-q", path.join(trial.folder, "nested")]);
  execFileSync("git", ["init", "-q", trial.folder]);
  trial.put("a", "two\n");
  trial.put(".gitignore", "dist\n");
  const two = (await trial.take(commit)).commit;
  const diff = await trial.store.diff(commit, two);
  expect([diff.added, diff.modified, diff.deleted]).toEqual([[".gitignore"], ["a"], []]);
  expect(diff.patch).not.toContain(".git/");
  expect([...diff.lines.keys()].sort()).toEqual([".gitignore", "a"]);
  expect((await trial.store.diff(commit, two, { withGit: true })).added).toContain(".git/HEAD");
  expect((await trial.store.diff(commit, two, { path: "a" })).patch).toContain("-one\n+two\n");
  expect((await trial.store.diff(commit, two, { path: "a" })).added).toEqual([]);
  expect(await trial.store.changedPaths([{ from: commit, to: two }])).toEqual([[".gitignore", "a"]]);
});

test("what a process knows of its snapshots is what git says of them", async () => {
  for (const name of [
    "a",
    "b",
    "b.txt",
    "b-c/d",
    "é/%",
    "%x",
    "sub/.gitattributes",
    "link",
    "gone/deep/file",
    "\u{1f600}",
  ])
    trial.put(name);
  fs.mkdirSync(path.join(trial.folder, "empty"));
  const commit = (await trial.take(null)).commit;
  fs.rmSync(path.join(trial.folder, "b"));
  fs.rmSync(path.join(trial.folder, "gone"), { recursive: true });
  fs.rmSync(path.join(trial.folder, "link"));
  fs.symlinkSync("a", path.join(trial.folder, "link"));
  fs.rmdirSync(path.join(trial.folder, "empty"));
  for (const name of ["b/inside", "b/.git/config", "\uffee", "a\nb"]) trial.put(name, `${name} now`);
  fs.chmodSync(path.join(trial.folder, "a"), 0o755);
  const two = (await trial.take(commit)).commit;
  const fresh = () => createSnapshotStore({ dir: trial.dir });
  const byPath = (files: { path: string }[]) => [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const [from, to] of [
    [commit, two],
    [two, commit],
    [null, two],
  ] as const) {
    expect(await trial.store.changes(from, to)).toEqual(await fresh().changes(from, to));
    expect(await trial.store.diff(from, to, { withGit: true })).toEqual(
      await fresh().diff(from, to, { withGit: true }),
    );
    expect(byPath(await trial.store.files(to))).toEqual(byPath(await fresh().files(to)));
  }
  for (const name of ["a", "b", "b/inside", "link", "empty", "é/%"])
    expect([name, await trial.store.find(two, name)]).toEqual([name, await fresh().find(two, name)]);
});
