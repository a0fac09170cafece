/** The governor with real tasks, workers and files: what a limit holds back, what goes on, and what a person must resume. */
import { expect, test } from "vitest";
import { startGovernor } from "@/agents/governor/governor";
import { compareRows } from "@/db/log/rebuild";
import { realTimers } from "@/lib/time/timers";
import { type DialValues, dial } from "@/tests/agents/limits/dial";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  gate,
  logOf,
  requestsOf,
  sub,
  tester,
  trialsOfThisFile,
  unansweredCalls,
  until,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();

async function read(trial: Trial, values: DialValues, to: DialValues) {
  Object.assign(values, to);
  await trial.worker?.governor.check();
}

const levelsOf = ({ runtime }: Trial) =>
  runtime.store.governor
    .list(100)
    .map(({ name, kind, level }) => `${name} ${kind === "level" ? level : kind}`)
    .reverse();

test("at a limit no task starts and a running one stops after its turn; below 90 % both go on and lose nothing", async () => {
  const { values, readings } = dial();
  const hold = gate();
  const trial = await start(
    {
      root: [startSubtask(sub("child")), endTask("done")],
      child: async ({ turn }) => {
        if (turn === 0) await hold.opened;
        return turn === 0 ? call("list_files", {}) : endTask("child done");
      },
      other: endTask("other done"),
    },
    { runtime: { readings } },
  );
  const { queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "child").length === 1, "the child's first turn is in flight");
  await read(trial, values, { disk: 99 });
  const other = await trial.submit({ task: "other", agent: "worker" });
  hold.open();
  await until(() => trial.worker?.active() === 0, "the running turn has ended");
  // Its turn was finished: the reply was taken and its call has run.
  const child = (await queries.getTree(id)).tasks.find(({ title }) => title === "child");
  expect((await logOf(trial, child!.id)).map(({ kind }) => kind)).toContain("tool_response");
  expect(requestsOf(trial, "child")).toHaveLength(1);

  await read(trial, values, { disk: 90 });
  trial.runtime.store.log.poke();
  await trial.runtime.store.log.drain();
  expect([trial.worker?.active(), requestsOf(trial, "other").length]).toEqual([0, 0]);
  expect((await queries.getTree(other.id)).tasks[0]?.status).toBe("ready");

  await read(trial, values, { disk: 88 });
  const tree = await trial.ended(id);
  expect([tree.status, (await trial.ended(other.id)).status]).toEqual(["succeeded", "succeeded"]);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
  expect(levelsOf(trial)).toEqual(["disk limit", "disk notice"]);
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(trial.faults).toEqual([]);
});

test("at a limit a person can still stop a tree", async () => {
  const { readings } = dial({ own_memory: 95 });
  const trial = await start({ root: endTask("done") }, { runtime: { readings } });
  await trial.worker?.governor.check();
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await trial.runtime.application.commands.stop({ id, reason: "It waits too long." }, tester);
  expect((await trial.ended(id)).status).toBe("stopped");
  expect(requestsOf(trial, "root")).toHaveLength(0);
});

test("a limit that slows lets each worker run one task at a time", async () => {
  const { values, readings } = dial();
  const holds = [gate(), gate()];
  let begun = 0;
  const trial = await start(
    {
      root: async () => {
        await holds[begun++]?.opened;
        return endTask("done");
      },
    },
    { runtime: { readings }, env: { MAX_CONCURRENT_AGENTS: "4" } },
  );
  await read(trial, values, { memory: 96 });
  const trees = [
    await trial.submit({ task: "root", agent: "worker" }),
    await trial.submit({ task: "root", agent: "worker" }),
  ];
  await until(() => begun === 1, "the first has begun");
  trial.runtime.store.log.poke();
  await trial.runtime.store.log.drain();
  expect([trial.worker?.active(), begun]).toEqual([1, 1]);
  await read(trial, values, { memory: 50 });
  await until(() => begun === 2, "the second has begun beside it");
  for (const hold of holds) hold.open();
  for (const { id } of trees) expect((await trial.ended(id)).status).toBe("succeeded");
});

