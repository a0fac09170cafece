import { execFileSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CallOptions, createTestWorld, git, type TestWorld } from "@/agents/tools/testing/world";
import { type GitServer, startGitServer } from "@/lib/git/testing/git-server";
import { type GitOperationsOptions, gitOperations } from "./git-operations";

const TOKEN = "ghp_a-token-that-nobody-may-see";

let world: TestWorld;
let server: GitServer;
let served: string;
let url: string;
let token: string | null;

beforeEach(async () => {
  world = createTestWorld();
  const source = path.join(world.base, "source");
  fs.mkdirSync(path.join(source, "src"), { recursive: true });
  git(source, "init", "-q", "-b", "trunk");
  fs.writeFileSync(path.join(source, "src/a.txt"), "one\n");
  fs.writeFileSync(path.join(source, "README.md"), "# Title\n");
  git(source, "add", "-A");
  git(source, "commit", "-q", "-m", "first");
  git(source, "tag", "v1");
  const repositories = path.join(world.base, "repositories");
  served = path.join(repositories, "widgets.git");
  git(world.base, "clone", "-q", "--bare", source, served);
  git(served, "config", "http.receivepack", "true");
  server = await startGitServer(repositories, TOKEN);
  url = `http://${server.host}/widgets.git`;
  token = TOKEN;
});
afterEach(async () => {
  await server.close();
  world.remove();
});

function call(input: unknown, more: CallOptions = {}, options: Partial<GitOperationsOptions> = {}) {
  const credential = async () => (token === null ? null : { token });
  const tool = gitOperations({ credential, writeScope: ["src"], silenceSeconds: 1, ...options });
  const network = { allowed: true, hosts: [], privateHosts: [server.host] };
  return world.call(tool, input, { network, ...more });
}

async function json(input: unknown, more?: CallOptions, options?: Partial<GitOperationsOptions>) {
  const outcome = await call(input, more, options);
  expect(outcome.isError ?? false, outcome.content).toBe(false);
  return JSON.parse(outcome.content);
}

async function refused(input: unknown, reason: RegExp, more?: CallOptions): Promise<void> {
  const outcome = await call(input, more);
  expect(outcome).toMatchObject({ isError: true, content: expect.stringMatching(reason) });
  expect(outcome.content.trim().split("\n")).toHaveLength(1);
  expect(outcome.content).not.toContain(TOKEN);
}

/** Clones, and commits one file on a branch of the agent's. Returns the commit. */
async function cloneAndCommit(branch = "banyan/x", file = "src/b.txt"): Promise<string> {
  await json({ operation: "clone", url });
  await json({ operation: "switch", path: "widgets", branch, create: true });
  return commitFile(file, "b\n");
}

async function commitFile(file: string, content: string, scope = ["**"]): Promise<string> {
  world.write(`widgets/${file}`, content);
  const input = { operation: "commit", path: "widgets", message: `Change ${file}`, all: true };
  return (await json(input, {}, { writeScope: scope })).commit;
}

const push = (commit: string, branch = "banyan/x") => ({ operation: "push", path: "widgets", url, branch, commit });
const servedCommit = (branch: string) => git(served, "rev-parse", "--verify", `refs/heads/${branch}`);

/** Every file below the test's folder that holds the token, the stand-in for GitHub's own aside. */
function filesWithToken(): string {
  const encoded = Buffer.from(`x-access-token:${TOKEN}`).toString("base64");
  const grep = ["-rlaF", "-e", TOKEN, "-e", encoded, world.base];
  try {
    return execFileSync("grep", grep, { encoding: "utf8" });
  } catch {
    return "";
  }
}

