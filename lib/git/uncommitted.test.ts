/** G6: comparing a folder with a commit runs nothing that the folder, or a repository in it, names. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withFolder } from "../insights/source";
import { uncommittedIn } from "./uncommitted";

let base: string;
let root: string;
let canary: string;

beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-uncommitted-"));
  root = path.join(base, "project");
  canary = path.join(base, "canary");
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

function git(folder: string, ...args: string[]): void {
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
  execFileSync("git", ["-C", folder, ...identity, ...args], { stdio: "pipe" });
}

/** A repository whose settings run a program as soon as git reads its changed file. */
function plant(folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  git(folder, "init", "-q");
  fs.writeFileSync(path.join(folder, "file.txt"), "a\n");
  git(folder, "add", ".");
  git(folder, "commit", "-qm", "first");
  // The same size, so that git has to read it.
  fs.writeFileSync(path.join(folder, "file.txt"), "b\n");
  fs.writeFileSync(path.join(folder, ".gitattributes"), "file.txt filter=planted\n");
  git(folder, "config", "filter.planted.clean", `touch '${canary}'; cat`);
}

/** Preparing the folder with git runs the programs, so what they left is removed first. */
async function uncommitted(): Promise<string[]> {
  fs.rmSync(canary, { force: true });
  const signal = AbortSignal.timeout(60_000);
  const found = await withFolder(root, { branch: null, dir: base, signal }, (source) => uncommittedIn(root, source));
  expect(fs.existsSync(canary)).toBe(false);
  return found;
}

test("a submodule's settings run nothing, also when its own .gitmodules asks git to look into it", async () => {
  plant(path.join(root, "sub"));
  git(root, "init", "-q");
  fs.writeFileSync(path.join(root, ".gitmodules"), '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tignore = none\n');
  git(root, "add", ".gitmodules", "sub");
  git(root, "commit", "-qm", "first");
  expect(await uncommitted()).toEqual([]);

  git(path.join(root, "sub"), "-c", "filter.planted.clean=cat", "commit", "-qam", "second");
  expect(await uncommitted()).toEqual(["sub"]);
});

test("settings of the folder itself and of a repository that nothing names run nothing", async () => {
  plant(root);
  plant(path.join(root, "other"));
  expect((await uncommitted()).sort()).toEqual([".gitattributes", "file.txt", "other/"]);
});
