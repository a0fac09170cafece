import { expect, test } from "vitest";
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  gate,
  logOf,
  requestsOf,
  responsesOf,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  until,
  whenTask,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

const found = (trial: Trial) => trial.runtime.application.queries.listInterventions();
const check = (trial: Trial) => trial.worker?.supervisor.check();

/** Always a different failing call, so that no rule about repetition applies. */
const failing = (turn: number) => call("read_file", { path: `no-such-file-${turn}` });

/** Twenty-one turns without progress, then an end when the gate opens. */
const noProgressUntil = (hold: ReturnType<typeof gate>) => async (request: ScriptedRequest) => {
  if (request.turn < 21) return failing(request.turn);
  await hold.opened;
  return endTask("done");
};

const openReviews = (trial: Trial) =>
  until(async () => {
    const page = await trial.runtime.application.queries.listReviews({ open: true });
    return page.items.length > 0 && page;
  }, "something is before a person");

test("a silent model call is ended and retried, and the intervention is recorded for the task", async () => {
  const trial = await start(
    {
      root: (request) =>
        request.attempt === 0 && request.turn === 0 ? { fault: { type: "silent" } } : endTask("done"),
    },
    { runtime: { silentMs: 200 } },
  );
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const [intervention] = await found(trial);
  expect(intervention).toMatchObject({ task_id: tree.root_task_id, rule: "silent_model", action: "restart" });
  expect(intervention?.evidence).toMatch(/Nothing arrived from the model/);
});

test("a call that a model had begun is charged its input when its silence ends it, as one that thinks unseen", async () => {
  const trial = await start(
    {
      root: (request) =>
        request.attempt === 0 && request.turn === 0 ? { fault: { type: "stall", afterEvents: 1 } } : endTask("done"),
    },
    { runtime: { silentMs: 200 } },
  );
  const tree = await runRoot(trial, { grant: { tokens: 500_000 } });
  const charged = (await logOf(trial, tree.root_task_id)).filter(({ content }) => content.type === "unconfirmed");
  expect(charged.map(({ content }) => Number(content.tokens) > 100)).toEqual([true]);
  expect((await found(trial)).map(({ rule }) => rule)).toEqual(["silent_model"]);
});

test("a slow model with signs of life is not ended", async () => {
  const trial = await start(
    { root: { ...endTask("done"), heartbeats: 12, delayMs: 150 } },
    { runtime: { silentMs: 500 } },
  );
  expect((await runRoot(trial)).status).toBe("succeeded");
  expect(await found(trial)).toEqual([]);
});

