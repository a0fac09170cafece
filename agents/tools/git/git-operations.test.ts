import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CallOptions, createTestWorld, git, type TestWorld } from "@/agents/tools/testing/world";
import { gitOperations } from "./git-operations";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => world.remove());

const tool = gitOperations({ credential: async () => null, writeScope: ["src", "docs/*.md", "!src/secret"] });

async function json(input: unknown, more?: CallOptions) {
  const outcome = await world.call(tool, input, more);
  expect(outcome.isError ?? false, outcome.content).toBe(false);
  return JSON.parse(outcome.content);
}

async function refused(input: unknown, reason: RegExp, more?: CallOptions): Promise<void> {
  const outcome = await world.call(tool, input, more);
  expect(outcome).toMatchObject({ isError: true, content: expect.stringMatching(reason) });
  expect(outcome.content.trim().split("\n")).toHaveLength(1);
}

/** A repository on the branch `main`, with two commits. */
function makeRepository(folder = world.root): void {
  fs.mkdirSync(path.join(folder, "src"), { recursive: true });
  git(folder, "init", "-q", "-b", "main");
  fs.writeFileSync(path.join(folder, "src/a.txt"), "one\n");
  fs.writeFileSync(path.join(folder, "README.md"), "# Title\n");
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "first");
  fs.writeFileSync(path.join(folder, "src/a.txt"), "one\ntwo\n");
  git(folder, "commit", "-q", "-a", "-m", "second\n\nwith a body");
  own(folder);
}

/** Gives root's files to the tools' user, as in Banyan's own workspaces. */
function own(folder: string): void {
  if (process.getuid?.() === 0) execFileSync("chown", ["-R", "64999:64999", folder]);
}

describe("looking", () => {
  test("status tells staged, unstaged, untracked and conflicting files apart, whatever their names", async () => {
    makeRepository();
    world.write("src/a.txt", "changed\n");
    world.write("src/new file é\n.txt", "x");
    world.write("--option", "x");
    git(world.root, "mv", "README.md", "READ ME.md");
    own(world.root);
    expect(await json({ operation: "status" })).toEqual({
      branch: "main",
      commit: git(world.root, "rev-parse", "HEAD"),
      conflicts: [],
      truncated: false,
      staged: [{ path: "READ ME.md", change: "renamed" }],
      unstaged: [{ path: "src/a.txt", change: "modified" }],
      untracked: ["--option", "src/new file é\n.txt"],
    });
  });

  test("diff, log, show and branches are small JSON", async () => {
    makeRepository();
    world.write("src/a.txt", "one\ntwo\nthree\n");
    const diff = await json({ operation: "diff" });
    expect(diff).toMatchObject({ files: [{ path: "src/a.txt", added: 1, removed: 0 }], truncated: false });
    expect(diff.patch).toContain("+three");
    expect(await json({ operation: "diff", staged: true })).toMatchObject({ files: [], patch: "" });
    const between = await json({ operation: "diff", from: "HEAD~1", to: "main", files: ["/workspace/src/a.txt"] });
    expect(between.files).toEqual([{ path: "src/a.txt", added: 1, removed: 0 }]);
    const log = await json({ operation: "log", limit: 1 });
    expect(log).toMatchObject({ more: true, commits: [{ subject: "second", body: "with a body" }] });
    expect((await json({ operation: "log", files: ["README.md"] })).commits).toMatchObject([{ subject: "first" }]);
    const shown = await json({ operation: "show", revision: "HEAD" });
    expect(shown).toMatchObject({ subject: "second", author: "Ada <ada@example.org>", files: [{ added: 1 }] });
    expect(await json({ operation: "branch" })).toMatchObject({ branches: [{ name: "main", current: true }] });
  });

  test("a patch that is too long is cut, and says so", async () => {
    makeRepository();
    world.write("src/a.txt", "a line that is new\n".repeat(20_000));
    const diff = await json({ operation: "diff" });
    expect(diff.truncated).toBe(true);
    expect(diff.patch.length).toBeLessThan(100_000);
    expect(diff.files).toEqual([{ path: "src/a.txt", added: 20_000, removed: 2 }]);
  });

  test.each([
    [{ operation: "status", path: "nowhere" }, /There is no folder "nowhere"/],
    [{ operation: "status", path: "plain" }, /There is no git repository in "plain"/],
    [{ operation: "status", path: "../x" }, /"\.\."/],
    [{ operation: "show", revision: "--output=/workspace/x" }, /cannot name a commit/],
    [{ operation: "show", revision: "nothing" }, /There is no commit "nothing"/],
    [{ operation: "log", revision: "HEAD\n--all" }, /cannot name a commit/],
    [{ operation: "diff", to: "HEAD" }, /needs `from`/],
    [{ operation: "diff", from: "--no-index" }, /cannot name a commit/],
    [
      { operation: "push", url: "https://example.org/x", branch: "banyan/x", commit: "a".repeat(40) },
      /no right to use/,
    ],
    [{ operation: "switch", branch: "main" }, /"main" is protected/],
    [{ operation: "branch", branch: "feature/x" }, /is not open to agents/],
    [{ operation: "branch", branch: "banyan/x", revision: "--force" }, /cannot name a commit/],
    [{ operation: "branch", branch: "--delete" }, /not a valid branch name/],
    [{ operation: "branch", branch: "banyan/../../x" }, /not a valid branch name/],
    [{ operation: "commit", message: "x", all: true }, /"main" is protected/],
    [{ operation: "add", files: ["nothing"] }, /did not match any files/],
    [{ operation: "add", files: ["/etc/passwd"] }, /outside repository|did not match/],
  ])("%j is refused", async (input, reason) => {
    world.write("plain/x", "");
    const inner = path.join(world.root, "repo");
    makeRepository(inner);
    own(world.root);
    await refused({ path: "repo", ...input }, reason);
    expect(git(inner, "status", "--porcelain")).toBe("");
    expect(git(inner, "branch", "--format=%(refname)")).toBe("refs/heads/main");
  });
});

