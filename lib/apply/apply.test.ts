import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SnapshotFile, SnapshotStore } from "../snapshots/port";
import { createTrial, endTrial, type Trial } from "../snapshots/testing/trial";
import { createBranchWith } from "./branch";
import { mergeWith } from "./commit";
import { leftOutOf } from "./left-out";
import { openPatch } from "./patch";
import { repositoryAround } from "./repository";

let trial: Trial;
let dir: string;
beforeEach(() => {
  trial = createTrial();
  dir = path.join(trial.base, "scratch");
});
afterEach(() => endTrial(trial));

const BINARY = Buffer.from([0, 1, 2, 255, 0, 10, 13]);
const isRun = (name: string) => name.startsWith(".vscode/");
const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
const git = (...args: string[]) =>
  execFileSync("git", ["-C", trial.folder, ...identity, ...args], { encoding: "utf8", stdio: "pipe" }).trim();

function repository(files: Record<string, string | Buffer>) {
  for (const [name, content] of Object.entries(files)) trial.put(name, content);
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-q", "-m", "First");
}

/** A store that refuses a call inside `withObjects`, which could wait for a compaction that waits for it. */
function withoutNested(store: SnapshotStore): SnapshotStore {
  let isInside = false;
  const check = () => {
    if (isInside) throw new Error("Called inside withObjects.");
  };
  return {
    ...store,
    async files(commit) {
      check();
      return store.files(commit);
    },
    async changes(from, to) {
      check();
      return store.changes(from, to);
    },
    async withObjects(work) {
      check();
      isInside = true;
      return store.withObjects(work).finally(() => {
        isInside = false;
      });
    },
  };
}

const apply = (from: string | null, to: string, more: { branch?: string; folder?: string } = {}) =>
  createBranchWith(withoutNested(trial.store), {
    repository: repositoryAround(more.folder ?? trial.folder),
    from,
    to,
    branch: more.branch ?? "banyan/work",
    message: "Work\n\nBanyan-Tree: t\n",
    dir,
  });

