/** The same operations in a local workplace and, as JSON, in one on a runner: nobody can tell where a folder is. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { differencesOf } from "../clean-room/differences";
import { createSandbox } from "../sandbox/sandbox";
import { testedSandbox } from "../sandbox/testing/tested";
import { SnapshotError, type SnapshotStore } from "../snapshots/port";
import { createSnapshotStore } from "../snapshots/store";
import type { Terminals } from "../terminals/port";
import { createTerminals } from "../terminals/terminals";
import { WorkspaceError } from "../workspace/path";
import { localWorkplaces } from "./local/local";
import type { Workplace } from "./port";
import { remoteWorkplace } from "./remote";
import type { PlaceRequest } from "./requests";
import { type Loopback, loopback } from "./testing/loopback";
import { filled, noHoles, withHoles } from "./wire";

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-remote-")));
let sandbox: ReturnType<typeof createSandbox>;
let terminals: Terminals;
let store: SnapshotStore;
let runner: Loopback;
let here: Workplace;
let there: Workplace;
const { signal } = new AbortController();
const LIMITS = { timeoutMs: 20_000, maxOutputBytes: 100_000 };

beforeEach(() => {
  const folder = fs.mkdtempSync(path.join(base, "test-"));
  sandbox = createSandbox({ tested: testedSandbox });
  terminals = createTerminals(sandbox);
  store = createSnapshotStore({ dir: path.join(folder, "snapshots") });
  runner = loopback(path.join(folder, "runner"), sandbox, terminals);
  const of = (tree: string, data: string) => ({
    tree,
    task: "task-1",
    owner: null,
    root: path.join(folder, data, "workspaces", tree),
    cacheDir: path.join(folder, data, "cache", tree),
    hiddenPaths: [path.join(folder, data, "workspaces", tree, "hidden.txt")],
  });
  fs.mkdirSync(path.join(folder, "server/workspaces/local"), { recursive: true });
  here = localWorkplaces({ sandbox, terminals, snapshots: store }).of(of("local", "server"));
  // The same path on the server, where nothing is.
  there = remoteWorkplace(of("remote", "server"), { caller: runner, store });
  fs.mkdirSync(path.join(folder, "runner/workspaces/remote"), { recursive: true });
});
afterEach(async () => {
  await terminals.close();
  await store.close();
  await runner.store.close();
  sandbox.close();
});

/** Returns what the work gives in both workplaces, after it was the same. */
async function same<Result>(work: (workplace: Workplace) => Promise<Result>): Promise<Result> {
  const given = (workplace: Workplace) =>
    work(workplace).catch((error: unknown) => {
      if (error instanceof WorkspaceError) return { refused: error.message, fault: error.fault };
      throw error;
    });
  const [local, remote] = [await given(here), await given(there)];
  expect(remote).toEqual(local);
  return remote as Result;
}

