import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WorldTool } from "@/agents/tools/contract/tool";
import { measureFolder } from "@/agents/tools/files/measure-folder";
import { createTestWorld, git, type TestWorld } from "@/agents/tools/testing/world";
import { type GitServer, startGitServer } from "@/lib/git/testing/git-server";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { gitHistory } from "./git-history";
import { gitOperations } from "./git-operations";
import { openRepository } from "./open-repository";

const HOOKS = [
  "applypatch-msg",
  "pre-applypatch",
  "post-applypatch",
  "pre-commit",
  "pre-merge-commit",
  "prepare-commit-msg",
  "commit-msg",
  "post-commit",
  "pre-rebase",
  "post-checkout",
  "post-merge",
  "pre-push",
  "pre-receive",
  "update",
  "proc-receive",
  "post-receive",
  "post-update",
  "reference-transaction",
  "push-to-checkout",
  "pre-auto-gc",
  "post-rewrite",
  "sendemail-validate",
  "fsmonitor-watchman",
  "post-index-change",
];

let world: TestWorld;
let server: GitServer;
let canary: string;

beforeEach(async () => {
  world = createTestWorld();
  // Any process outside the sandbox, as any user, could write here.
  fs.chmodSync(world.base, 0o777);
  canary = path.join(world.base, "canary");
  fs.mkdirSync(path.join(world.base, "served"));
  server = await startGitServer(path.join(world.base, "served"));
});
afterEach(async () => {
  await server.close();
  world.remove();
});

const tool = gitOperations({ credential: async () => null });

function call(input: unknown, which: WorldTool = tool) {
  return world.call(which, input, { network: { allowed: true, hosts: [], privateHosts: [server.host] } });
}

async function json(input: unknown, which?: WorldTool) {
  const outcome = await call(input, which);
  expect(outcome.isError ?? false, outcome.content).toBe(false);
  return JSON.parse(outcome.content);
}

function own(folder = world.root): void {
  if (process.getuid?.() === 0) execFileSync("chown", ["-hR", "64999:64999", folder]);
}

/** Leaves one trace on the host and one in the workspace, and passes on what it is given. */
const trap = (name: string) => `touch ${canary}; touch /workspace/.git/ran-${name}; cat`;

function setTraps(folder: string): void {
  const hooks = path.join(folder, ".git", "hooks");
  fs.mkdirSync(hooks, { recursive: true });
  for (const hook of HOOKS) fs.writeFileSync(path.join(hooks, hook), `#!/bin/sh\n${trap("hook")}\n`, { mode: 0o755 });
  const included = path.join(folder, ".git", "included");
  fs.writeFileSync(included, `[core]\n\tfsmonitor = ${trap("hook")}\n\tpager = ${trap("pager")}\n`);
  const settings: [string, string][] = [
    ...["core.fsmonitor", "core.pager", "pager.diff", "pager.log", "core.editor", "sequence.editor"].map(named),
    ...["core.sshCommand", "core.askPass", "core.gitProxy", "core.alternateRefsCommand", "gpg.program"].map(named),
    ...["uploadpack.packObjectsHook", "diff.external", "diff.evil.textconv", "diff.evil.command"].map(named),
    ...["filter.evil.smudge", "filter.evil.clean", "filter.process.process", "merge.evil.driver"].map(named),
    ...["trailer.banyan-task.command", "remote.origin.uploadpack", "remote.origin.receivepack"].map(named),
    ...["interactive.diffFilter", "gpg.ssh.defaultKeyCommand", "difftool.evil.cmd", "mergetool.evil.cmd"].map(named),
    ...["status", "diff", "log", "commit", "merge", "push", "add", "rev-parse"].map((name): [string, string] => [
      `alias.${name}`,
      `!${trap("alias")}`,
    ]),
    ["core.hooksPath", "/workspace/.git/hooks"],
    ["credential.helper", `!${trap("credential")}`],
    ["include.path", included],
    ["log.showSignature", "true"],
    ["commit.gpgSign", "true"],
    ["merge.verifySignatures", "true"],
    ["protocol.allow", "always"],
    ["protocol.ext.allow", "always"],
    ["remote.origin.url", `ext::sh -c touch% ${canary}`],
    [`url.ext::sh -c touch% ${canary} #.insteadOf`, `http://${server.host}/`],
    [`url.ext::sh -c touch% ${canary} #.pushInsteadOf`, `http://${server.host}/`],
    ["submodule.recurse", "true"],
    ["submodule.module.update", `!${trap("submodule")}`],
    ["submodule.module.url", `ext::sh -c touch% ${canary}`],
    ["fetch.recurseSubmodules", "true"],
    ["push.recurseSubmodules", "on-demand"],
  ];
  for (const [name, value] of settings) git(folder, "config", name, value);
}