test("five violations of one limit pause everything with the reason; only a person resumes, and then all goes on", async () => {
  const { values, readings } = dial();
  const never = gate();
  let isCalm = false;
  const trial = await start(
    {
      root: async () => {
        if (!isCalm) await never.opened;
        return endTask("done");
      },
    },
    { runtime: { readings } },
  );
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "its call is in flight");
  for (let times = 0; times < 5; times += 1) {
    expect((await queries.getStatus()).paused_everything).toBeNull();
    await read(trial, values, { disk: 100 });
    if (times < 4) await read(trial, values, { disk: 20 });
  }
  const halt = (await queries.getStatus()).paused_everything;
  expect(halt?.by).toBe("governor");
  expect(halt?.reason).toMatch(
    /^Emergency stop: the limit was exceeded 5 times within 10 minutes: Disk, 100 % of 98 %\./,
  );
  await until(() => trial.worker?.active() === 0, "the running call is cut");

  // That the cause is gone resumes nothing.
  isCalm = true;
  await read(trial, values, { disk: 10 });
  await read(trial, values, { disk: 10 });
  expect([trial.worker?.active(), (await queries.getTree(id)).status]).toEqual([0, "paused"]);
  const audit = await queries.listAudit({ actor: "governor", limit: 100 });
  expect(audit.items.map(({ action, subject }) => `${action} ${subject}`).reverse()).toEqual([
    ...Array(4).fill(["limitReached disk", "limitOver disk"]).flat(),
    "limitReached disk",
    "pauseEverything disk",
    "limitOver disk",
  ]);

  await commands.resumeEverything({}, tester);
  never.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect((await queries.verifyAudit()).ok).toBe(true);
  // Earlier violations do not count again.
  await read(trial, values, { disk: 100 });
  expect((await queries.getStatus()).paused_everything).toBeNull();
});

test("a process that was killed at a limit starts no task, tells nobody again, and goes on counting", async () => {
  const first = dial({ disk: 100 });
  const killed = await start({ root: endTask("done") }, { runtime: { readings: first.readings } });
  await killed.worker?.governor.check();
  await read(killed, first.values, { disk: 10 });
  await read(killed, first.values, { disk: 100 });
  const { id } = await killed.submit({ task: "root", agent: "worker" });
  const before = levelsOf(killed);
  expect(before).toEqual(["disk limit", "disk ok", "disk limit"]);

  // The next process on the same files.
  await killed.worker?.stop(0);
  const { values, readings } = dial({ disk: 95 });
  const next = await start(null, {
    dataDir: killed.dataDir,
    runtime: { readings },
    ...(killed.provider && { provider: killed.provider }),
  });
  expect(next.worker?.governor.claiming()).toBe("none");
  await next.worker?.governor.check();
  expect(levelsOf(next)).toEqual(before);
  expect(next.worker?.active()).toBe(0);
  await read(next, values, { disk: 50 });
  expect((await next.ended(id)).status).toBe("succeeded");
  for (const disk of [100, 10, 100, 10, 100]) await read(next, values, { disk });
  expect(levelsOf(next).at(-1)).toBe("disk stop");
});

test("the events of an emergency stop and the pause are one: killed in between, there is neither", async () => {
  const { values, readings } = dial();
  const trial = await start({}, { runtime: { readings } });
  const { store } = trial.runtime;
  for (const disk of [100, 10, 100, 10, 100, 10, 100, 10]) await read(trial, values, { disk });
  const before = levelsOf(trial);
  store.client.sqlite.exec(
    "CREATE TRIGGER killed BEFORE INSERT ON facts WHEN new.name = 'halt' BEGIN SELECT raise(ABORT, 'killed here'); END",
  );
  await read(trial, values, { disk: 100 });
  expect([levelsOf(trial), store.halts.current()]).toEqual([before, null]);
  // The limit holds although nothing could be stored.
  expect(trial.worker?.governor.claiming()).toBe("none");
  expect(trial.faults.splice(0).join()).toMatch(/The limits could not be checked or stored/);
  store.client.sqlite.exec("DROP TRIGGER killed");
  await read(trial, values, { disk: 100 });
  expect(levelsOf(trial).slice(before.length)).toEqual(["disk limit", "disk stop"]);
  expect(store.halts.current()?.by).toBe("governor");
});

test("a worker that does not lead follows the stored limits, and watches its own memory", async () => {
  const leading = dial();
  const trial = await start({ root: endTask("done") }, { runtime: { readings: leading.readings } });
  const second = dial();
  const follower = await start(null, {
    dataDir: trial.dataDir,
    role: "worker" as const,
    runtime: { readings: second.readings },
    ...(trial.provider && { provider: trial.provider }),
  });
  await read(trial, leading.values, { disk: 100 });
  await follower.worker?.governor.check();
  expect(follower.worker?.governor.claiming()).toBe("none");
  await read(trial, leading.values, { disk: 10 });
  await read(follower, second.values, { disk: 100 });
  expect(follower.worker?.governor.claiming()).toBe("all");
  await read(follower, second.values, { own_memory: 95 });
  expect(follower.worker?.governor.claiming()).toBe("none");
  expect(trial.worker?.governor.claiming()).toBe("all");
  expect(levelsOf(trial)).toEqual(["disk limit", "disk ok"]);
});