test("files are read, written, listed, found, searched and measured as in a local folder", async () => {
  await same(({ files }) => files.write("src/a.ts", "const first = 1;\n// TODO second\n"));
  await same(({ files }) => files.write("hidden.txt", "no"));
  await same(({ files }) => files.write("../out.txt", "no"));
  expect(await same(({ files }) => files.readText("/workspace/src/a.ts"))).toContain("first");
  expect(await same(({ files }) => files.readTextIfThere("src/b.ts"))).toBe(null);
  await same(({ files }) => files.readText("src"));
  expect((await same(({ files }) => files.list(undefined, 10, signal))).entries).toHaveLength(1);
  expect((await same(({ files }) => files.find({ pattern: "**/*.ts", most: 10 }, signal))).paths).toEqual(["src/a.ts"]);
  const request = { pattern: "second", globs: [], before: 0, after: 0, maxResults: 5 } as const;
  const search = { ...request, output: "lines", case: "sensitive" } as const;
  expect((await same(({ files }) => files.search(search, 5_000, signal))).lines).toEqual([
    "src/a.ts:2: // TODO second",
  ]);
  expect(await same(({ files }) => files.measure("src", true, signal))).toMatchObject({ files: 1, basis: "disk" });
  expect(await same(({ files }) => files.occupied(["src", "src/a.ts", "none"]))).toEqual(["src/a.ts"]);
  expect(await same(({ files }) => files.isEmpty())).toBe(false);
  await same(({ files }) => files.remove("src/a.ts"));
  expect(await same(({ files }) => files.paths())).toEqual([]);
  // A link in the place of a folder leads out of the workspace.
  for (const { folder } of [here, there]) {
    const root = folder === here.folder ? folder.root : folder.root.replace("/server/", "/runner/");
    fs.writeFileSync(path.join(root, "../kept.txt"), "kept");
    fs.symlinkSync("..", path.join(root, "link"));
  }
  expect(await same(({ files }) => files.remove("link/kept.txt"))).toHaveProperty("refused");
  await same(({ files }) => files.remove("none/at-all.txt"));
  for (const data of ["server", "runner"])
    expect(fs.existsSync(path.join(here.folder.root, "../../..", data, "workspaces/kept.txt"))).toBe(true);
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");
  for (const { folder } of [here, there]) {
    const root = folder === here.folder ? folder.root : folder.root.replace("/server/", "/runner/");
    fs.writeFileSync(path.join(root, "a.png"), png);
  }
  expect(await same(({ files }) => files.readTextOrMedia("a.png"))).toEqual({ bytes: png });
});

test("repositories, archives, small folders and programs are told as in a local folder", async () => {
  const shell = (command: string) =>
    same(async ({ commands }) => {
      const { exitStatus, stderr } = await commands.run({ ...LIMITS, command }, { signal });
      return { exitStatus, stderr };
    });
  const rules = { branches: ["**"], protectedBranches: [], writeScope: ["**"] };
  const committer = { name: "A", email: "a@example.org", treeId: "t1", taskId: "k1" };
  const request = { path: ".", files: [], limit: 5, rules, committer, timeoutMs: 20_000 };
  const perform = (operation: "status" | "log" | "diff" | "show" | "branch" | "add" | "switch", more: object = {}) =>
    same(({ git }) => git.perform({ ...request, operation, ...more }, { signal }));
  const git = "git -c user.name=A -c user.email=a@b";
  const dated = "GIT_AUTHOR_DATE='2026-01-01T00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00Z'";
  expect(await same((at) => at.git.open(".", signal))).toMatchObject({ git: false });
  await shell(`${git} init -qb main . && ${git} remote add origin https://example.org/a.git`);
  expect(await same((at) => at.git.open(".", signal))).toMatchObject({ git: true, commit: null });
  expect(
    await shell(
      `mkdir sub; echo 'ü' > sub/a.txt; ${git} add -A && ${dated} ${git} commit -qm 'one ü'; echo b >> sub/a.txt`,
    ),
  ).toMatchObject({ exitStatus: 0 });
  for (const operation of ["status", "log", "diff", "show", "branch", "add"] as const)
    expect(await perform(operation), operation).not.toHaveProperty("refused");
  expect(await perform("switch", { branch: "next", create: true })).not.toHaveProperty("refused");
  expect(await same((at) => at.git.open(".", signal))).toMatchObject({ git: true, branch: "next", commits: 1 });
  expect(await same((at) => at.git.history(".", 5, signal))).toMatchObject({ commits: 1, authors: 1 });
  expect(await same((at) => at.git.currentBranch("."))).toBe("next");
  expect(await same((at) => at.git.isRepository())).toBe(true);
  const push = { folder: null, remote: null, source: "next", branch: "next" };
  expect(await same((at) => at.git.pushTarget(push, LIMITS, signal))).toMatchObject({ folder: ".", branch: "next" });
  expect(await same((at) => at.git.plantedRepositories(signal))).toBe(null);
  expect(await same((at) => at.files.measure(undefined, false, signal))).toMatchObject({ basis: "git", files: 1 });
  expect(await same((at) => at.files.readFolder("sub", { maxFiles: 1, maxBytes: 5 }, signal))).toEqual({
    "a.txt": "ü\nb\n",
  });
  expect(await shell("git archive --format=zip -o a.zip HEAD")).toMatchObject({ exitStatus: 0 });
  expect(await same((at) => at.files.listArchive("a.zip", "out"))).toEqual(["out/sub/a.txt"]);
  expect(await same((at) => at.files.extractArchive("a.zip", "out", { signal }))).toMatchObject({ files: 1 });
  expect(await same((at) => at.commands.status())).toMatchObject({ available: true });
  expect(await same((at) => at.codingAgents.find(["node", "git"], process.env.PATH ?? ""))).toHaveProperty("inside");
  expect(await same((at) => at.files.paths())).toContain("sub/a.txt");
});

