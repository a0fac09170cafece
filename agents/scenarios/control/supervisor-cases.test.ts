import { expect, test } from "vitest";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, resultsIn, sub, tester, toldIn, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();

/** Always a different failing call, so that no rule about repetition applies. */
const failing = (turn: number) => call("read_file", { path: `no-such-file-${turn}` });
const stop = endTask('{"action":"stop","message":"Enough."}');

async function stalled(trial: Trial, task: string): Promise<string> {
  const { id } = await trial.submit({ task, agent: "worker" });
  await until(async () => (await casesOf(trial, id)).length > 0, `${task} makes no progress`);
  return id;
}

const casesOf = (trial: Trial, treeId: string) => trial.runtime.application.queries.listInterventions({ treeId });

test("a case whose log is damaged goes before a person, and the other cases get their opinion", async () => {
  const trial = await start({ "*": (request) => failing(request.turn), "@supervisor": stop });
  trial.worker?.supervisor.stop();
  const bad = await stalled(trial, "bad");
  await trial.runtime.application.commands.pause({ id: bad }, tester);
  const good = await stalled(trial, "good");
  await until(async () => (await trial.runtime.application.queries.getTree(bad)).status === "paused", "it stands");
  await trial.worker?.stop(1_000);
  const { sqlite } = trial.runtime.store.client;
  sqlite
    .prepare(`UPDATE messages SET body = '{broken' WHERE kind = 4 AND tree_id = (SELECT id FROM trees WHERE uid = ?)`)
    .run(bad);
  const worker = await trial.runtime.startWorker({ role: "worker", pollMs: 20 });
  try {
    await worker.supervisor.check();
    expect((await trial.ended(good)).reason).toBe("by_supervisor");
  } finally {
    await worker.stop(1_000);
  }
  const [intervention] = await casesOf(trial, bad);
  expect(intervention).toMatchObject({
    action: "flag",
    evidence: expect.stringContaining("The task's log cannot be read"),
  });
});

test("questions that are asked at once share the tokens of the day, and wait for what the others leave", async () => {
  const tasks = ["one", "two", "three", "four"];
  const hold = gate();
  const trial = await start(
    {
      "*": (request) => failing(request.turn),
      "@supervisor": async () => {
        await hold.opened;
        return stop;
      },
    },
    { env: { BANYAN_SUPERVISOR_TOKENS_PER_DAY: "90000", MAX_CONCURRENT_AGENTS: "8" } },
  );
  trial.worker?.supervisor.stop();
  const trees = await Promise.all(tasks.map((task) => stalled(trial, task)));
  const asked = trial.runtime.store.client.sqlite.prepare("SELECT count(*) FROM trees WHERE is_system = 1").pluck();
  await trial.worker?.supervisor.check();
  expect(asked.get()).toBe(2);
  hold.open();
  await until(async () => {
    await trial.worker?.supervisor.check();
    const all = await Promise.all(trees.map((id) => casesOf(trial, id)));
    return all.flat().every((intervention) => intervention.action === "stop");
  }, "all are judged");
});

test.each([
  ["a model of no provider", { model: "gibberish" }, /There is no model gibberish/],
  ["a provider without a key", { model: "ollama/llama" }, /the provider of ollama\/llama is not configured/],
  ["a runbook", { model: "runbook" }, /A task cannot switch between a program/],
  ["an unknown agent", { agent: "nobody" }, /There is no agent nobody/],
  ["agent_selector", { agent: "agent_selector" }, /agent_selector only chooses/],
  ["nobody at all", { agent: null, model: null }, /Say what to change/],
])("to be replaced by %s goes before a person, and the task stays as it is", async (_, by, why) => {
  const opinion = endTask(JSON.stringify({ action: "replace", message: "It cannot do it.", ...by }));
  const trial = await start({ "*": (request) => failing(request.turn), "@supervisor": opinion });
  const id = await stalled(trial, "task");
  await until(async () => (await casesOf(trial, id)).at(-1)?.action === "flag", "it is before a person");
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  expect(items.at(-1)?.detail).toMatch(why);
  const [task] = (await trial.runtime.application.queries.getTree(id)).tasks;
  expect(task).toMatchObject({ agent: "worker", model: "anthropic/claude-sonnet-5-5" });
});