function named(setting: string): [string, string] {
  return [setting, trap(setting.startsWith("core.fsmonitor") ? "hook" : setting.replaceAll(".", "-"))];
}

const GITMODULES = [
  '[submodule "module"]\n\tpath = module\n\turl = ext::sh -c touch% CANARY\n\tupdate = checkout\n',
  '[submodule "local"]\n\tpath = local\n\turl = file:///etc\n',
];

/** A served repository, and the agent's clone of it on its own branch. */
async function cloneRepository(): Promise<string> {
  const source = path.join(world.base, "source");
  fs.mkdirSync(source);
  git(source, "init", "-q", "-b", "trunk");
  fs.writeFileSync(path.join(source, "a.txt"), "one\n");
  fs.writeFileSync(path.join(source, "p.bin"), "one\n");
  git(source, "add", "-A");
  git(source, "commit", "-q", "-m", "first");
  const served = path.join(world.base, "served", "x.git");
  git(world.base, "clone", "-q", "--bare", source, served);
  git(served, "config", "http.receivepack", "true");
  const url = `http://${server.host}/x.git`;
  await json({ operation: "clone", url, path: "." });
  await json({ operation: "switch", branch: "banyan/x", create: true });
  return url;
}

describe("G1: a repository whose every setting is a trap", () => {
  test.each(["as a folder of the tools' user", "as a folder of the server's user"])(
    "viewed, diffed, committed, merged, pushed, fetched and snapshotted %s",
    async (whose) => {
      const isOwned = whose.includes("tools'");
      const settle = () => isOwned && own();
      settle();
      const url = await cloneRepository();
      world.write(".gitattributes", "*.txt filter=evil diff=evil merge=evil\n*.bin filter=process diff=evil\n");
      world.write(".gitmodules", GITMODULES.join("").replace("CANARY", canary));
      const evil = path.join(world.root, ".git", "refs", "heads");
      const head = git(world.root, "rev-parse", "HEAD");
      for (const name of ["--output=canary", "-d", "--upload-pack=touch"]) {
        fs.writeFileSync(path.join(evil, name), `${head}\n`);
      }
      setTraps(world.root);
      settle();

      expect(await json({ operation: "status" })).toMatchObject({ untracked: [".gitattributes", ".gitmodules"] });
      world.write("a.txt", "one\ntwo\n");
      world.write("p.bin", "two\n");
      settle();
      expect((await json({ operation: "diff" })).files.length).toBe(2);
      const first = await json({ operation: "commit", message: "first", all: true });
      expect((await json({ operation: "log" })).commits.map(({ subject }: { subject: string }) => subject)).toEqual([
        "first",
        "first",
      ]);
      expect(await json({ operation: "show" })).toMatchObject({ commit: first.commit });
      const { branches } = await json({ operation: "branch" });
      expect(branches.map(({ name }: { name: string }) => name)).toContain("--output=canary");
      await json({ operation: "branch", branch: "banyan/y", revision: "HEAD~1" });
      await json({ operation: "switch", branch: "banyan/y" });
      world.write("a.txt", "other\n");
      settle();
      await json({ operation: "commit", message: "other", all: true });
      const merge = { operation: "merge", revision: "banyan/x" };
      expect(await json(merge)).toMatchObject({ branch: "banyan/y" });
      await json({ operation: "switch", branch: "banyan/x" });
      expect(await json({ operation: "push", url, branch: "banyan/x", commit: first.commit })).toMatchObject({
        created: true,
      });
      await json({ operation: "fetch", url });
      expect(await json({}, openRepository)).toMatchObject({ git: true });
      await json({}, gitHistory);
      await json({}, measureFolder);
      const store = createSnapshotStore({ dir: path.join(world.base, "snapshots") });
      try {
        const request = { tree: "tree", folder: world.root, hiddenPaths: [] };
        const taken = await store.take({ ...request, label: "one", previous: null });
        expect(taken.files).toBeGreaterThan(3);
        await store.checkOut(taken.commit, path.join(world.base, "copy"));
      } finally {
        await store.close();
      }

      expect(fs.existsSync(canary)).toBe(false);
      const ran = fs.readdirSync(path.join(world.root, ".git")).filter((name) => name.startsWith("ran-"));
      expect(ran).not.toContain("ran-hook");
      expect(ran.filter((name) => !name.startsWith("ran-filter") && !name.startsWith("ran-merge"))).toEqual([]);
      // The traps are real: git itself, run on the host, falls into them.
      execFileSync("bash", ["-c", "git -c safe.directory='*' status; true"], { cwd: world.root, stdio: "ignore" });
      expect(fs.existsSync(canary)).toBe(true);
    },
    120_000,
  );
});