test("a command streams its output, is ended by its caller, and keeps its home; one in the background goes on", async () => {
  const said: string[] = [];
  const live = { signal, onOutput: (text: string) => void said.push(text) };
  const run = (workplace: Workplace, command: string) => workplace.commands.run({ ...LIMITS, command }, live);
  const plain = async (workplace: Workplace, command: string) => {
    const { durationMs: _, ...result } = await run(workplace, command);
    return result;
  };
  expect((await same((workplace) => plain(workplace, "echo kept > ~/kept; pwd; echo no >&2; exit 3"))).exitStatus).toBe(
    3,
  );
  expect((await same((workplace) => plain(workplace, "cat ~/kept"))).stdout).toBe("kept\n");
  expect(said.join("").match(/\/workspace/g)).toHaveLength(2);
  const stop = new AbortController();
  const endless = there.commands.run(
    { ...LIMITS, command: "echo up; sleep 60" },
    { signal: stop.signal, onOutput: () => stop.abort(new Error("Enough.")) },
  );
  expect((await endless).endedBy).toBe("abort");
  const { id } = await there.commands.start({ command: "read line; echo got $line", lifetimeMs: 60_000 }, signal);
  await there.commands.input(id, "it\n", true);
  for (let all = ""; !all.includes("got it"); )
    all += (await there.commands.output(id, { waitMs: 5_000 }, signal)).output;
});

test("a snapshot that a runner takes is in the server's store, as a part of what it lacks, and comes back to another", async () => {
  await there.files.write("a.txt", "one");
  const first = await there.snapshots.take({ label: "s1", previous: null }, signal);
  await there.files.write("b.txt", "two");
  const second = await there.snapshots.take({ label: "s2", previous: first.commit }, signal);
  expect((await store.files(second.commit)).map((file) => file.path)).toEqual(["a.txt", "b.txt"]);
  const sends = runner.asked.filter(({ operation }) => operation === "send").map(({ args }) => args[1]);
  expect(sends).toEqual([null, first.commit]);
  const elsewhere = loopback(path.join(fs.mkdtempSync(path.join(base, "other-")), "data"), sandbox, terminals);
  const moved = remoteWorkplace(there.folder, { caller: elsewhere, store });
  expect(await moved.files.isThere()).toBe(false);
  await moved.snapshots.checkOut(second.commit);
  expect(await moved.files.readText("b.txt")).toBe("two");
  await moved.snapshots.apply(second.commit, first.commit);
  expect(await moved.files.paths()).toEqual(["a.txt"]);
  await moved.snapshots.copy({ commit: second.commit, paths: ["b.txt"], below: "copies" });
  expect(await moved.files.readText("copies/b.txt")).toBe("two");
  const grounds = elsewhere.asked.filter(({ operation }) => operation === "receive").map(({ args }) => args[1]);
  expect(grounds).toEqual([null, second.commit]);
  await elsewhere.store.close();
});