test("two workers that both take themselves for the leader tell and count a limit once", async () => {
  const trial = await start({}, { runtime: dial() });
  const { store } = trial.runtime;
  await trial.worker?.stop(0);
  const governors = [1, 2].map(() =>
    startGovernor({
      store,
      signs: { quotas: () => [] },
      parks: { closeProvider: () => {} },
      leads: () => true,
      read: () => ({ disk: { used: 99, max: 98 } }),
      settingOf: () => null,
      timers: realTimers,
      now: Date.now,
      report: (message, error) => trial.faults.push(`${message} ${error}`),
    }),
  );
  await Promise.all(governors.map((governor) => governor.check()));
  await Promise.all(governors.map((governor) => governor.stop()));
  expect(levelsOf(trial)).toEqual(["disk limit"]);
  expect(governors.map((governor) => governor.claiming())).toEqual(["none", "none"]);
  const audit = await trial.runtime.application.queries.listAudit({ actor: "governor", limit: 100 });
  expect(audit.items.map(({ action }) => action)).toEqual(["limitReached"]);
  expect(trial.faults).toEqual([]);
});

test("events of a month ago are forgotten soon after a start, because a process may not live for a day", async () => {
  const { values, readings } = dial();
  const trial = await start({}, { runtime: { readings } });
  for (const disk of [100, 10, 100, 10, 100, 10, 100, 10]) await read(trial, values, { disk });
  expect(levelsOf(trial)).toHaveLength(8);
  const { store } = trial.runtime;
  await trial.worker?.stop(0);
  await store.log.write(() =>
    store.client.sqlite.prepare("UPDATE limit_events SET at_ms = at_ms - ?").run(31 * 86_400_000),
  );
  const next = await start(null, { dataDir: trial.dataDir, runtime: dial() });
  await until(() => next.worker?.leads(), "the worker leads");
  await next.worker?.governor.check();
  // The newest of each level, told and not told, are the state.
  expect(levelsOf(next)).toEqual(["disk limit", "disk ok", "disk limit", "disk ok"]);
});

test("a used-up quota in a provider's headers parks its tasks until it returns, before a call is refused", async () => {
  const used = {
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "0",
    "anthropic-ratelimit-requests-reset": "2126-01-01T00:00:00Z",
  };
  const trial = await start({
    root: ({ turn }) => (turn === 0 ? { ...call("list_files", {}), headers: used } : endTask("done")),
    other: endTask("done"),
  });
  const { queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await trial.ended(id);
  await trial.worker?.governor.check();
  const [event] = trial.runtime.store.governor.list(1);
  expect(event).toMatchObject({ name: "quota", level: "limit", used: 100, max: 100, of: "anthropic" });
  const other = await trial.submit({ task: "other", agent: "worker" });
  const task = await until(async () => {
    const found = (await queries.getTree(other.id)).tasks[0];
    return found?.status === "parked" && found;
  }, "the other task is parked");
  expect(requestsOf(trial, "other")).toHaveLength(0);
  expect(eventsOf(await logOf(trial, task.id))).toContain("model_failed");
  expect(trial.worker?.governor.claiming()).toBe("all");
});

test("tokens and money of the day are read against their caps, and rounds of goals against their limit", async () => {
  const trial = await start(
    { root: { ...endTask("done"), usage: { inputTokens: 800, outputTokens: 100 } } },
    { env: { BANYAN_MAX_TOKENS_PER_DAY: "10000000" } },
  );
  const { store, application } = trial.runtime;
  await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  await store.spendCaps.change({ dayMicroUsd: 20_000_000 }, "tester");
  await store.governor.change({ limits: { rounds: { max: 1, action: "hold" } } });
  // What the loop of goals leaves: a task whose model is `iteration`, which has begun.
  await application.commands.submitTree({ task: "a round", agent: "worker" }, tester);
  await store.log.write(() =>
    store.client.sqlite
      .prepare("UPDATE tasks SET model = 'iteration', started_at_ms = ? WHERE title = 'a round'")
      .run(Date.now()),
  );
  await trial.worker?.governor.check();
  const { readings } = store.governor.lastReadings()!;
  const spent = store.queries.status.spentOn(Date.now());
  expect(readings.tokens).toEqual({ used: spent.tokens, max: 10_000_000 });
  expect(spent.tokens).toBeGreaterThan(900);
  expect(readings.cost).toEqual({ used: spent.microUsd / 1e6, max: 20 });
  expect(readings.rounds).toEqual({ used: 1, max: 1 });
  expect(trial.worker?.governor.claiming()).toBe("none");
  for (const name of ["own_memory", "memory", "disk"] as const) expect(readings[name]?.used, name).toBeGreaterThan(0);
});
