import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { serverIsRoot, UNPRIVILEGED_USER } from "../process/tools-identity";
import { createSandbox } from "./sandbox";

const KINDS = serverIsRoot() ? ["an account", "root"] : ["an account"];

/** A repository with two linked worktrees, `feature` and `other`. */
function worktrees(kind: string): string {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-linked-")));
  onTestFinished(() => fs.rmSync(base, { recursive: true, force: true }));
  fs.chmodSync(base, 0o755);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args], { cwd: base, stdio: "pipe" });
  git("init", "-q", "-b", "main", "main");
  git("-C", "main", "commit", "-q", "--allow-empty", "-m", "one");
  for (const name of ["feature", "other"]) git("-C", "main", "worktree", "add", "-q", `../${name}`);
  if (kind === "an account" && serverIsRoot())
    execFileSync("chown", ["-R", `${UNPRIVILEGED_USER.uid}:${UNPRIVILEGED_USER.gid}`, base]);
  return base;
}

const run = (base: string, command: string, more: { hiddenPaths?: string[]; own?: string } = {}) => {
  const sandbox = createSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox.run({
    command,
    workspace: path.join(base, "feature"),
    hiddenPaths: more.hiddenPaths ?? [],
    guardsGit: true,
    linkedGit: { common: path.join(base, "main/.git"), own: more.own ?? "worktrees/feature" },
    timeoutMs: 30_000,
    signal: new AbortController().signal,
  });
};

/** What git obeys, and the state of the other worktrees. */
const CLOSED = [
  "config",
  "hooks/pre-commit",
  "info/attributes",
  "HEAD",
  "index",
  "worktrees/feature/gitdir",
  "worktrees/feature/commondir",
  "worktrees/feature/config.worktree",
  "worktrees/other/HEAD",
  "worktrees/other/index",
  "worktrees/other/gitdir",
];

for (const kind of KINDS)
  test(`commands in a linked worktree commit, and change nothing that git obeys, in a folder of ${kind}`, async () => {
    const base = worktrees(kind);
    const read = (name: string) =>
      fs.readFileSync(path.join(base, "main/.git", name), { flag: "a+" }).toString("latin1");
    const kept = CLOSED.filter((name) => fs.existsSync(path.join(base, "main/.git", name)));
    const before = kept.map(read);
    const attacks = CLOSED.map((name) => `echo evil >> /repository.git/${name}; mv /tmp/evil /repository.git/${name}`);
    const moves = ["hooks", "info", "worktrees/other"].map((name) => `mv /repository.git/${name} /repository.git/away`);
    const work = "echo b > b.txt && git add -A && git commit -qm two && git worktree prune && git worktree list";
    const { stdout } = await run(
      base,
      `${work}; echo evil > /tmp/evil; (${[...attacks, ...moves].join("; ")}) 2>&1; true`,
    );
    expect(stdout).toContain("/workspace");
    expect(kept.map(read)).toEqual(before);
    expect(fs.existsSync(path.join(base, "main/.git/hooks/pre-commit"))).toBe(false);
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "safe.directory=*", "-C", path.join(base, "feature"), ...args], { encoding: "utf8" });
    expect(git("log", "--format=%s")).toBe("two\none\n");
    expect(git("status", "--short")).toBe("");
  });

test("G8: a repository is not shown when the folder does not lead there, or when its .git is hidden", async () => {
  const base = worktrees("root");
  const look = "ls /repository.git; git log";
  expect((await run(base, look, { own: "worktrees/other" })).stdout).toBe("");
  expect((await run(base, look, { hiddenPaths: [path.join(base, "feature/.git")] })).stdout).toBe("");
  fs.writeFileSync(path.join(base, "main/.git/worktrees/feature/gitdir"), `${base}/other/.git\n`);
  expect((await run(base, look)).stdout).toBe("");
});