test("Z6: a runner that names a snapshot of another tree as its own brings nothing of it", async () => {
  await here.files.write("secret.txt", "of another tree");
  const { commit } = await here.snapshots.take({ label: "s1", previous: null }, signal);
  await there.files.write("a.txt", "one");
  const caller = {
    ...runner,
    ask: async (request: PlaceRequest) => {
      const answer = await runner.ask(request);
      return request.operation === "take" ? { ...(answer as object), commit } : answer;
    },
  };
  const evil = remoteWorkplace(there.folder, { caller, store });
  await expect(evil.snapshots.take({ label: "s2", previous: null }, signal)).rejects.toThrow(SnapshotError);
});

test("a room is made of snapshots, runs commands and breaks tests where the folder is", async () => {
  const inRoom = async (workplace: Workplace) => {
    await workplace.files.write("sum.test.mjs", 'import { test } from "node:test";\ntest("it", () => {});\n');
    const room = workplace.room("check-1");
    await room.copyFolder(signal);
    const before = await room.remember(["sum.test.mjs"]);
    const marked = await room.tests.mark("node --test");
    const changed = await room.changedSince(before);
    const ran = await room.run({ ...LIMITS, command: "node --test | grep -c '^# pass 2'" }, { signal });
    const copy = await room.copy("check-2", signal);
    const inCopy = await copy.run({ ...LIMITS, command: "ls" }, { signal });
    await copy.remove();
    await room.remove();
    return [marked.length, changed, ran.stdout, inCopy.stdout, await workplace.files.paths()];
  };
  expect(await same(inRoom)).toEqual([1, ["sum.test.mjs"], "1\n", "sum.test.mjs\n", ["sum.test.mjs"]]);
});

test("a room on a runner is made of snapshots that the server has", async () => {
  await here.files.write("a.txt", "one");
  const start = (await here.snapshots.take({ label: "s1", previous: null }, signal)).commit;
  await here.files.write("b.txt", "two");
  const now = (await here.snapshots.take({ label: "s2", previous: start }, signal)).commit;
  const changes = await store.changes(start, now);
  const rules = { scope: null, widened: [], protect: [], commands: [] };
  const differences = await differencesOf(store, { start, now, changes }, rules);
  const room = there.room("check-3");
  await room.make({ start, now, differences, how: "with_new_tests", withoutPackages: false }, signal);
  const ran = await room.run({ ...LIMITS, command: "cat a.txt b.txt" }, { signal });
  expect(ran.stdout).toBe("onetwo");
  await room.remove();
});

test("what is asked of a runner stays in its folders, and is one of its operations", async () => {
  const folder = { tree: "remote", task: "task-1", owner: null, hidden: [], isReadOnly: false, guardsGit: false };
  const asked = (more: object) => runner.ask({ folder, part: "files", operation: "isThere", args: [], ...more });
  for (const tree of ["../remote", "a/b", ".", "", "remote.own"])
    await expect(asked({ folder: { ...folder, tree } }), tree).rejects.toThrow();
  await expect(asked({ operation: "constructor" })).rejects.toThrow("no operation files.constructor");
  await expect(asked({ part: "room", operation: "run", room: "../x" })).rejects.toThrow();
  await expect(asked({ part: "room", operation: "remove" })).rejects.toThrow("names no room");
});

test("names that look like holes travel as names", () => {
  const value = { $hole: "signal", deep: [{ $hole: "x" }, undefined, new Uint8Array([1])] };
  const sent = JSON.parse(JSON.stringify(withHoles(value, noHoles())));
  const none = { signal, call: () => undefined, onInput: () => undefined };
  expect(filled(sent, none)).toEqual({ ...value, deep: [{ $hole: "x" }, undefined, Buffer.from([1])] });
  expect(() => filled({ $hole: "process" }, none)).toThrow();
  expect(() => withHoles(new Map(), noHoles())).toThrow("does not travel");
});
