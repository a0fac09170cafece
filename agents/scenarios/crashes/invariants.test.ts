import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { Message } from "@/core/shapes/shapes";
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  gate,
  logOf,
  requestsOf,
  responsesOf,
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
const databaseOf = (dataDir: string) => join(dataDir, "banyan.db");

test("I1: when a tool runs, the response that asked for it is on disk, with its calls, its usage and the mark of the call", async () => {
  let dataDir = "";
  let seen: { kind: number; body: string }[] = [];
  let spent: unknown;
  const tool = worldToolFor("touch", "report_interrupted", (_input, { taskId }) => {
    const other = new Database(databaseOf(dataDir), { readonly: true });
    seen = other
      .prepare(
        "SELECT kind, body FROM messages WHERE task_id = (SELECT id FROM tasks WHERE uid = ?) AND kind > 1 ORDER BY id",
      )
      .all(taskId) as typeof seen;
    spent = other.prepare("SELECT tokens_in, tokens_out, turns FROM tasks WHERE uid = ?").raw().get(taskId);
    other.close();
  });
  const usage = { inputTokens: 900, outputTokens: 40 };
  const trial = await start(
    { root: (request) => (request.turn === 0 ? { ...call("touch", { what: "it" }), usage } : endTask("done")) },
    { runtime: { worldTools: [tool] } },
  );
  dataDir = trial.dataDir;
  await changeAgent(trial, "worker", { tools: ["touch"] });
  expect((await runRoot(trial)).status).toBe("succeeded");
  expect(seen.map((row) => row.kind)).toEqual([2, 3, 6]);
  expect(JSON.parse(seen[0]?.body ?? "").u.slice(0, 4)).toEqual([900, 0, 0, 40]);
  expect(JSON.parse(seen[2]?.body ?? "")).toMatchObject({ type: "call_started" });
  expect(spent).toEqual([900, 40, 1]);
});

test("I2: a call that was cut is run again when its tool is repeatable, else its outcome is said to be unknown; one response each", async () => {
  const never = gate();
  const runs: string[] = [];
  const tools = (hangs: boolean) => [
    worldToolFor("often", "repeat", ({ what }) => void runs.push(`often ${what}`)),
    worldToolFor("slow", "repeat", ({ what }, { signal }) => {
      runs.push(`slow ${what}`);
      return hangs
        ? new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
        : "slept";
    }),
    worldToolFor("once", "report_interrupted", ({ what }, { signal }) => {
      runs.push(`once ${what}`);
      return hangs
        ? new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
        : "done";
    }),
  ];
  const calls = (...names: string[]) => ({ calls: names.map((name) => ({ name, input: { what: name } })) });
  const first = await start(
    {
      root: [startSubtask(sub("one"), sub("many")), endTask("done")],
      one: [calls("often", "once", "once"), endTask("one")],
      many: [calls("slow"), endTask("many")],
    },
    { runtime: { worldTools: tools(true) } },
  );
  if (!first.provider) throw new Error("There is no provider.");
  await changeAgent(first, "worker", { tools: ["often", "once", "slow"] });
  const { id } = await first.submit({ task: "root", agent: "worker" });
  await until(() => runs.includes("once once") && runs.includes("slow slow"), "both tools run");
  await first.worker?.stop(0);
  const second = await start(null, {
    dataDir: first.dataDir,
    provider: first.provider,
    runtime: { worldTools: tools(false) },
  });
  const tree = await second.ended(id);
  expect(tree.status).toBe("succeeded");
  const responses = responsesOf(await logOf(second, titled(tree, "one").id));
  expect([responses.length, responses[0], responses[2]]).toEqual([4, "touched often", "done"]);
  expect(responses[1]).toMatch(/interrupted.*outcome is unknown/);
  expect(responsesOf(await logOf(second, titled(tree, "many").id))[0]).toBe("slept");
  expect(runs.filter((run) => run === "often often").length).toBe(1);
  expect(runs.filter((run) => run === "once once").length).toBe(2);
  expect(requestsOf(first, "one").map((request) => [request.turn, request.attempt])).toEqual([
    [0, 0],
    [1, 0],
  ]);
  never.open();
});