describe("clone and fetch", () => {
  test("a clone has the remote's history and address, and taints; nothing of the transfer is left", async () => {
    const outcome = await call({ operation: "clone", url, path: "deep/copy" });
    expect(outcome.outside).toBe(true);
    const commit = servedCommit("trunk");
    expect(JSON.parse(outcome.content)).toEqual({ path: "deep/copy", branch: "trunk", commit, branches: ["trunk"] });
    const copy = path.join(world.root, "deep/copy");
    expect(git(copy, "config", "remote.origin.url")).toBe(url);
    expect(git(copy, "tag")).toBe("v1");
    expect(git(copy, "status", "--porcelain", "--branch")).toBe("## trunk...origin/trunk");
    expect(fs.readdirSync(world.root)).toEqual(["deep"]);
    await refused({ operation: "clone", url, path: "deep/copy" }, /not empty/);
    const again = await Promise.all(["one", "two"].map((name) => json({ operation: "clone", url, path: name })));
    expect(again.map((answer) => answer.commit)).toEqual([commit, commit]);
  });

  test("fetch brings new commits, moved and rewound branches as origin/*, and leaves the agent's own", async () => {
    await cloneAndCommit();
    expect(await json({ operation: "fetch", path: "widgets", url })).toEqual({
      updated: [],
      removed: [],
      defaultBranch: "trunk",
    });
    const source = path.join(world.base, "source");
    const first = git(source, "rev-parse", "HEAD");
    fs.writeFileSync(path.join(source, "README.md"), "# New\n");
    git(source, "commit", "-q", "-a", "-m", "second");
    git(source, "push", "-q", served, "trunk", "trunk:refs/heads/other", "trunk:refs/tags/v2");
    const fetched = await call({ operation: "fetch", path: "widgets", url });
    expect(fetched.outside).toBe(true);
    expect(JSON.parse(fetched.content)).toEqual({
      updated: ["origin/other", "origin/trunk"],
      removed: [],
      defaultBranch: "trunk",
    });
    const copy = path.join(world.root, "widgets");
    expect(git(copy, "rev-parse", "origin/trunk", "v2")).toBe(`${servedCommit("trunk")}\n${servedCommit("trunk")}`);
    git(source, "push", "-q", "--force", served, `${first}:refs/heads/other`);
    expect(await json({ operation: "fetch", path: "widgets", url })).toMatchObject({ updated: ["origin/other"] });
    expect(git(copy, "rev-parse", "origin/other")).toBe(first);
    expect(await json({ operation: "merge", path: "widgets", revision: "origin/trunk" })).toMatchObject({
      merged: true,
    });
    expect(git(copy, "rev-parse", "--abbrev-ref", "HEAD")).toBe("banyan/x");
    git(source, "push", "-q", served, ":other");
    expect(await json({ operation: "fetch", path: "widgets", url })).toMatchObject({
      updated: [],
      removed: ["origin/other"],
    });
  });

  test("an empty repository can be cloned and pushed to", async () => {
    git(world.base, "init", "-q", "--bare", "-b", "main", path.join(path.dirname(served), "empty.git"));
    git(path.join(path.dirname(served), "empty.git"), "config", "http.receivepack", "true");
    const empty = `http://${server.host}/empty.git`;
    expect(await json({ operation: "clone", url: empty, path: "widgets" })).toMatchObject({
      branch: null,
      branches: [],
    });
    git(path.join(world.root, "widgets"), "symbolic-ref", "HEAD", "refs/heads/banyan/x");
    const commit = await commitFile("src/a", "x");
    expect(await json({ ...push(commit), url: empty })).toMatchObject({ created: true, commits: 1 });
  });

  test("a private repository needs the token, which is then nowhere to be found", async () => {
    fs.mkdirSync(path.join(path.dirname(served), "private"));
    fs.renameSync(served, path.join(path.dirname(served), "private", "widgets.git"));
    const secret = `http://${server.host}/private/widgets.git`;
    token = null;
    await refused({ operation: "clone", url: secret }, /does not accept Banyan's sign-in/);
    token = "wrong";
    await refused({ operation: "clone", url: secret }, /does not accept Banyan's sign-in/);
    token = TOKEN;
    expect(await json({ operation: "clone", url: secret })).toMatchObject({ branch: "trunk" });
    expect(filesWithToken()).toBe("");
  });

  test.each([
    ["http://HOST/nothing.git", /There is no repository at/],
    ["http://HOST/redirect.git", /redirects to another address/],
    ["http://192.168.0.1/x.git", /private address/],
    ["https://127.0.0.1/x.git", /private address/],
    ["ext::sh -c touch% /tmp/x", /only https: and http: are allowed/],
    ["file:///etc", /only https: and http: are allowed/],
    ["--upload-pack=touch", /is not a URL/],
  ])("%s is refused", async (given, reason) => {
    await refused({ operation: "clone", url: given.replace("HOST", server.host), path: "x" }, reason);
    expect(fs.readdirSync(world.root)).toEqual([]);
  });

  test("a repository that accepts and is silent gets one sentence, and so does one that is not there", async () => {
    const silent = net.createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const sockets: net.Socket[] = [];
    silent.on("connection", (socket) => sockets.push(socket));
    const address = silent.address();
    const host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const network = { allowed: true, hosts: [], privateHosts: [host] };
    const clone = { operation: "clone", url: `http://${host}/x.git` };
    await refused(clone, /^The repository "http:.*" does not answer; continue without it or try again later\.$/, {
      network,
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    await refused(clone, /does not answer/, { network });
    await json({ operation: "clone", url });
  });
});

describe("push", () => {
  test("the commit arrives on its branch, as it was made, and the token is nowhere to be found", async () => {
    const commit = await cloneAndCommit();
    expect(await json(push(commit))).toEqual({
      branch: "banyan/x",
      commit,
      commits: 1,
      created: true,
      upToDate: false,
    });
    expect(servedCommit("banyan/x")).toBe(commit);
    expect(await json(push(commit))).toMatchObject({ created: false, upToDate: true });
    const second = await commitFile("src/c.txt", "c\n");
    expect(await json(push(second))).toMatchObject({ commits: 1, created: false });
    expect(git(served, "for-each-ref", "--format=%(refname)")).toBe(
      "refs/heads/banyan/x\nrefs/heads/trunk\nrefs/tags/v1",
    );
    expect(filesWithToken()).toBe("");
    expect(fs.readdirSync(world.root)).toEqual(["widgets"]);
    const sent = server.requests.filter((line) => line.includes("Basic"));
    expect(sent.length).toBeGreaterThan(0);
  });

  test("protected, foreign and default branches are refused, before anything is sent", async () => {
    const commit = await cloneAndCommit();
    const before = server.requests.length;
    await refused(push(commit, "main"), /"main" is protected/);
    await refused(push(commit, "feature/x"), /is not open to agents/);
    await refused(push(commit, "banyan/x:refs/heads/trunk"), /not a valid branch name/);
    expect(server.requests.length).toBe(before);
    git(served, "branch", "banyan/default", "trunk");
    git(served, "symbolic-ref", "HEAD", "refs/heads/banyan/default");
    await refused(push(commit, "banyan/default"), /is the default branch/);
    expect(server.requests.filter((line) => line.startsWith("POST") && line.includes("receive-pack"))).toEqual([]);
  });

  test("the host checks the write scope itself, on every commit and on all of them together", async () => {
    await cloneAndCommit();
    // Bypasses the tool's own check: in the terminal, or with a wider scope.
    await commitFile("README.md", "# Mine\n");
    const back = await commitFile("README.md", "# Title\n");
    await refused(push(back), /outside the write scope \(src\): "README.md"/);
    await json({ operation: "switch", path: "widgets", branch: "banyan/y", create: true, revision: "origin/trunk" });
    const within = await commitFile("src/c.txt", "c\n");
    // A merge that takes the old side of what the remote has changed is a change too, though it differs from no parent of its own.
    const source = path.join(world.base, "source");
    fs.writeFileSync(path.join(source, "README.md"), "# New\n");
    git(source, "commit", "-q", "-a", "-m", "second");
    git(source, "push", "-q", served, "trunk");
    await json({ operation: "fetch", path: "widgets", url });
    const copy = path.join(world.root, "widgets");
    git(copy, "merge", "-q", "-s", "ours", "-m", "ours", "origin/trunk");
    await refused(push(git(copy, "rev-parse", "HEAD"), "banyan/y"), /"README.md"/);
    git(copy, "reset", "-q", "--hard", within);
    const merged = await json({ operation: "merge", path: "widgets", revision: "origin/trunk" });
    expect(await json(push(merged.commit, "banyan/y"))).toMatchObject({ created: true, commits: 2 });
    git(copy, "checkout", "-q", "--orphan", "banyan/orphan");
    git(copy, "commit", "-q", "-m", "unrelated");
    await refused(push(git(copy, "rev-parse", "HEAD"), "banyan/orphan"), /"README.md"/);
    expect(git(served, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads")).toBe("banyan/y\ntrunk");
  });

  test("a remote branch with newer commits is not overwritten", async () => {
    const commit = await cloneAndCommit();
    await json(push(commit));
    const source = path.join(world.base, "source");
    git(source, "fetch", "-q", served, "banyan/x");
    git(source, "checkout", "-q", "--detach", "FETCH_HEAD");
    git(source, "commit", "-q", "--allow-empty", "-m", "somebody else");
    git(source, "push", "-q", served, "HEAD:refs/heads/banyan/x");
    const mine = await commitFile("src/c.txt", "c\n");
    await refused(push(mine), /has commits on this branch that are missing here; fetch, merge them/);
    await json({ operation: "fetch", path: "widgets", url });
    const merged = await json({ operation: "merge", path: "widgets", revision: "origin/banyan/x" });
    expect(await json(push(merged.commit))).toMatchObject({ created: false, commits: 2 });
  });

  test("wrong credentials, none, and a server that refuses each get one sentence", async () => {
    const commit = await cloneAndCommit();
    token = "wrong";
    await refused(push(commit), /does not accept Banyan's sign-in; a person must add or renew the token/);
    token = null;
    await refused(push(commit), /does not accept Banyan's sign-in/);
    token = TOKEN;
    const hook = path.join(served, "hooks", "update");
    fs.mkdirSync(path.dirname(hook), { recursive: true });
    fs.writeFileSync(hook, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    await refused(push(commit), /refused the push \(hook declined\)/);
    await refused(push("a".repeat(40)), /There is no commit a{40}/);
    await refused({ ...push(commit), url: url.replace("http:", "https:") }, /does not answer|certificate/);
  });

  test("two pushes at once, of two branches and of the same one", async () => {
    const first = await cloneAndCommit();
    const second = await commitFile("src/c.txt", "c\n");
    const answers = await Promise.all([json(push(first)), json(push(second, "banyan/y")), json(push(second))]);
    expect(answers.map(({ upToDate }) => upToDate)).toEqual([false, false, false]);
    expect([servedCommit("banyan/x"), servedCommit("banyan/y")]).toEqual([second, second]);
  });

  test("killed in the middle, it can be pushed again, and nothing of it goes on", async () => {
    const commit = await cloneAndCommit();
    const stop = new AbortController();
    let letGo = () => {};
    const reached = new Promise<void>((resolve) => {
      server.beforePush = () => {
        resolve();
        return new Promise((go) => {
          letGo = go;
        });
      };
    });
    const pushing = call(push(commit), { signal: stop.signal });
    await reached;
    stop.abort(new Error("stopped"));
    await expect(pushing).rejects.toThrow("stopped");
    letGo();
    server.beforePush = () => Promise.resolve();
    expect(fs.readdirSync(world.root)).toEqual(["widgets"]);
    const again = await json(push(commit));
    expect(servedCommit("banyan/x")).toBe(again.commit);
  });

  test("a call that waits for another one of the same remote can be stopped while it waits", async () => {
    const commit = await cloneAndCommit();
    let letGo = () => {};
    const reached = new Promise<void>((resolve) => {
      server.beforePush = () => {
        resolve();
        return new Promise((go) => {
          letGo = go;
        });
      };
    });
    const pushing = call(push(commit), {}, { silenceSeconds: 60 });
    await reached;
    const stop = new AbortController();
    const waiting = call({ operation: "fetch", path: "widgets", url }, { signal: stop.signal });
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    const next = json({ operation: "fetch", path: "widgets", url });
    letGo();
    expect(JSON.parse((await pushing).content)).toMatchObject({ created: true });
    expect(await next).toMatchObject({ updated: ["origin/banyan/x"] });
  });

  test("a commit that a server would not take is not taken", async () => {
    await cloneAndCommit();
    const copy = path.join(world.root, "widgets");
    const run = (command: string) => execFileSync("bash", ["-c", command], { cwd: copy, encoding: "utf8" }).trim();
    const options = "git -c safe.directory='*' -c user.name=x -c user.email=x@x";
    const blob = run(`echo '[core] fsmonitor = x' | ${options} hash-object -w --stdin`);
    const evil = run(`printf '100644 blob ${blob}\\tconfig\\n' | ${options} mktree`);
    const tree = run(`printf '040000 tree ${evil}\\t.git\\n' | ${options} mktree`);
    const commit = run(`${options} commit-tree -p HEAD -m evil ${tree}`);
    await refused(push(commit), /cannot be taken from the workspace: .*hasDotgit/);
    const missing = run(`printf '040000 tree ${"1".repeat(40)}\\tsrc\\n' | ${options} mktree --missing`);
    const broken = run(`${options} commit-tree -p HEAD -m broken ${missing}`);
    await refused(push(broken), /cannot be taken from the workspace/);
    expect(git(served, "for-each-ref", "--format=%(refname)", "refs/heads")).toBe("refs/heads/trunk");
  });
});
