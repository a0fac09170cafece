import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTrial, describeFolder, endTrial, type Trial } from "./testing/trial";

let trial: Trial;
beforeEach(() => {
  trial = createTrial();
});
afterEach(() => endTrial(trial));

/** Every planted command writes a file here, if a git that opens the folder runs it. */
function plantRepository(folder: string, canary: string): void {
  const hook = `#!/bin/sh\ntouch "${canary}"\n`;
  fs.mkdirSync(folder, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=A", "-c", "user.email=a@b", ...args]);
  git("init", "-q", "-b", "main");
  fs.writeFileSync(path.join(folder, "committed.txt"), "committed");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  fs.writeFileSync(path.join(folder, "staged.txt"), "staged");
  git("add", "staged.txt");
  for (const name of ["pre-commit", "post-checkout", "post-index-change", "reference-transaction", "fsmonitor"]) {
    fs.writeFileSync(path.join(folder, ".git/hooks", name), hook, { mode: 0o755 });
  }
  fs.appendFileSync(
    path.join(folder, ".git/config"),
    `[core]\n\tfsmonitor = ${folder}/.git/hooks/fsmonitor\n[filter "evil"]\n\tclean = touch ${canary}\n\tsmudge = touch ${canary}\n\trequired = true\n[diff "evil"]\n\ttextconv = touch ${canary}\n`,
  );
  fs.writeFileSync(path.join(folder, ".gitattributes"), "* filter=evil diff=evil text eol=crlf ident\n");
}

test("a hostile folder comes back unchanged, and nothing in it is run", async () => {
  const canary = path.join(trial.outside, "canary");
  plantRepository(trial.folder, canary);
  plantRepository(path.join(trial.folder, "sub/nested"), canary);
  trial.put(".GIT/config", "[core]\n");
  trial.put("GIT~1/x");
  trial.put(".g\u200cit/HEAD", "ref: refs/heads/x\n");
  trial.put("\u200c.git", "x");
  for (const name of [
    "%",
    "%%",
    "%.git",
    "%dir/%",
    "naïve/日本.txt",
    "a b",
    'q"uote',
    "back\\slash",
    "new\nline",
    " lead",
    "-dash",
  ])
    trial.put(name);
  trial.put("crlf.txt", "one\r\ntwo\n$Id$\n");
  trial.put("run.sh", "#!/bin/sh\n", 0o755);
  trial.put("empty.txt", "");
  trial.put("large.bin", randomBytes(9 * 1024 * 1024));
  fs.mkdirSync(path.join(trial.folder, "void/deep/er"), { recursive: true });
  fs.mkdirSync(path.join(trial.folder, "%void"));
  fs.symlinkSync("run.sh", path.join(trial.folder, "inside"));
  fs.symlinkSync(trial.outside, path.join(trial.folder, "away"));
  fs.symlinkSync("nowhere/日本", path.join(trial.folder, "dangling"));
  const before = describeFolder(trial.folder);

  const taken = await trial.take(null);
  expect(taken).toMatchObject({ skipped: [], torn: [] });
  expect(taken.files).toBe(Object.values(before).filter((what) => what !== "empty").length);
  expect(await trial.contents(taken.commit)).toEqual(before);
  expect(describeFolder(trial.folder)).toEqual(before);
  expect(fs.existsSync(canary)).toBe(false);

  const copy = path.join(trial.base, "fork");
  await trial.store.checkOut(taken.commit, copy);
  // The planted settings are removed first, because git itself would run them from here on.
  for (const repository of [copy, path.join(copy, "sub/nested")]) {
    fs.writeFileSync(path.join(repository, ".git/config"), "[core]\n\tbare = false\n");
    fs.rmSync(path.join(repository, ".git/hooks"), { recursive: true });
    const say = (...args: string[]) =>
      execFileSync("git", ["-c", "safe.directory=*", "-C", repository, ...args]).toString();
    expect(say("log", "--format=%s")).toBe("first\n");
    expect(say("ls-files")).toBe("committed.txt\nstaged.txt\n");
  }
});

test("the snapshot of an unchanged folder is the previous one, even with touched files or without a cache", async () => {
  for (let index = 0; index < 30; index++) trial.put(`d${index % 3}/f${index}`);
  fs.mkdirSync(path.join(trial.folder, "void"));
  const first = await trial.take(null);
  expect(first).toMatchObject({ changed: 31, files: 30 });
  const old = new Date("2020-01-01");
  fs.utimesSync(path.join(trial.folder, "d0/f0"), old, old);
  expect(await trial.take(first.commit)).toMatchObject({ commit: first.commit, changed: 0, files: 30 });
  fs.rmSync(path.join(trial.dir, "cache"), { recursive: true });
  fs.mkdirSync(path.join(trial.dir, "cache"));
  expect(await trial.take(first.commit)).toMatchObject({ commit: first.commit, changed: 0, bytes: first.bytes });
});

test("a damaged cache, or a cache of another snapshot, changes nothing", async () => {
  trial.put("a", "one");
  trial.put("b", "same");
  const first = await trial.take(null);
  trial.put("a", "two");
  const second = await trial.take(first.commit);
  const [cache] = fs.readdirSync(path.join(trial.dir, "cache"));
  const file = path.join(trial.dir, "cache", cache ?? "");
  // The cache has "two" under `a`; the snapshot has "one".
  const third = await trial.take(first.commit);
  expect(third.changed).toBe(1);
  expect(await trial.contents(third.commit)).toEqual(await trial.contents(second.commit));
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(file, bytes.subarray(0, bytes.length - 20));
  expect(await trial.take(second.commit)).toMatchObject({ commit: second.commit, changed: 0 });
});

test("additions, changes, deletions and changes of type are stored, and nothing else", async () => {
  for (const name of [
    "keep",
    "change",
    "delete",
    "file-to-folder",
    "folder-to-link/x",
    "folder-to-file/a/b",
    "folder-to-empty/x",
    "link-to-file",
    "mode",
  ])
    trial.put(name);
  fs.rmSync(path.join(trial.folder, "link-to-file"));
  fs.symlinkSync("keep", path.join(trial.folder, "link-to-file"));
  fs.mkdirSync(path.join(trial.folder, "empty-to-full"));
  const first = await trial.take(null);
  const inside = (name: string) => path.join(trial.folder, name);
  for (const name of [
    "delete",
    "file-to-folder",
    "folder-to-link",
    "folder-to-file",
    "folder-to-empty/x",
    "link-to-file",
  ])
    fs.rmSync(inside(name), { recursive: true });
  trial.put("change", "CHANGE");
  trial.put("file-to-folder/now/inside");
  fs.symlinkSync("keep", inside("folder-to-link"));
  trial.put("folder-to-file");
  trial.put("link-to-file");
  trial.put("empty-to-full/x");
  fs.chmodSync(inside("mode"), 0o755);
  const second = await trial.take(first.commit);
  expect(await trial.contents(second.commit)).toEqual(describeFolder(trial.folder));
  expect(second.changed).toBe(14);
  const diff = await trial.store.diff(first.commit, second.commit);
  expect(diff.modified).toEqual(["change", "link-to-file", "mode"]);
  expect(diff.deleted).toEqual([
    "delete",
    "file-to-folder",
    "folder-to-empty/x",
    "folder-to-file/a/b",
    "folder-to-link/x",
  ]);
  expect(diff.added).toEqual(["empty-to-full/x", "file-to-folder/now/inside", "folder-to-file", "folder-to-link"]);
  // The first snapshot is unchanged.
  expect((await trial.contents(first.commit)).change).toBe("change");
});

test("a change with the same size and time is detected", async () => {
  trial.put("a", "one");
  const old = new Date("2020-01-01");
  fs.utimesSync(path.join(trial.folder, "a"), old, old);
  const first = await trial.take(null);
  fs.writeFileSync(path.join(trial.folder, "a"), "two");
  fs.utimesSync(path.join(trial.folder, "a"), old, old);
  expect((await trial.take(first.commit)).changed).toBe(1);
});

test("an empty folder has a snapshot, and an existing folder is not overwritten by a check-out", async () => {
  const taken = await trial.take(null);
  expect(taken).toMatchObject({ changed: 0, files: 0, bytes: 0 });
  expect(await trial.contents(taken.commit)).toEqual({});
  await expect(trial.store.checkOut(taken.commit, trial.folder)).rejects.toThrow("exists already");
  await expect(trial.store.checkOut("0".repeat(40), path.join(trial.base, "x"))).rejects.toThrow("no longer kept");
});

test("a signal ends a snapshot, and the next one works", async () => {
  for (let index = 0; index < 300; index++) trial.put(`f${index}`);
  const controller = new AbortController();
  const taking = trial.take(null, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(taking).rejects.toThrow("enough");
  expect((await trial.take(null)).files).toBe(300);
});

test("a tool's unfinished file is in no snapshot", async () => {
  trial.put("a");
  const first = await trial.take(null);
  trial.put(".banyan-0123456789ab.tmp", "half");
  trial.put("d/.banyan-0123456789ab.tmp", "half");
  trial.put("d/.banyan-notes.tmp", "whole");
  const second = await trial.take(first.commit);
  expect(await trial.contents(second.commit)).toEqual({ a: "a", "d/.banyan-notes.tmp": "whole" });
  expect(second).toMatchObject({ changed: 1, skipped: [] });
});

test("a folder that did not change since its newest snapshot gets that one, whichever was asked for before it", async () => {
  trial.put("a", "one");
  const first = await trial.take(null);
  trial.put("a", "two");
  trial.put("b");
  const second = await trial.take(first.commit);
  const again = await trial.take(first.commit);
  expect([again.commit, again.changed]).toEqual([second.commit, 2]);
  trial.put("a", "one");
  fs.rmSync(path.join(trial.folder, "b"));
  const back = await trial.take(first.commit);
  expect([back.commit, back.changed]).toEqual([first.commit, 0]);
  const other = await trial.take(first.commit, { tree: "other" });
  expect(other.commit).toBe(first.commit);
  expect(trial.git("for-each-ref", "--format=%(refname)", "refs/snap/other/").split("\n")).toHaveLength(1);
});
