/** Faults of the database: each gives one clear sentence, nothing is lost, and nothing hangs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, requestsOf, resultsIn, sub, titled, trialsOfThisFile, until, whenTask } from "@/tests/agents/scenario";
import { startTrial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const work = ["root", "good", "bad"];

const edits: [string, string][] = [
  [
    "a body that is no JSON",
    "UPDATE messages SET body = '{broken' WHERE id = (SELECT max(id) FROM messages WHERE task_id = @task AND kind = 4)",
  ],
  [
    "a response without its text",
    "UPDATE messages SET body = '{}' WHERE id = (SELECT max(id) FROM messages WHERE task_id = @task AND kind = 4)",
  ],
  [
    "a reply without its parts",
    "UPDATE messages SET body = '{}' WHERE id = (SELECT max(id) FROM messages WHERE task_id = @task AND kind = 2)",
  ],
  [
    "an event without its fields",
    'UPDATE messages SET body = \'{"type":"subtasks_started"}\' WHERE id = (SELECT max(id) FROM messages WHERE task_id = @task AND kind = 6)',
  ],
  [
    "a message that is gone",
    "DELETE FROM messages WHERE id = (SELECT max(id) FROM messages WHERE task_id = @task AND kind = 4)",
  ],
  [
    "a response that answers nothing",
    "UPDATE messages SET call_id = 'other' WHERE id = (SELECT max(id) FROM messages WHERE task_id = @task AND kind = 4)",
  ],
  [
    "an instruction that is empty",
    "UPDATE messages SET body = '{}' WHERE id = (SELECT max(id) FROM messages WHERE task_id = @task AND kind = 1)",
  ],
];

test.each(edits)("%s in a log fails its task as broken_log; its siblings and its parent go on", async (_what, edit) => {
  let offsetMs = 0;
  const now = () => Date.now() + offsetMs;
  const hold = gate();
  const first = await start(
    {
      root: [startSubtask(sub("bad"), sub("good")), endTask("done")],
      bad: (request) =>
        request.turn === 0 ? call("list_agents", {}) : { fault: { type: "rate_limit", retryAfter: 50 } },
      good: (request) => (request.attempt === 0 ? { fault: { type: "rate_limit", retryAfter: 50 } } : endTask("good")),
    },
    { runtime: { now } },
  );
  if (!first.provider) throw new Error("There is no provider.");
  const { id } = await first.submit({ task: "root", agent: "worker" });
  for (const title of ["bad", "good"]) await whenTask(first, id, title, (task) => task.status === "parked");
  await whenTask(first, id, "root", (task) => task.status === "waiting");
  await first.worker?.stop(1_000);
  const { sqlite } = first.runtime.store.client;
  const task = sqlite.prepare("SELECT id FROM tasks WHERE title = 'bad'").pluck().get();
  expect(sqlite.prepare(edit).run({ task }).changes).toBe(1);
  offsetMs = 60_000;
  const second = await start(null, { dataDir: first.dataDir, provider: first.provider, runtime: { now } });
  const tree = await second.ended(id);
  expect(
    tree.tasks.filter((task) => task.role === "work").map((task) => [task.title, task.status, task.reason]),
  ).toEqual([
    ["root", "succeeded", null],
    ["bad", "failed", "broken_log"],
    ["good", "succeeded", null],
  ]);
  const [bad, good] = resultsIn(requestsOf(first, "root")[1]).map((text) => JSON.parse(text));
  expect([bad.reason, good.status]).toEqual(["broken_log", "succeeded"]);
  expect(work.map((title) => titled(tree, title).ended_at === null)).toEqual([false, false, false]);
  hold.open();
});

test("unreadable texts of an ended task do not hide its tree", async () => {
  const trial = await start({ root: [startSubtask(sub("leaf")), endTask("done")], leaf: [endTask("piece")] });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const tree = await trial.ended(id);
  const { sqlite } = trial.runtime.store.client;
  const edit = "UPDATE messages SET body = '{oops' WHERE id = (SELECT result_seq FROM tasks WHERE uid = ?)";
  expect(sqlite.prepare(edit).run(titled(tree, "leaf").id).changes).toBe(1);
  const shown = await trial.runtime.application.queries.getTree(id, { tasks: "whole" });
  expect(titled(shown, "leaf")).toMatchObject({ instruction: "leaf", status: "succeeded", result: null });
  expect(titled(shown, "root")).toMatchObject({ instruction: "root", result: "done" });
});

test("on a full disk the work waits, says why, and continues when there is space", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) await hold.opened;
      return request.turn === 0 ? { ...call("list_agents", {}), text: "long ".repeat(4_000) } : endTask("done");
    },
    "@task_evaluator": endTask("pass"),
  });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the model call is in flight");
  const { sqlite } = trial.runtime.store.client;
  sqlite.pragma(`max_page_count = ${sqlite.pragma("page_count", { simple: true })}`);
  hold.open();
  const trouble = await until(() => trial.runtime.store.log.trouble(), "the trouble is seen");
  expect(trouble).toMatch(/cannot grow.*free some space on its disk; then work continues by itself/);
  await expect(trial.submit({ task: "another", agent: "worker" })).rejects.toThrow(/cannot grow/);
  expect((await trial.runtime.application.queries.getTree(id)).status).toBe("running");
  sqlite.pragma("max_page_count = 1000000");
  const tree = await trial.ended(id);
  expect([tree.status, titled(tree, "root").turns, trial.runtime.store.log.trouble()]).toEqual(["succeeded", 2, null]);
  expect(requestsOf(trial, "root").length).toBe(2);
});

test("on a full disk the runtime still closes, and the next one continues from the written log", async () => {
  const hold = gate();
  const first = await startTrial({
    script: (request) =>
      request.attempt === 0 && request.agent === "worker"
        ? hold.opened.then(() => ({ ...endTask("x".repeat(30_000)), text: "long ".repeat(6_000) }))
        : endTask("pass"),
  });
  if (!first.provider) throw new Error("There is no provider.");
  const { id } = await first.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(first, "root").length === 1, "the model call is in flight");
  const { sqlite } = first.runtime.store.client;
  sqlite.pragma(`max_page_count = ${sqlite.pragma("page_count", { simple: true })}`);
  hold.open();
  await until(() => first.runtime.store.log.trouble(), "the trouble is seen");
  await first.worker?.stop(10);
  await first.runtime.close();
  // A worker that could not sign off counts as dead when its process is dead.
  const file = new Database(join(first.dataDir, "banyan.db"));
  file.exec("UPDATE workers SET process_start = 'gone'");
  file.close();
  const second = await start(null, { dataDir: first.dataDir, provider: first.provider });
  expect((await second.ended(id)).status).toBe("succeeded");
  await first.provider.close();
  onTestFinished(() => rmSync(first.dataDir, { recursive: true, force: true }));
});

test("an unwritable database fails no task: the work continues when it is writable again", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) await hold.opened;
      return request.turn === 0 ? call("list_agents", {}) : endTask("done");
    },
    "@task_evaluator": endTask("pass"),
  });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the model call is in flight");
  const { sqlite } = trial.runtime.store.client;
  sqlite.pragma("query_only = ON");
  hold.open();
  const trouble = await until(() => trial.runtime.store.log.trouble(), "the trouble is seen");
  expect(trouble).toMatch(/cannot be written .*make the file and its folder writable/);
  await expect(trial.submit({ task: "another", agent: "worker" })).rejects.toThrow(/cannot be written/);
  sqlite.pragma("query_only = OFF");
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("a database of a newer version is refused with what to do, and not changed", async () => {
  const dataDir = folderOf(await endedTree());
  const file = new Database(join(dataDir, "banyan.db"));
  file.exec("INSERT INTO facts (name, value) VALUES ('data_level', '99')");
  file.close();
  await expect(startTrial({ dataDir })).rejects.toThrow(/A newer version of Banyan wrote .*: start that version/);
});

test.each<[string, (file: string) => void]>([
  ["is no database", (file) => writeFileSync(file, "This is not a database, but a letter. ".repeat(500))],
  ["is damaged in its first page", (file) => overwrite(file, 20, 4_000)],
])("a file that %s is refused with what to do", async (_what, damage) => {
  const dataDir = folderOf(await endedTree());
  damage(join(dataDir, "banyan.db"));
  await expect(startTrial({ dataDir })).rejects.toThrow(/is damaged .*restore a backup with `banyan restore FILE`/);
});

test("another process with the write lock only causes a delay", async () => {
  const trial = await start({
    root: [call("list_agents", {}), startSubtask(sub("child")), endTask("done")],
    "*": endTask("leaf"),
  });
  // It releases the lock when told to.
  const program = `
    const Database = require("better-sqlite3");
    const database = new Database(process.argv[1]);
    database.exec("BEGIN IMMEDIATE");
    process.stdout.write("locked");
    process.stdin.once("data", () => { database.exec("COMMIT"); database.close(); process.exit(); });`;
  const other = spawn(process.execPath, ["-e", program, join(trial.dataDir, "banyan.db")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(other.stdout, "data");
  let accepted = false;
  const submitted = trial.submit({ task: "root", agent: "worker" }).finally(() => {
    accepted = true;
  });
  let ticks = 0;
  await until(() => {
    ticks += 1;
    return ticks > 20;
  }, "the event loop goes on");
  expect(accepted).toBe(false);
  other.stdin.write("commit");
  const { id } = await submitted;
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(trial.faults).toEqual([]);
});

/** A folder with the database of a tree that has ended. */
async function endedTree(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-damage-"));
  const trial = await startTrial({ dataDir, script: () => endTask("pass") });
  await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  await trial.close();
  return dataDir;
}

function folderOf(dataDir: string): string {
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

function overwrite(file: string, from: number, length: number): void {
  const open = openSync(file, "r+");
  writeSync(open, Buffer.alloc(length, 0x5a), 0, length, from);
  closeSync(open);
}