describe("changing", () => {
  test("a branch is made, files are added and committed, and the commit says who made it", async () => {
    makeRepository();
    await json({ operation: "switch", branch: "banyan/fix/one", create: true });
    world.write("src/--all", "x\n");
    world.write("src/b.txt", "y\n");
    own(world.root);
    expect(await json({ operation: "add", files: ["src/--all", "/workspace/src/b.txt"] })).toEqual({ staged: 2 });
    const message = '--amend it\'s "quoted" $(touch x) `y`\n\nA body.';
    const made = await json({ operation: "commit", message }, { agent: "coder" });
    expect(made).toMatchObject({ branch: "banyan/fix/one", files: 2 });
    expect(git(world.root, "log", "-1", "--format=%H|%an|%ae|%cn|%B")).toBe(
      `${made.commit}|Banyan (coder)|banyan@localhost|Banyan (coder)|${message}\n\nBanyan-Tree: tree-1\nBanyan-Task: task-1`,
    );
    expect(git(world.root, "log", "-1", "--format=%(trailers:key=Banyan-Task,valueonly)")).toBe("task-1");
    expect(fs.existsSync(path.join(world.root, "x"))).toBe(false);
    await refused({ operation: "commit", message: "again" }, /nothing to commit/);
  });

  test("a commit that leaves the write scope is refused, with the paths named, and nothing is committed", async () => {
    makeRepository();
    await json({ operation: "switch", branch: "banyan/x", create: true });
    for (const name of ["src/ok.txt", "docs/ok.md", "docs/deep/no.md", "src/secret/no.txt", "no.txt"]) {
      world.write(name, "x");
    }
    fs.rmSync(path.join(world.root, "README.md"));
    own(world.root);
    const paths = '"README.md", "docs/deep/no.md", "no.txt", "src/secret/no.txt"';
    await refused(
      { operation: "commit", message: "x", all: true },
      new RegExp(`outside the write scope .*: ${paths};`),
    );
    expect(git(world.root, "log", "--format=%s")).toBe("second\nfirst");
    git(world.root, "reset", "-q");
    own(world.root);
    await json({ operation: "add", files: ["src/ok.txt", "docs/ok.md"] });
    expect(await json({ operation: "commit", message: "within" })).toMatchObject({ files: 2 });
  });

  test("a merge without conflict is made; what it takes over from outside the scope is not the agent's change", async () => {
    makeRepository();
    await json({ operation: "branch", branch: "banyan/x" });
    world.write("README.md", "# Other\n");
    git(world.root, "commit", "-q", "-a", "-m", "third");
    own(world.root);
    await json({ operation: "switch", branch: "banyan/x" });
    world.write("src/b.txt", "b\n");
    own(world.root);
    await json({ operation: "commit", message: "b", all: true });
    const merged = await json({ operation: "merge", revision: "main" });
    expect(merged).toMatchObject({ branch: "banyan/x", merged: true });
    expect(git(world.root, "log", "-1", "--format=%an: %s: %P")).toMatch(
      /^Banyan: Merge main into banyan\/x: \S{40} \S{40}$/,
    );
    expect(await json({ operation: "merge", revision: "main" })).toMatchObject({ merged: true, upToDate: true });
  });

  test("conflicts are listed; the merge is aborted, or left to be resolved and committed", async () => {
    makeRepository();
    await json({ operation: "branch", branch: "banyan/x" });
    world.write("src/a.txt", "theirs\n");
    world.write("README.md", "# Other\n");
    git(world.root, "commit", "-q", "-a", "-m", "third");
    own(world.root);
    await json({ operation: "switch", branch: "banyan/x" });
    world.write("src/a.txt", "ours\n");
    own(world.root);
    await json({ operation: "commit", message: "ours", all: true });
    const conflict = { branch: "banyan/x", merged: false, conflicts: ["src/a.txt"] };
    expect(await json({ operation: "merge", revision: "main" })).toEqual({ ...conflict, left: false });
    expect(git(world.root, "status", "--porcelain")).toBe("");
    const left = { operation: "merge", revision: "main", on_conflict: "leave" };
    expect(await json(left)).toEqual({ ...conflict, left: true });
    expect(await json({ operation: "status" })).toMatchObject({ conflicts: ["src/a.txt"] });
    // A second merge does not abort the first.
    expect(await json({ operation: "merge", revision: "main" })).toEqual({ ...conflict, left: true });
    world.write("src/a.txt", "both\n");
    own(world.root);
    await json({ operation: "add", files: ["src/a.txt"] });
    await refused({ operation: "merge", revision: "main" }, /An earlier merge is resolved but not committed/);
    expect(await json({ operation: "commit", message: "Resolve", all: true })).toMatchObject({ branch: "banyan/x" });
    expect(git(world.root, "log", "-1", "--format=%P").split(" ")).toHaveLength(2);
    world.write("src/a.txt", "dirty\n");
    git(world.root, "checkout", "-q", "-b", "other", "HEAD~1", "--merge");
    own(world.root);
    await refused({ operation: "merge", revision: "main" }, /"other" is not open/);
  });

  test("files in the way of a merge or a switch are named, and stay", async () => {
    makeRepository();
    await json({ operation: "branch", branch: "banyan/x", revision: "HEAD~1" });
    world.write("src/a.txt", "not committed\n");
    own(world.root);
    await refused({ operation: "switch", branch: "banyan/x" }, /would be overwritten/);
    expect(fs.readFileSync(path.join(world.root, "src/a.txt"), "utf8")).toBe("not committed\n");
    await refused({ operation: "switch", branch: "banyan/none" }, /invalid reference/);
    world.write(".git/index.lock", "");
    await refused({ operation: "add", files: ["."] }, /Another git is running/);
  });

  test("a repository that is just begun, and a detached head", async () => {
    git(world.root, "init", "-q", "-b", "banyan/new");
    world.write("src/a", "x");
    own(world.root);
    await refused({ operation: "log" }, /There is no commit "HEAD"/);
    expect(await json({ operation: "status" })).toMatchObject({ branch: "banyan/new", commit: null });
    expect(await json({ operation: "commit", message: "first", all: true })).toMatchObject({ files: 1 });
    git(world.root, "checkout", "-q", "--detach");
    own(world.root);
    await refused({ operation: "commit", message: "x", all: true }, /No branch is checked out/);
  });

  test("in the running system's own checkout a repository is only looked at, and without a sandbox not even that", async () => {
    makeRepository();
    const isReadOnly = true;
    expect(await json({ operation: "log" }, { isReadOnly })).toMatchObject({ commits: [{}, {}] });
    await refused({ operation: "switch", branch: "banyan/x", create: true }, /is read-only; work in a copy/, {
      isReadOnly,
    });
    const off = { ...world.sandbox, status: async () => ({ available: false as const, reason: "It is off." }) };
    await refused({ operation: "status" }, /^It is off\.$/, { sandbox: off });
  });

  test("a time-out and a stop end it", async () => {
    makeRepository();
    git(world.root, "config", "filter.slow.clean", "sleep 30");
    world.write(".gitattributes", "* filter=slow\n");
    world.write("src/a.txt", "x");
    own(world.root);
    await refused({ operation: "add", files: ["src/a.txt"] }, /longer than 1500 ms/, { timeoutMs: 1500 });
    const stop = new AbortController();
    const adding = world.call(tool, { operation: "add", files: ["src/a.txt"] }, { signal: stop.signal });
    stop.abort(new Error("stopped"));
    await expect(adding).rejects.toThrow("stopped");
  });
});