test("I3: every subtask belongs to one call, and its summary reaches the parent exactly once", async () => {
  const trial = await start({
    root: [startSubtask(sub("a"), sub("b")), startSubtask(sub("a")), endTask("done")],
    a: [startSubtask(sub("c")), endTask("a")],
    "*": endTask("leaf"),
  });
  const tree = await runRoot(trial);
  const started: string[] = [];
  for (const task of tree.tasks) {
    for (const { content } of await logOf(trial, task.id)) {
      if (content.type === "subtasks_started")
        started.push(...(content.subtasks as { task: string }[]).map((subtask) => subtask.task));
    }
  }
  const grown = tree.tasks.filter((task) => task.parent_id).map((task) => task.id);
  expect([...started].sort()).toEqual([...grown].sort());
  for (const task of tree.tasks.filter((task) => task.role === "work" && task.parent_id)) {
    const told = (await logOf(trial, task.parent_id ?? "")).filter(
      (message) => message.kind === "tool_response" && JSON.stringify(message.content).includes(task.id),
    );
    expect(told.length).toBe(1);
  }
});

test("I4: a write with an old fencing number, or at another length, is refused and writes nothing", async () => {
  const hold = gate();
  const trial = await start({ root: () => hold.opened.then(() => endTask("done")) });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the task is at work");
  const { sqlite } = trial.runtime.store.client;
  const row = sqlite
    .prepare(`SELECT tasks.id, tasks.uid, tree_id AS treeId, trees.uid AS treeUid, parent_id AS parentId, lease, length
      FROM tasks JOIN trees ON trees.id = tree_id WHERE trees.uid = ?`)
    .get(id) as {
    id: number;
    uid: string;
    treeId: number;
    treeUid: string;
    parentId: null;
    lease: number;
    length: number;
  };
  const count = () => sqlite.prepare("SELECT count(*) FROM messages").pluck().get();
  const before = count();
  const entry = { kind: "steer", turn: 0, content: { text: "late", by: "a late worker" } } as const;
  const record = {
    task: row,
    entries: [entry],
    row: {
      agent: "late",
      model: "late",
      attempt: 1,
      turns: 9,
      headline: "late",
      tokensIn: 9,
      tokensOut: 9,
      microUsd: 9,
      neededTokens: null,
      neededMicroUsd: null,
      refused: 0,
    },
    spend: { tokensIn: 9, tokensOut: 9, microUsd: 9 },
    leaseEnd: { status: "succeeded", reason: null, detail: null },
  } as const;
  const { log } = trial.runtime.store;
  expect(await log.append({ ...record, entries: [entry], lease: row.lease - 1, length: row.length })).toEqual({
    ok: false,
    isUnread: false,
  });
  expect(await log.append({ ...record, entries: [entry], lease: row.lease, length: row.length - 1 })).toEqual({
    ok: false,
    isUnread: false,
  });
  expect([count(), (await trial.runtime.application.queries.getTree(id)).totals.tokens_in]).toEqual([before, 0]);
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("I4: a worker whose lease was taken writes nothing more, and its call is cut", async () => {
  const never = gate();
  const trial = await start({
    root: (request) => (request.attempt === 0 ? never.opened.then(() => endTask("late")) : endTask("done")),
  });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the task is at work");
  // Another worker does this when it finds this worker dead.
  await trial.runtime.store.workers.remove(trial.worker?.id ?? 0);
  await until(() => requestsOf(trial, "root").length === 2, "somebody else goes on");
  never.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect([root.result, root.turns]).toEqual(["done", 1]);
  expect(trial.faults).toEqual([]);
});

test("I5: with every notification lost, subtasks still wake their parent, and a stop is still obeyed", async () => {
  const never = gate();
  const trial = await start(
    {
      root: (request) => (request.turn === 0 ? startSubtask(sub("a"), sub("b")) : endTask("done")),
      forever: () => never.opened.then(() => endTask("never")),
      "*": endTask("leaf"),
    },
    { work: false },
  );
  const { log } = trial.runtime.store;
  const real = { poke: log.poke, onCommit: log.onCommit };
  log.onCommit = () => () => {};
  log.poke = () => {};
  const poll = setInterval(real.poke, 20);
  const worker = await trial.runtime.startWorker({ role: "worker", pollMs: 20 });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  expect((await trial.ended(id)).status).toBe("succeeded");
  const other = await trial.submit({ task: "forever", agent: "worker" });
  await until(() => requestsOf(trial, "forever").length === 1, "it works");
  await trial.runtime.application.commands.stop({ id: other.id, reason: "" }, tester);
  expect((await trial.ended(other.id)).status).toBe("stopped");
  clearInterval(poll);
  await worker.stop(1_000);
  never.open();
});

/** Follows a tree by cursor, as a browser does, until it has ended; then reads the rest. */
async function follow(trial: Trial, treeId: string, limit: number): Promise<Message[]> {
  const { queries } = trial.runtime.application;
  const seen: Message[] = [];
  for (;;) {
    const ended = (await queries.getTree(treeId, { tasks: "none" })).ended_at !== null;
    const after = seen.at(-1)?.seq;
    const page = await queries.listMessages({ treeId }, { limit, ...(after && { after: String(after) }) });
    seen.push(...page.items);
    if (ended && page.items.length === 0) return seen;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("I8: what a reader saw of the log is always a prefix of it, on its own connection and on another one", async () => {
  const busy = (request: ScriptedRequest) => (request.turn < 6 ? call("list_agents", {}) : endTask("leaf"));
  const first = await start({
    root: (request) =>
      request.turn === 0 ? startSubtask(...Array.from({ length: 8 }, (_, at) => sub(`leaf ${at}`))) : endTask("done"),
    "*": busy,
  });
  if (!first.provider) throw new Error("There is no provider.");
  const other = await start(null, { dataDir: first.dataDir, provider: first.provider, work: false });
  const { id } = await first.submit({ task: "root", agent: "worker" });
  const views = await Promise.all([follow(first, id, 3), follow(other, id, 5), follow(other, id, 1_000)]);
  await first.ended(id);
  const whole = (await first.runtime.application.queries.listMessages({ treeId: id }, { limit: 1_000 })).items;
  expect(whole.length).toBeGreaterThan(100);
  for (const view of views) expect(view).toEqual(whole);
  expect(whole.every((message, at) => at === 0 || message.seq > (whole[at - 1]?.seq ?? 0))).toBe(true);
  const newest = await other.runtime.application.queries.listMessages({ treeId: id }, { latest: true, limit: 10 });
  expect(newest.items).toEqual(whole.slice(-10));
});

test("the rows of a task say the same as its log", async () => {
  const trial = await start({
    root: [{ ...startSubtask(sub("child")), text: "I start." }, { text: "Hm." }, endTask("done")],
    child: [call("list_agents", {}), endTask("child")],
  });
  const tree = await runRoot(trial);
  for (const task of tree.tasks) {
    const replies = (await logOf(trial, task.id)).filter((message) => message.kind === "agent_response");
    const tokens = replies.reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0), 0);
    const { sqlite } = trial.runtime.store.client;
    const row = sqlite.prepare("SELECT turns, tokens_in + tokens_out FROM tasks WHERE uid = ?").raw().get(task.id);
    expect(row).toEqual([replies.length, tokens]);
  }
  const root = await whenTask(trial, tree.id, "root", () => true);
  expect(root.spent.tokens).toBe(tree.totals.tokens_in + tree.totals.tokens_out);
});
