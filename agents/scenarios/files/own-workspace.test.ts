/** Subtasks with their own folder: a copy of the parent's folder, merged back when they succeed. */
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { writeFile } from "@/agents/tools/files/write-file";
import type { FilesMerged } from "@/core/log/entries";
import type { Tree } from "@/core/shapes/shapes";
import { compareRows } from "@/db/log/rebuild";
import { SnapshotError, type SnapshotStore } from "@/lib/snapshots/port";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  filesIn,
  gate,
  logOf,
  requestsOf,
  responsesOf,
  resultsIn,
  runRoot,
  sub,
  tester,
  titled,
  trialsOfThisFile,
  until,
  whenTask,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const own = (title: string, more: Record<string, unknown> = {}) => sub(title, { workspace: "own", ...more });
const write = (path: string, content: string): Reply => call("write_file", { path, content });
const read = (path: string): Reply => call("read_file", { path });

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A person's folder with files. */
function personsFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-own-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const ownFolder = (trial: Trial, tree: Tree, title: string) =>
  join(trial.dataDir, "workspaces", `${tree.id}.own`, titled(tree, title).id);

/** Returns the events about files in a task's log. */
async function mergesOf(trial: Trial, taskId: string): Promise<FilesMerged[]> {
  const log = await logOf(trial, taskId);
  return log.flatMap(({ content }) => (content.type === "files_merged" ? [content as unknown as FilesMerged] : []));
}