test("the effect of a call depends on its operation", () => {
  const effectOf = (input: unknown) => tool.effectOf?.(tool.input.parse(input));
  expect(effectOf({ operation: "status" })).toEqual({ level: "read" });
  expect(effectOf({ operation: "branch" })).toEqual({ level: "read" });
  expect(effectOf({ operation: "branch", branch: "banyan/x" })).toEqual({ level: "write" });
  expect(effectOf({ operation: "commit", message: "x" })).toEqual({ level: "write" });
  const url = "https://Example.org:8443/a/b.git";
  expect(effectOf({ operation: "fetch", url })).toEqual({
    level: "network",
    alsoNeeds: "write",
    hosts: ["example.org:8443"],
    sends: false,
  });
  const push = { operation: "push", url: "nonsense", branch: "banyan/x", commit: "a".repeat(40) };
  expect(effectOf(push)).toEqual({ level: "network", hosts: ["(no host)"], sends: true });
  const pull = { operation: "pull_request", url: "https://github.com/a/b", branch: "banyan/x", title: "x" };
  expect(effectOf(pull)).toEqual({ level: "network", hosts: ["github.com", "api.github.com"], sends: true });
  for (const missing of [{ operation: "switch" }, { operation: "push", url: "https://a/b", branch: "banyan/x" }]) {
    expect(tool.input.safeParse(missing).success).toBe(false);
  }
});