test("an endless reply is cut", async () => {
  const endless = "word ".repeat(400_000);
  const trial = await start({
    root: (request) =>
      request.attempt === 0 && request.turn === 0 ? { ...call("list_agents", {}), text: endless } : endTask("done"),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect((await found(trial)).map((intervention) => intervention.rule)).toEqual(["endless_reply"]);
});

test("a command without output or CPU use is ended by rule; a silent busy command is not", async () => {
  const trial = await start(
    {
      root: (request) =>
        [
          call("use_terminal", { command: "echo 2 tests failed; sleep 60" }),
          call("use_terminal", { command: "sleep 3; echo waited", timeout_seconds: 60 }),
          call("use_terminal", { command: "end=$((SECONDS+3)); while [ $SECONDS -lt $end ]; do :; done; echo built" }),
          endTask("done"),
        ][request.turn] ?? endTask("more"),
    },
    { runtime: { silentMs: 1_000, activitySampleMs: 100 } },
  );
  await changeAgent(trial, "worker", { tools: ["use_terminal"] });
  const tree = await runRoot(trial);
  const [slept, waited, built] = responsesOf(await logOf(trial, tree.root_task_id));
  expect(slept).toMatch(/^The supervisor ended the call: For 1 seconds use_terminal neither printed/);
  expect(slept).toContain("2 tests failed");
  // The agent gave this call a minute, so its silence is meant.
  expect(waited).toContain("waited");
  expect(built).toContain("built");
  expect((await found(trial)).map((intervention) => [intervention.rule, intervention.action])).toEqual([
    ["silent_tool", "stop"],
  ]);
});

test("a tool that ignores its abort does not block its task", async () => {
  const never = gate();
  const touch = worldToolFor("touch", "repeat", () => never.opened);
  const trial = await start(
    { root: [call("touch", { what: "x" }), endTask("done")] },
    { runtime: { worldTools: [touch] }, env: { DEFAULT_TIMEOUT_SECONDS: "1" } },
  );
  await changeAgent(trial, "worker", { tools: ["touch"] });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(responsesOf(await logOf(trial, tree.root_task_id))[0]).toMatch(/ended by its timeout/);
  never.open();
});

test("after twenty turns without progress the supervisor agent is asked, and the task reads its nudge", async () => {
  const trial = await start({
    root: (request) => (toldIn(request).includes("Look in lib/") ? endTask("found") : failing(request.turn)),
    "@supervisor": endTask('{"action": "nudge", "message": "Look in lib/ instead."}'),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(eventsOf(await logOf(trial, tree.root_task_id))).toContain("stalled");
  const [intervention] = await until(async () => {
    const all = await found(trial);
    return all.some((each) => each.action === "nudge") && all.filter((each) => each.action === "nudge");
  }, "the case is closed");
  expect(intervention).toMatchObject({ rule: "no_progress", action: "nudge", task_id: tree.root_task_id });
  const [asked] = (trial.provider?.requests ?? []).filter((request) => request.agent === "supervisor");
  expect(asked?.instruction).toContain("no-such-file-3");
  // What `replace` may name.
  expect(asked?.instruction).toMatch(
    /<choices>\nAgents:\n(?:- .+\n)*- coder: .+\n(?:- .+\n)*Models: .*anthropic\/claude-/,
  );
  expect(asked?.instruction).not.toContain("- task_evaluator:");
  // Its tree is the host's: it is in no list and has its own grant.
  expect((await trial.runtime.application.queries.listTrees()).items.map((item) => item.id)).toEqual([tree.id]);
});

test.each([
  ["stop", {}, "stopped", "by_supervisor"],
  ["restart", {}, "succeeded", null],
  ["replace", { agent: "coder" }, "succeeded", null],
] as const)("the supervisor agent may say %s", async (action, more, status, reason) => {
  const trial = await start({
    root: (request) => (toldIn(request).includes("Try it so.") ? endTask(request.agent) : failing(request.turn + 100)),
    "@supervisor": endTask(JSON.stringify({ action, message: "Try it so.", ...more })),
  });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual([status, reason]);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  if (action === "replace") expect(root.result).toBe("coder");
  if (action === "restart") {
    const again = requestsOf(trial, "root").at(-1);
    // The instruction, the facts of the task, and the supervisor's words.
    expect(again?.messages.length).toBe(3);
  }
  await until(
    async () => (await found(trial)).some((intervention) => intervention.action === action),
    "the case is closed",
  );
});

test("the supervisor agent can do only what a person could: no model without a price under a cost cap", async () => {
  const hold = gate();
  const trial = await start({
    root: noProgressUntil(hold),
    "@supervisor": endTask(JSON.stringify({ action: "replace", message: "Another model.", model: "openai/unpriced" })),
  });
  const { queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", grant: { cost_usd: 100 } });
  const { items } = await openReviews(trial);
  expect(items[0]?.detail).toMatch(/^Another model\..*openai\/unpriced has no price/s);
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect((await queries.getTask(root_task_id)).model).not.toBe("openai/unpriced");
});

test("without a language model, or with an unreadable opinion, a person decides", async () => {
  const hold = gate();
  const trial = await start({
    root: noProgressUntil(hold),
    "@supervisor": endTask("I would rather not say."),
  });
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const { items } = await openReviews(trial);
  expect(items[0]).toMatchObject({ kind: "flag", task_id: root_task_id });
  expect(items[0]?.title).toMatch(/makes no progress/);
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("the supervisor agent is not asked beyond its daily tokens", async () => {
  const hold = gate();
  const trial = await start(
    {
      root: noProgressUntil(hold),
    },
    { env: { BANYAN_SUPERVISOR_TOKENS_PER_DAY: "1000" } },
  );
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const intervention = await until(
    async () => (await found(trial)).find((each) => each.action === "flag"),
    "it is flagged",
  );
  expect(intervention.evidence).toContain("used up its tokens for today");
  expect((trial.provider?.requests ?? []).some((request) => request.agent === "supervisor")).toBe(false);
  hold.open();
  await trial.ended(id);
});

test("a parent that waits for hours, a parked and a paused task are healthy", async () => {
  let now = Date.now();
  const hold = gate();
  const trial = await start(
    {
      root: [startSubtask(sub("long"), sub("parked")), endTask("done")],
      long: async () => {
        await hold.opened;
        return endTask("long");
      },
      parked: () => ({ fault: { type: "quota", retryAfter: 50_000 } }),
    },
    { runtime: { now: () => now } },
  );
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "parked", (task) => task.status === "parked");
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  now += 6 * 3_600_000;
  expect(await check(trial)).toEqual({ orphans: 0, lostWakes: 0, unparked: 0, stuck: 0, cases: 0 });
  expect(await found(trial)).toEqual([]);
  hold.open();
  await trial.runtime.application.commands.stop({ id, reason: "" }, tester);
  await trial.ended(id);
});

test("a clock that is set back does not prolong a park: the task retries immediately, and only once", async () => {
  let now = Date.now();
  let isBack = false;
  const trial = await start(
    { root: () => (isBack ? endTask("done") : { fault: { type: "quota", retryAfter: 7_200 } }) },
    { runtime: { now: () => now } },
  );
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "root", (task) => task.status === "parked");
  const figures = { cpuPercent: null, memoryPercent: 1, diskPercent: 1, slotsUsed: 0, queued: 0, commits: 0 };
  await trial.runtime.store.measurements.add(figures);
  expect(await check(trial)).toMatchObject({ unparked: 0 });
  now -= 6 * 3_600_000;
  isBack = true;
  expect(await check(trial)).toMatchObject({ unparked: 1 });
  await trial.ended(id);
  expect(await check(trial)).toMatchObject({ unparked: 0 });
});

test("the supervisor repairs inconsistent rows: an orphan, a forgotten waiter, a lease without work", async () => {
  const hold = gate();
  const trial = await start({
    root: [startSubtask(sub("child")), endTask("done")],
    child: async () => {
      await hold.opened;
      return endTask("child");
    },
  });
  const { sqlite } = trial.runtime.store.client;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  await until(() => requestsOf(trial, "child").length === 1, "the child works");
  // A manual edit of the database or a bug could leave such rows.
  sqlite.prepare("UPDATE tasks SET awaited = 0 WHERE title = 'child'").run();
  expect(await check(trial)).toMatchObject({ lostWakes: 1 });
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  sqlite.prepare("UPDATE tasks SET ended_at_ms = 1, status = 'failed' WHERE title = 'root'").run();
  expect(await check(trial)).toMatchObject({ orphans: 1 });
  hold.open();
  const child = await whenTask(trial, id, "child", (task) => task.status === "stopped" || task.status === "succeeded");
  expect(child.ended_at).not.toBeNull();
  expect((await found(trial)).map((intervention) => intervention.rule).sort()).toEqual(["lost_wake", "orphan"]);
  expect(titled(await trial.runtime.application.queries.getTree(id), "child").id).toBe(child.id);
});

test("the end of a lease stops its task's time from counting", async () => {
  const hold = gate();
  const trial = await start({
    root: async () => {
      await hold.opened;
      return endTask("done");
    },
  });
  const { store } = trial.runtime;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", grant: { seconds: 600 } });
  await until(() => requestsOf(trial, "root").length === 1, "it works");
  expect(await store.supervision.freeLease(root_task_id, trial.worker?.id ?? 0, "Nothing was heard of it.")).toBe(true);
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  const running = store.client.sqlite.prepare("SELECT sum(active_count) FROM tasks").pluck().get();
  expect(running).toBe(0);
});

test("a case with an unreadable log goes to a person, and other cases are still judged", async () => {
  const hold = gate();
  const trial = await start({
    root: async () => {
      await hold.opened;
      return endTask("done");
    },
    "@supervisor": endTask('{"action": "none"}'),
  });
  const { store } = trial.runtime;
  const trees = [await trial.submit({ task: "root", agent: "worker" }), await trial.submit({ task: "root" })];
  await until(() => requestsOf(trial, "root").length === 2, "both work");
  const [broken, whole] = trees.map((tree) => tree.root_task_id) as [string, string];
  const { id } = store.queries.trees.findTask(broken);
  store.client.sqlite.prepare("UPDATE messages SET body = '{broken' WHERE task_id = ? AND kind = 1").run(id);
  const noted = { rule: "no_progress", action: "asked", evidence: "Nothing new." } as const;
  for (const task of [broken, whole]) await store.interventions.add(task, noted);
  await check(trial);
  const closed = await until(async () => {
    const all = await found(trial);
    return all.every((intervention) => intervention.action !== "asked") && all;
  }, "both cases are closed");
  const actionOf = (task: string) => closed.find((intervention) => intervention.task_id === task)?.action;
  expect([actionOf(broken), actionOf(whole)]).toEqual(["flag", "none"]);
  hold.open();
});

test("while the supervisor agent thinks, other commits do not trigger a check", async () => {
  const hold = gate();
  const trial = await start({
    root: noProgressUntil(hold),
    "@supervisor": async () => {
      await hold.opened;
      return endTask('{"action": "none"}');
    },
  });
  const { interventions } = trial.runtime.store;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => interventions.openCases().some((openCase) => openCase.askedIn !== null), "the agent is asked");
  expect(interventions.hasDueCases()).toBe(false);
  hold.open();
  await trial.ended(id);
  await until(() => interventions.openCases().length === 0, "the case is closed");
});
