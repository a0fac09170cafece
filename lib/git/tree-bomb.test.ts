/** G4: a few trees that contain each other many times give more paths than anyone can list. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listTracked } from "./history";
import { eachItem } from "./run";
import type { Store } from "./store";

let gitDir: string;
const signal = new AbortController().signal;

beforeAll(() => {
  gitDir = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-bomb-"));
  git("init", "-q", "--bare", "--initial-branch=main");
});
afterAll(() => fs.rmSync(gitDir, { recursive: true, force: true }));

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: gitDir, stdio: "ignore" });
}

function write(args: string[], input: string): string {
  return execFileSync("git", args, { cwd: gitDir, input, encoding: "utf8" }).trim();
}

/** Ten levels with ten names each, which all end in the same tree: 10^10 paths. */
function plant(kind: "blob" | "nothing"): void {
  let tree = write(
    ["mktree"],
    kind === "blob" ? `100644 blob ${write(["hash-object", "-w", "--stdin"], "x")}\tx\n` : "",
  );
  for (let level = 0; level < 10; level += 1)
    tree = write(["mktree"], Array.from({ length: 10 }, (_, at) => `040000 tree ${tree}\td${at}\n`).join(""));
  const who = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
  git("update-ref", "refs/heads/main", write([...who, "commit-tree", tree, "-m", "bomb"], ""));
}

test("listing a bomb of paths is ended everywhere", async () => {
  plant("blob");
  const store = { gitDir } as Store;
  await expect(listTracked(store, "", signal)).rejects.toThrow(/^git listed more than 2000000 paths and was ended/);
  // Git compares whole trees before its first output.
  const compared = ["log", "--root", "--name-only", "-z", "--format=", "HEAD"];
  await expect(eachItem(compared, { gitDir, signal, cpuSeconds: 1 }, () => undefined)).rejects.toThrow(
    /more CPU time|memory/,
  );
});

test("a bomb without a path ends at the CPU limit", async () => {
  plant("nothing");
  const listing = eachItem(["ls-tree", "-r", "-z", "HEAD"], { gitDir, signal, cpuSeconds: 1 }, () => undefined);
  await expect(listing).rejects.toThrow(/^git used more CPU time than allowed/);
});