test("an opinion with empty fields is read, and a task that has ended meanwhile is not judged", async () => {
  const opinion = endTask('{"action":"replace","agent":"coder","model":null,"message":null}');
  const trial = await start({
    "*": (request) => (toldIn(request).includes("Start again") ? endTask(request.agent) : failing(request.turn)),
    "@supervisor": opinion,
  });
  const id = await stalled(trial, "task");
  const ended = await trial.ended(id);
  expect((await trial.runtime.application.queries.getTask(ended.root_task_id)).result).toBe("coder");

  trial.worker?.supervisor.stop();
  const other = await stalled(trial, "other");
  await trial.runtime.application.commands.stop({ id: other, reason: "" }, tester);
  await trial.ended(other);
  await trial.worker?.supervisor.check();
  expect((await casesOf(trial, other)).map((intervention) => intervention.action)).toEqual(["none"]);
});

test("a task that goes on without progress stands before a person once, not every twenty turns", async () => {
  const trial = await start({ "*": (request) => failing(request.turn), "@supervisor": endTask("nonsense") });
  const id = await stalled(trial, "task");
  await until(
    async () => (await casesOf(trial, id)).filter((intervention) => intervention.action === "flag").length > 2,
    "it is flagged",
  );
  await trial.runtime.application.commands.stop({ id, reason: "" }, tester);
  const { items } = await trial.runtime.application.queries.listReviews({ treeId: id });
  expect(items.length).toBe(1);
});

test("an agent that waits for nothing over and over goes round in a circle, and is ended", async () => {
  const trial = await start({ task: call("wait_for_subtasks", {}) });
  const { id } = await trial.submit({ task: "task", agent: "worker" });
  expect(await trial.ended(id)).toMatchObject({ status: "failed", reason: "runaway" });
});

test("the supervisor agent reads the records of the tree that it judges, and of no other tree", async () => {
  const seen: string[] = [];
  const trial = await start({
    "*": (request) => failing(request.turn),
    "@supervisor": (request) => {
      if (request.turn === 0) return call("query_database", { sql: "SELECT DISTINCT tree_id FROM tasks" });
      seen.push(resultsIn(request).join());
      return stop;
    },
  });
  trial.worker?.supervisor.stop();
  const judged = await stalled(trial, "judged");
  await until(async () => {
    await trial.worker?.supervisor.check();
    return seen.length > 0;
  }, "the supervisor has read the records");
  expect(JSON.parse(seen[0] ?? "")).toMatchObject({ rows: [[judged]] });
});

test("the supervisor lends no more than a task may borrow: nothing in a tree with fixed shares", async () => {
  const opinion = endTask('{"action":"extend","message":"It needs more."}');
  const actionsOf = async (more: { fixed_shares?: boolean }) => {
    const trial = await start({
      root: ({ turn }) => (turn === 0 ? startSubtask(sub("below", { grant: { tokens: 1_000_000 } })) : endTask("done")),
      below: (request) => failing(request.turn),
      "@supervisor": opinion,
    });
    const { id } = await trial.submit({ task: "root", agent: "worker", grant: { tokens: 3_000_000 }, ...more });
    await until(async () => {
      await trial.worker?.supervisor.check();
      return (await casesOf(trial, id)).some(({ action }) => action !== "asked");
    }, "the case is closed");
    const actions = (await casesOf(trial, id)).map(({ action }) => action);
    await trial.runtime.application.commands.stop({ id, reason: "" }, tester);
    await trial.ended(id);
    return actions[0];
  };
  expect([await actionsOf({}), await actionsOf({ fixed_shares: true })]).toEqual(["extend", "nudge"]);
});
