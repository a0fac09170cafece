import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { lockFile } from "../process/file-lock";
import { runGit } from "./run";

let root: string;
let gitDir: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-run-"));
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }));
  gitDir = path.join(root, "a.git");
  execFileSync("git", ["init", "-q", "--bare", gitDir]);
});

/** Runs a git that has locked a branch, and waits for more input. */
function lockingGit(onLocked: () => string | undefined, options: { signal?: AbortSignal; lockFd?: number } = {}) {
  const tree = String(execFileSync("git", ["--git-dir", gitDir, "write-tree"])).trim();
  const pipe = path.join(root, "pipe");
  execFileSync("mkfifo", [pipe]);
  const inputFd = fs.openSync(pipe, "r+");
  onTestFinished(() => fs.closeSync(inputFd));
  fs.writeSync(inputFd, `start\ncreate refs/tags/v1 ${tree}\nprepare\n`);
  const onOutput = (chunk: Buffer) => (String(chunk).includes("prepare: ok") ? onLocked() : undefined);
  return runGit(["update-ref", "--stdin"], { gitDir, inputFd, onOutput, ...options });
}

const isLocked = () => fs.existsSync(path.join(gitDir, "refs/tags/v1.lock"));

test("a git that is ended removes its locks first", async () => {
  const paused = new AbortController();
  const running = lockingGit(
    () => {
      expect(isLocked()).toBe(true);
      paused.abort(new Error("The link was paused."));
      return undefined;
    },
    { signal: paused.signal },
  );
  await expect(running).rejects.toThrow("The link was paused.");
  expect(isLocked()).toBe(false);
});

test("a git that does not end when it is asked to is killed", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const folder = path.join(root, "bin");
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "git"), "#!/bin/sh\ntrap '' TERM\necho up\nwhile :; do sleep 1; done\n", {
    mode: 0o755,
  });
  const onOutput = () => {
    setImmediate(() => vi.runOnlyPendingTimers());
    return "It said enough.";
  };
  const running = runGit(["status"], { gitDir, onOutput, env: { PATH: `${folder}:/usr/bin:/bin` } });
  await expect(running).rejects.toThrow("It said enough.");
});

test("a lock is held until the git that has it has ended, also when this process has released it", async () => {
  const file = path.join(root, "lock");
  const lock = await lockFile(file, "exclusive", { wait: false });
  const paused = new AbortController();
  let other: Promise<unknown> = Promise.resolve("not asked");
  const running = lockingGit(
    () => {
      lock?.release();
      other = lockFile(file, "exclusive", { wait: false }).finally(() => paused.abort(new Error("Enough.")));
      return undefined;
    },
    { signal: paused.signal, lockFd: lock?.fd ?? -1 },
  );
  await expect(running).rejects.toThrow("Enough.");
  expect(await other).toBeNull();
  (await lockFile(file, "exclusive", { wait: true }))?.release();
});