describe("G1: a repository that points out of its workspace", () => {
  const SECRET = "secret-value-of-another-tree";
  let secret: string;
  let commit: string;

  beforeEach(() => {
    secret = path.join(world.base, "another-tree");
    fs.mkdirSync(secret);
    git(secret, "init", "-q", "-b", "banyan/x");
    fs.writeFileSync(path.join(secret, "secret.txt"), SECRET);
    git(secret, "add", "-A");
    git(secret, "commit", "-q", "-m", SECRET);
    git(secret, "worktree", "add", "-q", path.join(secret, "tree"));
    commit = git(secret, "rev-parse", "HEAD");
    execFileSync("chmod", ["-R", "a+rwX", secret]);
    const source = path.join(world.base, "source");
    fs.mkdirSync(source);
    git(source, "init", "-q", "-b", "trunk");
    git(source, "commit", "-q", "--allow-empty", "-m", "first");
    git(world.base, "clone", "-q", "--bare", source, path.join(world.base, "served", "x.git"));
    git(path.join(world.base, "served", "x.git"), "config", "http.receivepack", "true");
    fs.mkdirSync(path.join(world.root, "repo"));
  });

  /** No operation shows a byte of the other tree, and none changes it. */
  async function checkNothingReadable(): Promise<void> {
    own();
    const before = execFileSync("bash", ["-c", "find . | sort; git -c safe.directory='*' log --all"], {
      cwd: secret,
      encoding: "utf8",
    });
    const url = `http://${server.host}/x.git`;
    for (const input of [
      { operation: "status" },
      { operation: "diff" },
      { operation: "diff", from: commit },
      { operation: "log" },
      { operation: "log", revision: commit },
      { operation: "show", revision: commit },
      { operation: "branch" },
      { operation: "merge", revision: commit },
      { operation: "add", files: ["."] },
      { operation: "commit", message: "x", all: true },
      { operation: "branch", branch: "banyan/z", revision: commit },
      { operation: "push", url, branch: "banyan/z", commit },
      { operation: "fetch", url },
    ]) {
      const outcome = await call({ ...input, path: "repo" });
      expect(outcome.content, JSON.stringify(input)).not.toContain(SECRET);
    }
    for (const which of [openRepository, gitHistory, measureFolder]) {
      expect((await call({ path: "repo" }, which)).content).not.toContain(SECRET);
    }
    expect(git(path.join(world.base, "served", "x.git"), "for-each-ref", "--format=%(refname)")).toBe(
      "refs/heads/trunk",
    );
    const after = execFileSync("bash", ["-c", "find . | sort; git -c safe.directory='*' log --all"], {
      cwd: secret,
      encoding: "utf8",
    });
    expect(after).toBe(before);
  }

  test("by a .git file, as a worktree or a submodule has one", async () => {
    world.write("repo/.git", `gitdir: ${secret}/.git/worktrees/tree\n`);
    await checkNothingReadable();
    world.write("repo/.git", `gitdir: ../../another-tree/.git\n`);
    await checkNothingReadable();
  });

  test("by a symbolic link", async () => {
    fs.symlinkSync(path.join(secret, ".git"), path.join(world.root, "repo", ".git"));
    await checkNothingReadable();
  });

  test("by alternates, by a work tree elsewhere, and by a common folder elsewhere", async () => {
    const inner = path.join(world.root, "repo");
    git(inner, "init", "-q", "-b", "banyan/x");
    world.write("repo/.git/objects/info/alternates", `${secret}/.git/objects\n../../../../another-tree/.git/objects\n`);
    world.write("repo/.git/refs/heads/banyan/x", `${commit}\n`);
    expect(git(inner, "log", "--format=%s")).toBe(SECRET);
    await checkNothingReadable();
    git(inner, "config", "core.worktree", secret);
    await checkNothingReadable();
    fs.rmSync(path.join(inner, ".git"), { recursive: true });
    world.write("repo/.git/HEAD", "ref: refs/heads/banyan/x\n");
    world.write("repo/.git/commondir", `${secret}/.git\n`);
    await checkNothingReadable();
  }, 600_000);

  test("by a file that stands where the commits travel", async () => {
    const inner = path.join(world.root, "repo");
    git(inner, "init", "-q", "-b", "banyan/x");
    world.write("repo/a", "x");
    git(inner, "add", "-A");
    git(inner, "commit", "-q", "-m", "one");
    // The agent cannot guess the name in the root, and links are never followed.
    fs.symlinkSync(path.join(secret, "secret.txt"), path.join(world.root, ".banyan-000000000000.transfer"));
    await checkNothingReadable();
    expect(fs.readFileSync(path.join(secret, "secret.txt"), "utf8")).toBe(SECRET);
  });
});
