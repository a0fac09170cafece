import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTrial, endTrial, type Trial } from "../snapshots/testing/trial";
import { createBranchWith } from "./branch";
import { openPatch } from "./patch";
import { repositoryAround } from "./repository";

let trial: Trial;
let dir: string;
beforeEach(() => {
  trial = createTrial();
  dir = path.join(trial.base, "scratch");
});
afterEach(() => endTrial(trial));

const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
const git = (...args: string[]) =>
  execFileSync("git", ["-C", trial.folder, ...identity, ...args], { encoding: "utf8", stdio: "pipe" });

const nameOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");
const pointerTo = (content: Buffer) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${nameOf(content)}\nsize ${content.length}\n`;
const large = (seed: number) => Buffer.alloc(200_000, Buffer.from([seed, 0, 255, seed]));
const keptAt = (content: Buffer) => {
  const name = nameOf(content);
  return path.join(trial.folder, ".git/lfs/objects", name.slice(0, 2), name.slice(2, 4), name);
};

/** As git-lfs leaves it: commits have pointers, the folder has the content, and settings name a program. */
async function withLargeFiles(): Promise<string> {
  trial.put(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\nsub/*.dat filter=lfs -text\n");
  trial.put("old.bin", pointerTo(large(1)));
  trial.put("kept.bin", pointerTo(large(9)));
  trial.put("a.txt", "a\n");
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-q", "-m", "First");
  git("config", "filter.lfs.clean", `touch ${trial.base}/ran; cat`);
  git("config", "filter.lfs.process", `touch ${trial.base}/ran`);
  git("config", "filter.lfs.required", "true");
  trial.put("old.bin", large(1));
  const before = (await trial.take("x")).commit;
  trial.put("old.bin", large(2));
  trial.put("sub/new.dat", large(3));
  trial.put("sub/empty.dat", "");
  trial.put("sub/plain.txt", "plain\n");
  return before;
}

test("a branch has pointers in place of large files, the repository their contents, and no filter runs", async () => {
  const before = await withLargeFiles();
  const made = await createBranchWith(trial.store, {
    repository: repositoryAround(trial.folder),
    from: before,
    to: (await trial.take("x")).commit,
    branch: "banyan/work",
    message: "Work",
    dir,
  });
  expect(made.files).toBe(4);
  expect(git("show", "banyan/work:old.bin")).toBe(pointerTo(large(2)));
  expect(git("show", "banyan/work:sub/new.dat")).toBe(pointerTo(large(3)));
  expect(git("show", "banyan/work:sub/empty.dat")).toBe("");
  expect(git("show", "banyan/work:sub/plain.txt")).toBe("plain\n");
  expect(git("show", "banyan/work:kept.bin")).toBe(pointerTo(large(9)));
  expect(fs.readFileSync(keptAt(large(2)))).toEqual(large(2));
  expect(fs.readFileSync(keptAt(large(3)))).toEqual(large(3));
  expect(fs.existsSync(keptAt(large(1)))).toBe(false);
  expect(fs.existsSync(path.join(trial.base, "ran"))).toBe(false);
});

test("large files are not written through a link", async () => {
  const before = await withLargeFiles();
  fs.mkdirSync(path.join(trial.base, "elsewhere"));
  fs.symlinkSync(path.join(trial.base, "elsewhere"), path.join(trial.folder, ".git/lfs"));
  const to = (await trial.take("x")).commit;
  const request = { repository: repositoryAround(trial.folder), from: before, to, branch: "banyan/work", dir };
  await expect(createBranchWith(trial.store, { ...request, message: "Work" })).rejects.toThrow("through no link");
  expect(fs.readdirSync(path.join(trial.base, "elsewhere"))).toEqual([]);
});

test("a patch has pointers, too", async () => {
  const before = await withLargeFiles();
  const to = (await trial.take("x")).commit;
  const { fd, sizeBytes } = await openPatch(trial.store, { from: before, to, dir, isRun: () => false });
  const bytes = Buffer.alloc(sizeBytes);
  fs.readSync(fd, bytes, 0, sizeBytes, 0);
  fs.closeSync(fd);
  const text = bytes.toString("utf8");
  expect(text).toContain(`-oid sha256:${nameOf(large(1))}\n+oid sha256:${nameOf(large(2))}\n`);
  expect(text).toContain(`+oid sha256:${nameOf(large(3))}\n`);
  expect(text).not.toContain("GIT binary patch");
});

test("a branch begins at the commit of a linked worktree", async () => {
  trial.put("a.txt", "a\n");
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-q", "-m", "First");
  const feature = path.join(trial.base, "feature");
  git("worktree", "add", "-q", feature);
  fs.writeFileSync(path.join(feature, "b.txt"), "b\n");
  execFileSync("git", ["-C", feature, ...identity, "add", "-A"]);
  execFileSync("git", ["-C", feature, ...identity, "commit", "-q", "-m", "Second"]);
  const from = (await trial.take("x")).commit;
  trial.put("c.txt", "c\n");
  const request = {
    repository: repositoryAround(feature),
    from,
    to: (await trial.take("x")).commit,
    branch: "banyan/work",
    dir,
  };
  const { onto } = await createBranchWith(trial.store, { ...request, message: "Work" });
  expect(onto.branch).toBe("feature");
  expect(git("log", "--format=%s", "banyan/work").split("\n")).toEqual(["Work", "Second", "First", ""]);
});
