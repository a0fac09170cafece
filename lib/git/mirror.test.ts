/** A lock that this process takes through a file of its own counts as that of another process. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { lockFile } from "../process/file-lock";
import { mirrorOf, updateFromBranch, updateMirror } from "./mirror";
import { removeStore, type Store } from "./store";
import { startGitServer } from "./testing/git-server";

let gitDir: string;
let mirror: Store;
let lock: string;

beforeEach(() => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-mirror-"));
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }));
  gitDir = path.join(root, "work", ".git");
  execFileSync("git", ["init", "-q", "--initial-branch=main", path.dirname(gitDir)]);
  mirror = mirrorOf(root, "https://git.test/a.git");
  lock = path.join(mirror.gitDir, "banyan-updating");
});

/** Makes a commit and returns its id. */
function commit(): string {
  const git = ["--git-dir", gitDir, "-c", "user.name=T", "-c", "user.email=t@example.org"];
  execFileSync("git", [...git, "commit", "-q", "--allow-empty", "-m", "A version"]);
  return String(execFileSync("git", [...git, "rev-parse", "HEAD"])).trim();
}

const updated = (limits: Parameters<typeof updateFromBranch>[2] = {}) =>
  updateFromBranch(mirror, { gitDir, branch: "main" }, limits);

const at = (id: string) => ({ defaultBranch: "main", branches: new Map([["main", id]]) });

test("a mirror is updated although a killed git has left its locks there", async () => {
  commit();
  await updated();
  const left = ["config.lock", "HEAD.lock", "packed-refs.lock", "refs/heads/main.lock", "refs/tags/v1.4.lock"];
  for (const name of left) fs.writeFileSync(path.join(mirror.gitDir, name), "");
  const newest = commit();
  expect(await updated()).toEqual(at(newest));
  expect(fs.readdirSync(mirror.gitDir, { recursive: true, encoding: "utf8" })).toEqual(
    expect.not.arrayContaining(left),
  );
});

test("no other process can update a mirror while a remote is fetched into it", async () => {
  const server = await startGitServer(path.dirname(path.dirname(gitDir)));
  onTestFinished(server.close);
  let other: Promise<unknown> = Promise.resolve("not asked");
  server.answerPage = (_, response) => {
    other = lockFile(lock, "exclusive", { wait: false }).finally(() => response.writeHead(503).end());
    return true;
  };
  const remote = { url: `http://${server.host}/work/.git`, privateHosts: [server.host] };
  const limits = { timeoutMs: 60_000, signal: new AbortController().signal };
  await expect(updateMirror(mirror, { ...remote, ...limits })).rejects.toThrow("is failing (status 503)");
  expect(await other).toBeNull();
  server.answerPage = () => false;
  const newest = commit();
  expect(await updateMirror(mirror, { ...remote, ...limits })).toEqual(at(newest));
});

test("processes update a mirror one after the other, and wait no longer than they may", async () => {
  commit();
  await updated();
  const other = await lockFile(lock, "exclusive", { wait: false });
  await expect(updated({ timeoutMs: 1 })).rejects.toThrow(
    "Another process of Banyan is still fetching this repository: try again in a moment.",
  );
  const paused = new AbortController();
  const waiting = updated({ signal: paused.signal });
  paused.abort(new Error("The link was paused."));
  await expect(waiting).rejects.toThrow("The link was paused.");
  const next = updated();
  const newest = commit();
  other?.release();
  expect(await next).toEqual(at(newest));
});

test("whoever waited for a mirror that was removed locks the one in its place", async () => {
  const newest = commit();
  await updated();
  const other = await lockFile(lock, "exclusive", { wait: false });
  const waiting = updated();
  removeStore(mirror);
  other?.release();
  expect(await waiting).toEqual(at(newest));
  expect(fs.existsSync(lock)).toBe(true);
});