test("a branch gets the changes as one commit; work tree, index and HEAD stay as they are", async () => {
  repository({ "a.txt": "one\n", "gone.txt": "gone\n", ".gitignore": "dist/\n*.log\n!keep.log\n", "b.txt": "b\n" });
  trial.put("b.txt", "b, changed by the person before\n");
  const before = (await trial.take(null)).commit;
  trial.put("a.txt", "one\ntwo\n");
  trial.put("new/é.bin", BINARY, 0o755);
  trial.put("dist/out.js", "ignored");
  trial.put("x.log", "ignored");
  trial.put("keep.log", "kept");
  fs.rmSync(path.join(trial.folder, "gone.txt"));
  const after = (await trial.take(before)).commit;
  const status = git("status", "--porcelain");
  const made = await apply(before, after);
  expect(made).toMatchObject({ branch: "banyan/work", files: 4, ignored: 2, nested: [], onto: { branch: "main" } });
  expect(git("status", "--porcelain")).toBe(status);
  expect(git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
  expect(git("-c", "core.quotePath=false", "diff", "--name-status", "main", "banyan/work").split("\n")).toEqual([
    "M\ta.txt",
    "D\tgone.txt",
    "A\tkeep.log",
    "A\tnew/é.bin",
  ]);
  expect(git("log", "--format=%s%n%b", "-1", "banyan/work")).toBe("Work\nBanyan-Tree: t");
  expect(git("rev-parse", "banyan/work^")).toBe(git("rev-parse", "main"));
  expect(execFileSync("git", ["-C", trial.folder, "show", "banyan/work:new/é.bin"])).toEqual(BINARY);
  expect(git("ls-tree", "banyan/work", "new/")).toContain("100755");
  expect(git("fsck", "--strict")).not.toContain("error");
  expect(fs.readdirSync(dir)).toEqual([]);
  // As a press does whose answer was lost. The same name for something else is taken.
  expect(await apply(before, after)).toEqual({ ...made, isThere: true });
  trial.put("a.txt", "one\ntwo\nthree\n");
  const later = (await trial.take(after)).commit;
  await expect(apply(before, later)).rejects.toThrow('already has a branch "banyan/work"; choose another name');
  git("branch", "other", "main");
  await expect(apply(before, after, { branch: "other" })).rejects.toThrow('already has a branch "other"');
  const special = ["HEAD", "head", "@", "@{-1}", "a@{1}", "FETCH_HEAD", "ORIG_HEAD", "AUTO_MERGE", "-x", "--all"];
  for (const branch of [...special, "refs/heads/x", "refs", "heads/x", "tags/v1", "0".repeat(40), "a..b"])
    await expect(apply(before, after, { branch }), branch).rejects.toThrow("cannot name a branch");
});

test("changes of other lines are merged; changes that contradict the last commit are refused by name", async () => {
  repository({ "a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n" });
  const before = (await trial.take(null)).commit;
  trial.put("a.txt", "one\n2\n3\n4\n5\n6\n7\n8\n");
  const after = (await trial.take(before)).commit;
  trial.put("a.txt", "1\n2\n3\n4\n5\n6\n7\neight\n");
  git("commit", "-q", "-a", "-m", "Second");
  await apply(before, after);
  expect(git("show", "banyan/work:a.txt")).toBe("one\n2\n3\n4\n5\n6\n7\neight");
  trial.put("a.txt", "other\n2\n3\n4\n5\n6\n7\neight\n");
  git("commit", "-q", "-a", "-m", "Third");
  await expect(apply(before, after, { branch: "two" })).rejects.toThrow(
    "the last commit has other versions of a.txt. Commit your own changes of this file first",
  );
  expect(git("branch", "--list", "two")).toBe("");
});

test("nothing to apply, no repository, no commit: each is refused with a sentence", async () => {
  trial.put("a.txt", "one\n");
  const before = (await trial.take(null)).commit;
  trial.put("a.txt", "two\n");
  const after = (await trial.take(before)).commit;
  await expect(async () => apply(before, after)).rejects.toThrow("is not in a git repository");
  git("init", "-q");
  await expect(apply(before, after)).rejects.toThrow("has no commit yet");
  git("add", "-A");
  git("commit", "-q", "-m", "Has it already");
  await expect(apply(before, after)).rejects.toThrow("already has everything that the tree changed");
  await expect(apply(after, after)).rejects.toThrow("the tree changed no files");
});

test("hooks, filters and programs that the repository names are not run, and links are not written through", async () => {
  const ran = path.join(trial.base, "ran");
  const program = path.join(trial.base, "program.sh");
  fs.writeFileSync(program, `#!/bin/sh\ntouch ${ran}\ncat\n`, { mode: 0o755 });
  repository({ "a.txt": "one\n" });
  const before = (await trial.take(null)).commit;
  trial.put("a.txt", "two\n");
  trial.put("added.txt", "three\n");
  const after = (await trial.take(before)).commit;
  for (const name of ["reference-transaction", "post-index-change", "pre-commit"])
    fs.copyFileSync(program, path.join(trial.folder, ".git/hooks", name));
  for (const name of ["filter.x.clean", "filter.x.smudge", "merge.x.driver", "diff.external", "core.fsmonitor"])
    git("config", name, program);
  fs.writeFileSync(path.join(trial.folder, ".git/info/attributes"), "* filter=x merge=x diff=x\n");
  fs.rmSync(ran, { force: true });
  await apply(before, after);
  expect(fs.existsSync(ran)).toBe(false);
  fs.symlinkSync(trial.outside, path.join(trial.folder, ".git/refs/heads/away"));
  await expect(apply(before, after, { branch: "away/x" })).rejects.toThrow("is a link");
  expect(fs.readdirSync(trial.outside)).toEqual([]);
});

test("a folder inside a repository is applied below its own path; nested repositories and submodules are left out", async () => {
  repository({ "app/a.txt": "one\n", "top.txt": "top\n", ".gitignore": "*.tmp\n/app/build/\n" });
  fs.appendFileSync(path.join(trial.folder, ".git/info/exclude"), "private.txt\n");
  git("update-index", "--add", "--cacheinfo", `160000,${git("rev-parse", "HEAD")},app/sub`);
  git("commit", "-q", "-m", "Submodule");
  const folder = path.join(trial.folder, "app");
  const before = (await trial.take(null, { folder })).commit;
  trial.put("app/a.txt", "two\n");
  trial.put("app/sub/x.txt", "x");
  trial.put("app/clone/y.txt", "y");
  for (const ignored of ["app/x.tmp", "app/build/out.js", "app/private.txt"]) trial.put(ignored);
  execFileSync("git", ["init", "-q", path.join(folder, "clone")]);
  const after = (await trial.take(before, { folder })).commit;
  expect(await apply(before, after, { folder })).toMatchObject({ files: 1, ignored: 3, nested: ["clone", "sub"] });
  expect(git("diff", "--name-only", "main", "banyan/work")).toBe("app/a.txt");
});

test("a patch holds text, binary files, modes and removals, and `git apply` makes the same files of it", async () => {
  trial.put("a.txt", "one\n");
  trial.put("gone.txt", "gone\n");
  const before = (await trial.take(null)).commit;
  const copy = path.join(trial.base, "copy");
  await trial.store.checkOut(before, copy);
  trial.put("a.txt", "two\n");
  trial.put("pic.png", BINARY);
  trial.put(".gitattributes", "*.png binary\n");
  trial.put("run.sh", "#!/bin/sh\n", 0o755);
  fs.rmSync(path.join(trial.folder, "gone.txt"));
  const after = (await trial.take(before)).commit;
  const patch = await openPatch(trial.store, { from: before, to: after, dir, isRun });
  const file = path.join(trial.base, "the.patch");
  const bytes = Buffer.alloc(patch.sizeBytes);
  fs.readSync(patch.fd, bytes, 0, bytes.length, 0);
  fs.closeSync(patch.fd);
  fs.writeFileSync(file, bytes);
  expect(patch.files).toBe(5);
  execFileSync("git", ["apply", file], { cwd: copy, env: { ...process.env, GIT_CEILING_DIRECTORIES: trial.base } });
  const again = (await trial.take(null, { folder: copy })).commit;
  expect(await trial.store.changes(again, after)).toEqual([]);
  await expect(openPatch(trial.store, { from: after, to: after, dir, isRun })).rejects.toThrow("There is no patch");
});

test("leftovers of tools and what git ignores are left out; tracked files, and what a new rule hides and others run, are not", async () => {
  repository({
    "a.txt": "one\n",
    ".gitignore": "dist/\n*.log\n",
    ".vscode/x.json": "{}",
    "node_modules/old/a.js": "1",
  });
  trial.put("kept.log", "tracked all the same");
  git("add", "-f", "kept.log");
  trial.put("node_modules/loose/b.js", "1");
  const from = (await trial.take(null)).commit;
  trial.put("a.txt", "two\n");
  trial.put("kept.log", "changed");
  trial.put("new.log", "ignored");
  trial.put("dist/out.js", "ignored");
  trial.put("node_modules/old/a.js", "2");
  trial.put("node_modules/loose/b.js", "2");
  trial.put("node_modules/new/c.js", "1");
  trial.put("pkg/__pycache__/a.pyc", "1");
  trial.put(".banyan-conflicts/second-1f2e3d/a.txt", "not merged");
  trial.put(".banyan-conflicts/second-1f2e3d/package.json", "{}");
  trial.put("hidden/.gitignore", "*\n");
  trial.put("hidden/b.txt", "1");
  trial.put(".vscode/.gitignore", "tasks.json\n");
  trial.put(".vscode/tasks.json", "{}");
  fs.rmSync(path.join(trial.folder, "node_modules/loose"), { recursive: true });
  const to = (await trial.take(from)).commit;
  const [paths = []] = await trial.store.changedPaths([{ from, to }]);
  const leftOut = await leftOutOf(trial.store, { from, to }, paths, isRun);
  expect(paths.filter((name) => !leftOut.has(name))).toEqual([
    ".vscode/.gitignore",
    ".vscode/tasks.json",
    "a.txt",
    "kept.log",
    "node_modules/old/a.js",
  ]);
  const diff = await trial.store.diff(from, to, { leaveOut: leftOut });
  expect(diff).toMatchObject({ modified: ["a.txt", "kept.log", "node_modules/old/a.js"], deleted: [] });
  expect([...diff.patch.matchAll(/^diff --git a\/(\S+)/gm)].map(([, name]) => name)).toEqual([
    ".vscode/.gitignore",
    ".vscode/tasks.json",
    "a.txt",
    "kept.log",
    "node_modules/old/a.js",
  ]);
  const patch = await openPatch(trial.store, { from, to, dir, isRun });
  fs.closeSync(patch.fd);
  expect(patch.files).toBe(5);
});

test("G7: rules and lists of tracked files that are too long are not even read, and then too much is shown, not too little", async () => {
  repository({ "a.txt": "one\n", ".gitignore": "*.log\n", "deep/.gitignore": "*.txt\n", "kept.log": "1" });
  git("add", "-f", "kept.log");
  trial.put("old.log", "1");
  const from = (await trial.take(null)).commit;
  for (const name of ["kept.log", "old.log", "new.log", "deep/b.txt", "deep/c.log"]) trial.put(name, "2");
  const to = (await trial.take(from)).commit;
  const large: Record<string, number> = {};
  const asked: string[] = [];
  const store = {
    files: async (commit: string) =>
      (await trial.store.files(commit)).map((file) => ({ ...file, sizeBytes: large[file.path] ?? file.sizeBytes })),
    contents(files: readonly SnapshotFile[]) {
      asked.push(...files.map((file) => file.path));
      return trial.store.contents(files);
    },
  };
  const shown = async () => {
    asked.length = 0;
    const [paths = []] = await trial.store.changedPaths([{ from, to }]);
    const leftOut = await leftOutOf(store, { from, to }, paths, isRun);
    return paths.filter((name) => !leftOut.has(name));
  };
  expect(await shown()).toEqual(["kept.log"]);
  expect(asked).toContain("deep/.gitignore");
  large["deep/.gitignore"] = 200_000;
  large[".git/info/exclude"] = 200_000;
  expect(await shown()).toEqual(["deep/b.txt", "kept.log"]);
  expect(asked).not.toContain("deep/.gitignore");
  expect(asked).not.toContain(".git/info/exclude");
  large[".git/index"] = 200_000_000;
  expect(await shown()).toEqual(["deep/b.txt", "kept.log", "old.log"]);
  expect(asked).not.toContain(".git/index");
});

test("contradictions of two commits become what the snapshot has in their place, also nothing, or a file for a folder", async () => {
  repository({ "gone.txt": "1\n", "kept.txt": "1\n", "same.txt": "1\n" });
  const commit = (message: string) => {
    git("add", "-A");
    git("commit", "-q", "-m", message);
    return git("rev-parse", "HEAD");
  };
  git("checkout", "-q", "-b", "theirs");
  for (const name of ["gone.txt", "kept.txt"]) fs.rmSync(path.join(trial.folder, name));
  for (const name of ["folder/a.txt", "file/a.txt"]) trial.put(name, "theirs\n");
  const theirs = commit("Theirs");
  git("checkout", "-q", "main");
  for (const name of ["gone.txt", "kept.txt", "folder", "file"]) trial.put(name, "ours\n");
  const ours = commit("Ours");
  for (const name of ["gone.txt", "folder"]) fs.rmSync(path.join(trial.folder, name));
  trial.put("folder/a.txt", "settled\n");
  trial.put("file", "settled\n");
  trial.put("kept.txt", "settled\n");
  const settled = (await trial.take(null)).commit;
  const request = { repository: repositoryAround(trial.folder), ours, theirs, settled, message: "Merge\n", dir };
  const made = await mergeWith(withoutNested(trial.store), request);
  if (!("commit" in made)) throw new Error("It was not settled.");
  const files = git("ls-tree", "-r", "--name-only", made.commit).split("\n");
  expect(files).toEqual(["file", "folder/a.txt", "kept.txt", "same.txt"]);
  expect(git("show", `${made.commit}:file`)).toBe("settled");
  expect(git("show", `${made.commit}:kept.txt`)).toBe("settled");
});

test("a file whose lines end with CRLF in the folder and with LF in commits is applied, as the line that changed", async () => {
  repository({ ".gitattributes": "*.bat text eol=crlf\n", "run.bat": "one\r\ntwo\r\n\xe9\r\n" });
  const from = (await trial.take(null)).commit;
  trial.put("run.bat", "one\r\n2\r\n\xe9\r\n");
  const to = (await trial.take(from)).commit;
  expect(await apply(from, to)).toMatchObject({ files: 1 });
  const lines = git("diff", "-U0", "main", "banyan/work").split("\n");
  expect(lines.filter((line) => /^[+-][^+-]/.test(line))).toEqual(["-two", "+2"]);
});