test("two subtasks work in separate folders, and the parent's folder has the changes of both afterwards", async () => {
  const bothWrote = [gate(), gate()];
  const side = (name: string, at: number) => async (request: { turn: number }) => {
    if (request.turn === 0) return write(`${name}.txt`, name);
    bothWrote[at]?.open();
    await Promise.all(bothWrote.map((gate) => gate.opened));
    return (
      [write("base.txt", "mine"), call("list_directory", {}), write("base.txt", "base")][request.turn - 1] ??
      endTask(name)
    );
  };
  const trial = await start({
    root: [write("base.txt", "base"), startSubtask(own("a"), own("b")), call("list_directory", {}), endTask("done")],
    a: side("a", 0),
    b: side("b", 1),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(filesIn(tree.workspace)).toEqual({ "a.txt": "a", "b.txt": "b", "base.txt": "base" });
  // Neither subtask saw the other's files.
  expect(responsesOf(await logOf(trial, titled(tree, "a").id))[2]).not.toContain("b.txt");
  expect(responsesOf(await logOf(trial, titled(tree, "b").id))[2]).not.toContain("a.txt");
  expect(responsesOf(await logOf(trial, tree.root_task_id))[3]).toMatch(/a\.txt.*b\.txt/s);
  for (const title of ["a", "b"]) {
    const { id } = titled(tree, title);
    expect(await mergesOf(trial, id)).toMatchObject([{ into: null, changed: 1, conflicts: [], copies: null }]);
    expect(eventsOf(await logOf(trial, id)).slice(-2)).toEqual(["files_merged", "ended"]);
  }
  // One snapshot was enough for both copies, and it is the one of the turn before.
  const saved = (await logOf(trial, tree.root_task_id)).filter((message) => message.content.type === "files_saved");
  expect(saved.length).toBe(1);
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(trial.faults).toEqual([]);
});

test("a merge counts no files of git, and says when only those changed", async () => {
  const trial = await start({
    root: [startSubtask(own("both"), own("git alone")), endTask("done")],
    both: [write("a.txt", "a"), write(".git/note", "n"), endTask("both")],
    "git alone": [write(".git/other", "n"), endTask("git alone")],
  });
  const tree = await runRoot(trial);
  expect(await mergesOf(trial, titled(tree, "both").id)).toMatchObject([{ changed: 1, conflicts: [] }]);
  expect(await mergesOf(trial, titled(tree, "git alone").id)).toMatchObject([{ changed: 0, git: true, conflicts: [] }]);
  expect(existsSync(join(tree.workspace ?? "", ".git/other"))).toBe(true);
});

test("a merge into a person's folder brings nothing that git obeys in a repository there, says so, and flags a new repository", async () => {
  const folder = personsFolder({ "base.txt": "base" });
  // The search for repositories does not enter packages and built files.
  for (const at of [folder, join(folder, "app"), join(folder, "dist/lib")]) execFileSync("git", ["init", "-q", at]);
  const settingsOf = (at: string) => readFileSync(join(folder, at, ".git/config"), "utf8");
  const places = [".", "app", "dist/lib"];
  const settings = places.map(settingsOf);
  const trap = "[core]\n\tfsmonitor = touch x\n";
  const obeyed = [".git/commondir", ".git/config", ".git/hooks/pre-push", "app/.git/config", "dist/lib/.git/config"];
  const trial = await start({
    root: [startSubtask(own("trap")), endTask("done")],
    trap: [...[...obeyed, "sub/.git/config"].map((name) => write(name, trap)), write("a.txt", "a"), endTask("trap")],
  });
  const tree = await runRoot(trial, { workspace: folder });
  expect(await mergesOf(trial, titled(tree, "trap").id)).toMatchObject([{ changed: 1, conflicts: [], obeyed }]);
  expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("a");
  expect(places.map(settingsOf)).toEqual(settings);
  expect(existsSync(join(folder, ".git/commondir"))).toBe(false);
  expect(existsSync(join(folder, ".git/hooks/pre-push"))).toBe(false);
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  expect(items.map(({ evidence }) => evidence)).toEqual(["sub/.git"]);
});

test("when both changed the same files, the second is not merged: the parent reads the paths and finds its versions", async () => {
  const firstEnded = gate();
  const trial = await start({
    root: (request) =>
      [
        write("both.txt", "base\n"),
        startSubtask(own("first"), own("Second one!")),
        read(/\.banyan-conflicts\/[a-z0-9-]+/.exec(resultsIn(request).join())?.[0].concat("/both.txt") ?? "none"),
      ][request.turn] ?? endTask("done"),
    first: [write("both.txt", "one\n"), endTask("first")],
    "Second one!": async (request) => {
      if (request.turn === 0) return write("both.txt", "two\n");
      if (request.turn === 1) return write("also.txt", "also");
      await firstEnded.opened;
      return endTask("second");
    },
  });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "first", (task) => task.status === "succeeded");
  firstEnded.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const second = titled(tree, "Second one!");
  expect(second.status).toBe("succeeded");
  const [merged] = await mergesOf(trial, second.id);
  expect(merged).toMatchObject({ changed: 2, conflicts: ["both.txt"] });
  expect(merged?.copies).toMatch(/^\.banyan-conflicts\/second-one-[0-9a-f]{6}$/);
  expect(filesIn(tree.workspace)).toEqual({
    "both.txt": "one\n",
    [`${merged?.copies}/both.txt`]: "two\n",
    [`${merged?.copies}/also.txt`]: "also",
  });
  const results = responsesOf(await logOf(trial, tree.root_task_id));
  const told = JSON.parse(results[2] ?? "{}");
  expect(told).toMatchObject({ status: "succeeded" });
  expect(told.summary).toMatch(
    /^second\n\nThis subtask's changes .* NOT merged .*"both\.txt".*all 2 paths .*second-one-/,
  );
  expect(JSON.parse(results[1] ?? "{}").summary).toBe("first");
  expect(results[3]).toContain("two");
  // The result that people read is the task's own text.
  expect((await trial.runtime.application.queries.getTask(second.id)).result).toBe("second");
});

test("a subtask that fails, or is stopped, changes nothing; its retry goes on with its files, and merges them", async () => {
  let tries = 0;
  const retried = gate();
  const trial = await start({
    root: [startSubtask(own("fails"), sub("waits")), endTask("done")],
    fails: (request) => {
      if (request.turn === 0) tries += 1;
      if (tries === 1) return request.turn === 0 ? write("half.txt", "half") : failed("not yet");
      return request.turn === 0 ? read("half.txt") : endTask("now");
    },
    waits: async () => {
      await retried.opened;
      return endTask("waited");
    },
  });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const task = await whenTask(trial, id, "fails", ({ status }) => status === "failed");
  const { commands, queries } = trial.runtime.application;
  const { workspace } = await queries.getTree(id);
  expect(filesIn(workspace)).toEqual({});
  expect(await mergesOf(trial, task.id)).toEqual([]);
  await commands.retry({ id: task.id }, tester);
  await whenTask(trial, id, "fails", ({ status }) => status === "succeeded");
  retried.open();
  await trial.ended(id);
  expect(responsesOf(await logOf(trial, task.id))).toContainEqual(expect.stringContaining("half"));
  expect(filesIn(workspace)).toEqual({ "half.txt": "half" });
});

const failed = (result: string): Reply => ({ calls: [{ name: "end_task", input: { status: "failure", result } }] });

test("below a task with an own folder, shared is that folder and own is a copy of it; each merges one level up", async () => {
  const seen: Record<string, string | null> = {};
  const list = worldToolFor("look", "repeat", ({ what }, { workplace }) => {
    const workspace = workplace?.folder.root ?? null;
    seen[what] = workspace;
    writeFileSync(join(workspace ?? "", `${what}.txt`), what);
  });
  const trial = await start(
    {
      root: [call("look", { what: "root" }), startSubtask(own("outer")), endTask("done")],
      outer: [startSubtask(own("inner"), sub("beside")), call("look", { what: "outer" }), endTask("outer")],
      inner: [call("look", { what: "inner" }), endTask("inner")],
      beside: [call("look", { what: "beside" }), endTask("beside")],
    },
    { runtime: { worldTools: [list] } },
  );
  await changeAgent(trial, "worker", { tools: ["look"] });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const [outer, inner] = [ownFolder(trial, tree, "outer"), ownFolder(trial, tree, "inner")];
  expect(seen).toEqual({ root: tree.workspace, outer, inner, beside: outer });
  const all = { "root.txt": "root", "outer.txt": "outer", "inner.txt": "inner", "beside.txt": "beside" };
  expect(filesIn(tree.workspace)).toEqual(all);
  expect(await mergesOf(trial, titled(tree, "inner").id)).toMatchObject([
    { into: titled(tree, "outer").id, changed: 1 },
  ]);
  expect(await mergesOf(trial, titled(tree, "outer").id)).toMatchObject([{ into: null, changed: 3, conflicts: [] }]);
  expect(await mergesOf(trial, titled(tree, "beside").id)).toEqual([]);
});

test("a subtask with predecessors starts from their merged files", async () => {
  const trial = await start({
    root: [startSubtask(own("api"), own("tests", { depends_on: ["api"] })), endTask("done")],
    api: [write("api.txt", "v1"), endTask("api")],
    tests: [read("api.txt"), write("api.txt", "v2"), endTask("tests")],
  });
  const tree = await runRoot(trial);
  const log = await logOf(trial, titled(tree, "tests").id);
  expect(responsesOf(log)[0]).toContain("v1");
  expect(eventsOf(log)).toContain("files_copied");
  expect(filesIn(tree.workspace)).toEqual({ "api.txt": "v2" });
});

test("a person's folder does not change until the merge, and files written there in the meantime are kept", async () => {
  const hold = gate();
  const folder = personsFolder({ "kept.txt": "kept", "gone.txt": "gone", "old.txt": "old" });
  const trial = await start({
    root: [startSubtask(own("works")), endTask("done")],
    works: async (request) => {
      if (request.turn === 0) return write("new.txt", "new");
      if (request.turn === 1) return call("use_terminal", { command: "rm gone.txt && echo changed > old.txt" });
      await hold.opened;
      return endTask("worked");
    },
  });
  const { id } = await trial.submit({ task: "root", agent: "worker", workspace: folder });
  await until(() => requestsOf(trial, "works").length === 3, "it has worked");
  expect(filesIn(folder)).toEqual({ "kept.txt": "kept", "gone.txt": "gone", "old.txt": "old" });
  writeFileSync(join(folder, "kept.txt"), "edited by hand");
  hold.open();
  const tree = await trial.ended(id);
  expect(filesIn(folder)).toEqual({ "kept.txt": "edited by hand", "new.txt": "new", "old.txt": "changed\n" });
  await trial.runtime.application.commands.deleteTree({ id: tree.id }, tester);
  expect(Object.keys(filesIn(folder)).length).toBe(3);
});

test("hidden and read-only files of the running system's own folder are not changed by a merge", async () => {
  const folder = personsFolder({ "package.json": '{"name":"banyan"}', "code.ts": "old", ".env": "SECRET=1" });
  const trial = await start({
    root: [startSubtask(own("good")), startSubtask(own("bad")), endTask("done")],
    good: [write("added.ts", "added"), write(".banyan-scratch/report.md", "report"), endTask("good")],
    bad: [write("code.ts", "mine"), write(".env", "SECRET=2"), read(".env"), endTask("bad")],
  });
  const tree = await runRoot(trial, { workspace: folder });
  const [beside] = await mergesOf(trial, titled(tree, "good").id);
  expect(beside).toMatchObject({ changed: 2, conflicts: ["added.ts"] });
  const [refused] = await mergesOf(trial, titled(tree, "bad").id);
  expect(refused?.conflicts).toEqual([".env", "code.ts"]);
  expect(filesIn(folder)).toMatchObject({
    "code.ts": "old",
    ".env": "SECRET=1",
    [`${beside?.copies}/added.ts`]: "added",
    [`${refused?.copies}/code.ts`]: "mine",
  });
  expect([beside?.copies, refused?.copies].every((folder) => folder?.startsWith(".banyan-scratch/"))).toBe(true);
  expect(responsesOf(await logOf(trial, titled(tree, "bad").id)).join()).not.toContain("SECRET=1");
});

test("files that are in no snapshot are not overwritten", async () => {
  const folder = personsFolder({ "a.txt": "a" });
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const trial = await start({
    root: [startSubtask(own("works")), endTask("done")],
    works: [write("pipe", "a file"), write("b.txt", "b"), endTask("worked")],
  });
  const tree = await runRoot(trial, { workspace: folder });
  const [merged] = await mergesOf(trial, titled(tree, "works").id);
  expect(merged).toMatchObject({ changed: 2, conflicts: ["pipe"] });
  expect(filesIn(folder)).toEqual({
    "a.txt": "a",
    [`${merged?.copies}/b.txt`]: "b",
    [`${merged?.copies}/pipe`]: "a file",
  });
  expect(lstatSync(join(folder, "pipe")).isFIFO()).toBe(true);
});

test("files that cannot be copied stay in the own folder, and the parent is told", async () => {
  const trial = await start({
    root: [startSubtask(own("works")), endTask("done")],
    works: [call("use_terminal", { command: "mkfifo pipe && echo a > a.txt" }), endTask("worked")],
  });
  const tree = await runRoot(trial);
  expect(await mergesOf(trial, titled(tree, "works").id)).toMatchObject([
    { changed: 1, git: false, skipped: 1, conflicts: [] },
  ]);
  expect(readdirSync(tree.workspace)).toEqual(["a.txt"]);
  const [result] = responsesOf(await logOf(trial, tree.root_task_id));
  expect(JSON.parse(result ?? "{}").summary).toMatch(/^worked\n\nOne path .* was not copied/);
});

test("claims are checked in the own folder, before anything is merged", async () => {
  const trial = await start({
    root: [startSubtask(own("claims")), endTask("done")],
    claims: [
      write("made.txt", "made"),
      endTask("claimed", { claims: [{ statement: "It is made.", command: "cat made.txt", expect: "made" }] }),
    ],
    "@task_evaluator": async (request) => {
      if (request.turn === 0) return read("made.txt");
      const { items } = await trial.runtime.application.queries.listTrees();
      judged.push([existsSync(join(items[0]?.workspace ?? "", "made.txt")), resultsIn(request).join()]);
      return endTask('{"outcome":"pass","reasons":["It holds."]}');
    },
  });
  const judged: [boolean, string][] = [];
  await changeAgent(trial, "worker", { finishing: { evaluate: "auto", summarize: "never", document: "never" } });
  await changeAgent(trial, "task_evaluator", { tools: ["read_file"] });
  const tree = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  const { verdict } = await trial.runtime.application.queries.getTask(titled(tree, "claims").id);
  expect(verdict?.claims).toMatchObject([{ mark: "shown", output: "made" }]);
  // Its own evaluator before the merge, the root's after it.
  expect(judged).toEqual([
    [false, expect.stringContaining("made")],
    [true, expect.stringContaining("made")],
  ]);
  expect(filesIn(tree.workspace)).toEqual({ "made.txt": "made" });
});

test("a fork in the middle has each folder as it was then, merges its own, and no longer needs the original", async () => {
  const besideEnded = gate();
  let isFork = false;
  const list = call("use_terminal", { command: "ls; cat mine.txt" });
  const trial = await start({
    root: [write("base.txt", "base"), startSubtask(own("works"), sub("beside")), endTask("done")],
    works: async (request) => {
      if (request.turn === 0) return write("mine.txt", "first");
      await besideEnded.opened;
      if (request.turn === 1) return isFork ? list : write("mine.txt", "second");
      return endTask("worked");
    },
    beside: [write("shared.txt", "shared"), endTask("beside")],
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "beside", (task) => task.status === "succeeded");
  besideEnded.open();
  const original = await trial.ended(id);
  expect(filesIn(original.workspace)).toEqual({ "base.txt": "base", "mine.txt": "second", "shared.txt": "shared" });
  isFork = true;
  // The second time the original is deleted, so the fork must have its own data.
  for (let from = original; ; ) {
    const works = titled(from, "works").id;
    const at = (await logOf(trial, works)).find(
      (message) => message.kind === "agent_response" && message.turn === 2,
    )?.seq;
    const fork = await trial.ended((await commands.fork({ id: works, ...(at && { at }) }, tester)).id);
    expect(fork.status).toBe("succeeded");
    const log = await logOf(trial, titled(fork, "works").id);
    expect(responsesOf(log)[1]).toContain('"stdout":"base.txt\\nmine.txt\\nfirst"');
    expect(filesIn(fork.workspace)).toEqual({ "base.txt": "base", "mine.txt": "first", "shared.txt": "shared" });
    expect(filesIn(ownFolder(trial, fork, "works"))).toEqual({ "base.txt": "base", "mine.txt": "first" });
    expect(await mergesOf(trial, titled(fork, "works").id)).toMatchObject([{ into: null, changed: 1, conflicts: [] }]);
    expect(compareRows(trial.runtime.store)).toEqual([]);
    if (from !== original) break;
    await commands.deleteTree({ id: original.id }, tester);
    await (trial.runtime.world.snapshots as SnapshotStore).compact({
      maxBytes: Number.MAX_SAFE_INTEGER,
      droppable: () => [],
    });
    from = await queries.getTree(fork.id);
  }
});

test("a fork after the merge has the merged files, and does not merge them again", async () => {
  const trial = await start({
    root: [startSubtask(own("works")), call("list_directory", {}), endTask("done")],
    works: [write("mine.txt", "mine"), endTask("worked")],
  });
  const original = await runRoot(trial);
  const log = await logOf(trial, original.root_task_id);
  const at = log.find((message) => message.kind === "agent_response" && message.turn === 2)?.seq;
  const { id } = await trial.runtime.application.commands.fork(
    { id: original.root_task_id, ...(at && { at }) },
    tester,
  );
  const fork = await trial.ended(id);
  expect(filesIn(fork.workspace)).toEqual({ "mine.txt": "mine" });
  expect(requestsOf(trial, "works").length).toBe(2);
});

test("a stop that comes before the files are written leaves them as they were; one that comes later finds them merged", async () => {
  for (const [at, files] of [
    ["merge", {}],
    ["apply", { "mine.txt": "mine" }],
  ] as const) {
    const trial = await start({
      root: [startSubtask(own("works")), endTask("done")],
      works: [write("mine.txt", "mine"), endTask("worked")],
    });
    const snapshots = trial.runtime.world.snapshots as SnapshotStore;
    const { commands, queries } = trial.runtime.application;
    let treeId = "";
    const stop = async () =>
      void (await commands.stop({ id: titled(await queries.getTree(treeId), "works").id, reason: "Enough." }, tester));
    const { merge, apply } = snapshots;
    if (at === "merge") snapshots.merge = async (request) => stop().then(() => merge(request));
    else snapshots.apply = async (request) => stop().then(() => apply(request));
    treeId = (await trial.submit({ task: "root", agent: "worker" })).id;
    const tree = await trial.ended(treeId);
    expect([at, titled(tree, "works").status]).toEqual([at, "stopped"]);
    expect(filesIn(tree.workspace)).toEqual(files);
    expect((await mergesOf(trial, titled(tree, "works").id)).length).toBe(at === "merge" ? 0 : 1);
    expect(trial.faults).toEqual([]);
  }
});

test("taint stays in the own folder until the merge, and spreads with copies", async () => {
  const fetch = worldTool({
    name: "fetch",
    description: "For tests.",
    input: z.object({}),
    level: "read",
    afterCrash: "repeat",
    run: async () => ({ content: "a page", outside: true }),
  }) as WorldTool;
  let before: unknown[] = [];
  const tainted = (trial: Trial) =>
    ["trees", "folders"].map((table) =>
      trial.runtime.store.client.sqlite.prepare(`SELECT is_tainted FROM ${table} ORDER BY id`).pluck().all(),
    );
  const trial = await start(
    {
      root: [startSubtask(own("reads")), startSubtask(own("later")), endTask("done")],
      reads: (request) => {
        if (request.turn === 2) before = tainted(trial);
        return [call("fetch", {}), write("page.txt", "a page")][request.turn] ?? endTask("read");
      },
      later: [endTask("later")],
    },
    { runtime: { worldTools: [fetch, writeFile as WorldTool] } },
  );
  await changeAgent(trial, "worker", { tools: ["fetch", "write_file"] });
  const tree = await runRoot(trial);
  expect(before).toEqual([[0], [1]]);
  expect(tainted(trial)).toEqual([[1], [1, 1]]);
  const log = await logOf(trial, titled(tree, "later").id);
  expect(log.find((message) => message.kind === "instruction")?.content).toMatchObject({ tainted: true });
});

test("a tree that is deleted leaves none of its folders", async () => {
  const trial = await start({
    root: [startSubtask(own("outer")), endTask("done")],
    outer: [write("a.txt", "a"), startSubtask(own("inner")), endTask("outer")],
    inner: [write("b.txt", "b"), endTask("inner")],
  });
  const tree = await runRoot(trial);
  expect(existsSync(ownFolder(trial, tree, "inner"))).toBe(true);
  await trial.runtime.application.commands.deleteTree({ id: tree.id }, tester);
  expect(readdirSync(join(trial.dataDir, "workspaces"))).toEqual([]);
  const { sqlite } = trial.runtime.store.client;
  expect(sqlite.prepare("SELECT count(*) FROM folders").pluck().get()).toBe(0);
});

test("a start whose folder cannot be copied is refused with the sentence, and what depends on it too", async () => {
  const trial = await start({
    root: (request) =>
      request.turn === 0 ? startSubtask(own("a"), own("b", { depends_on: ["a"] }), sub("c")) : endTask("done"),
    c: [endTask("c")],
  });
  (trial.runtime.world.snapshots as SnapshotStore).take = async () => {
    throw new SnapshotError("The disk is full.");
  };
  const tree = await runRoot(trial);
  expect(tree.tasks.filter((task) => task.depth === 1 && task.role === "work").map((task) => task.title)).toEqual([
    "c",
  ]);
  const [a, b] = responsesOf(await logOf(trial, tree.root_task_id));
  expect(a).toMatch(/^Not started: your folder could not be copied\. The disk is full\./);
  expect(b).toContain("“a”");
});

test("a task without files gives none, and a deleted folder is restored", async () => {
  const trial = await start({
    root: [startSubtask(sub("none", { workspace: "none" }), own("works")), endTask("done")],
    none: [startSubtask(own("below")), endTask("none")],
    below: [read("a.txt"), endTask("below")],
    works: async (request) => {
      if (request.turn === 0) return write("a.txt", "kept");
      const { items } = await trial.runtime.application.queries.listTrees();
      const tree = await trial.runtime.application.queries.getTree(items[0]?.id ?? "");
      if (request.turn === 1) {
        rmSync(ownFolder(trial, tree, "works"), { recursive: true });
        return read("a.txt");
      }
      return endTask("worked");
    },
  });
  const tree = await runRoot(trial);
  expect(responsesOf(await logOf(trial, titled(tree, "below").id))[0]).toContain("has no workspace");
  expect(responsesOf(await logOf(trial, titled(tree, "works").id))[1]).toContain("kept");
  expect(filesIn(tree.workspace)).toEqual({ "a.txt": "kept" });
});
