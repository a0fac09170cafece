import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  logOf,
  requestsOf,
  responsesOf,
  resultsIn,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  unansweredCalls,
  until,
  whenTask,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const kinds = async (trial: Trial, task: string) => (await logOf(trial, task)).map((message) => message.kind);
const leaseOf = (trial: Trial, title: string) =>
  trial.runtime.store.client.sqlite.prepare("SELECT lease FROM tasks WHERE title = ?").pluck().get(title);

/** A clock that a test can move forward. */
function movableClock() {
  let offsetMs = 0;
  return {
    now: () => Date.now() + offsetMs,
    forward(ms: number) {
      offsetMs += ms;
    },
  };
}

test("a stream that ends without its end after a whole call is an answer, because nothing of the call can be missing", async () => {
  const reply: Reply = { ...call("list_agents", {}), fault: { type: "no_finish" } };
  const trial = await start({ root: [reply, endTask("done")], "@task_evaluator": endTask("pass") });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(eventsOf(await logOf(trial, tree.root_task_id))).not.toContain("model_failed");
});

test.each<[string, NonNullable<Reply["fault"]>]>([
  ["a rate limit with a short wait", { type: "rate_limit", retryAfter: 0.2 }],
  ["an overloaded service", { type: "overloaded" }],
  ["a stream that is cut in the middle", { type: "cut", afterEvents: 4 }],
  ["a connection that is cut before any byte", { type: "cut" }],
  ["an error event inside the stream", { type: "error_event" }],
])("%s is tried again under the same lease, with no message twice", async (_what, fault) => {
  const reply = { ...call("list_agents", {}), text: "Let me look who is there, in a few words that are cut." };
  const trial = await start({
    root: (request) => (request.turn === 1 ? endTask("done") : request.attempt === 0 ? { ...reply, fault } : reply),
    "@task_evaluator": endTask("pass"),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, tree.root_task_id);
  expect(log.filter((message) => message.kind === "agent_response").length).toBe(2);
  expect(eventsOf(log).filter((type) => type === "model_failed").length).toBe(1);
  // The first lease works until the ending waits; the second ends the task.
  expect(leaseOf(trial, "root")).toBe(2);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
  expect(trial.provider?.refusals).toEqual([]);
});

test("a longer wait is a park that holds no slot, and the task goes on when it is over", async () => {
  const clock = movableClock();
  const trial = await start(
    {
      root: (request) => (request.attempt === 0 ? { fault: { type: "rate_limit", retryAfter: 30 } } : endTask("done")),
      other: endTask("other"),
    },
    { env: { MAX_CONCURRENT_AGENTS: "1" }, runtime: { now: clock.now } },
  );
  const { queries } = trial.runtime.application;
  const beforeMs = clock.now();
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const parked = await whenTask(trial, id, "root", (task) => task.status === "parked");
  const untilMs = Date.parse(parked.parked_until ?? "");
  // Between the two moments lies the provider's answer, however long this machine took.
  expect(untilMs).toBeGreaterThanOrEqual(beforeMs + 30_000);
  expect(untilMs).toBeLessThanOrEqual(clock.now() + 33_000);
  expect((await queries.getTree(id)).status).toBe("parked");
  const provider = async () => {
    const name = parked.model.split("/", 1)[0];
    return (await queries.listProviders()).find((provider) => provider.name === name);
  };
  expect(await provider()).toMatchObject({ state: "parked", parked_tasks: [{ id: parked.id }] });
  const other = await trial.ended((await trial.submit({ task: "other", agent: "worker" })).id);
  expect(other.status).toBe("succeeded");
  // It answers another task, so it is not parked; the first task still is.
  expect(await provider()).toMatchObject({
    state: "answers",
    reason: expect.stringContaining("rate"),
    parked_tasks: [{ id: parked.id }],
  });
  expect(requestsOf(trial, "root").length).toBe(1);
  clock.forward(34_000);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("a person who resumes what is parked need not wait until the provider's time has come", async () => {
  let isBack = false;
  const trial = await start({
    root: () => (isBack ? endTask("done") : { fault: { type: "quota" } }),
    "*": endTask("noted"),
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const parked = await whenTask(trial, id, "root", (task) => task.status === "parked");
  expect(parked.reason_detail).toBeTruthy();
  isBack = true;
  expect((await commands.resume({ id }, ownerCalled("ann"))).sentence).toBe(
    "Resumed: the tree. 1 parked task retries now.",
  );
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect((await commands.resume({ id }, ownerCalled("ann"))).sentence).toBe(
    "Nothing to resume: the tree was not paused.",
  );
});

test("a parked task that something else holds is refused with what holds it, and retries when that is resumed", async () => {
  let isBack = false;
  const trial = await start({
    root: [startSubtask(sub("branch")), endTask("done")],
    branch: [startSubtask(sub("leaf")), endTask("done")],
    leaf: () => (isBack ? endTask("done") : { fault: { type: "quota" } }),
    "*": endTask("noted"),
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const parked = await whenTask(trial, id, "leaf", (task) => task.status === "parked");
  const branch = await whenTask(trial, id, "branch", () => true);
  const resumed = async (id: string) => (await commands.resume({ id }, tester)).sentence;
  await commands.pause({ id }, tester);
  await commands.pause({ id: branch.id }, tester);
  for (const held of [parked, branch])
    await expect(resumed(held.id)).rejects.toThrow("above it is paused: step or resume that task first.");
  await commands.pauseEverything({ reason: "" }, tester);
  await expect(resumed(id)).rejects.toThrow("Everything is paused: resume everything first.");
  await commands.resumeEverything({}, tester);
  // The pause of the branch still holds it, so nothing retries yet.
  expect(await resumed(id)).toBe("Resumed: the tree.");
  expect((await queries.getTask(parked.id)).status).toBe("paused");
  isBack = true;
  // Now only the branch is paused: a press at the tree means that pause.
  expect(await resumed(id)).toBe("Resumed: the tree. 1 parked task retries now.");
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("a used-up quota parks the task until it returns, and counts as no try", async () => {
  const clock = movableClock();
  let isBack = false;
  const trial = await start(
    { root: () => (isBack ? endTask("done") : { fault: { type: "quota" } }) },
    { runtime: { now: clock.now } },
  );
  const { queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  for (let time = 1; time <= 12; time += 1) {
    await until(() => requestsOf(trial, "root").length === time, `try ${time}`);
    await whenTask(trial, id, "root", (task) => task.status === "parked");
    clock.forward(72 * 3_600_000);
  }
  isBack = true;
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect((await queries.getTree(id)).reason).toBe(null);
});

test("what one task was told of a used-up quota, the others take over without asking; another provider's trees go on", async () => {
  const clock = movableClock();
  let isBack = false;
  const trial = await start(
    {
      first: () => (isBack ? endTask("done") : { fault: { type: "quota", retryAfter: 7_200 } }),
      second: endTask("done"),
      other: endTask("done"),
    },
    { runtime: { now: clock.now } },
  );
  const { commands } = trial.runtime.application;
  const first = await trial.submit({ task: "first", agent: "worker" });
  const told = await whenTask(trial, first.id, "first", (task) => task.status === "parked");
  const second = await trial.submit({ task: "second", agent: "worker" });
  const taken = await whenTask(trial, second.id, "second", (task) => task.status === "parked");
  expect(requestsOf(trial, "second")).toEqual([]);
  expect(taken.reason_detail).toBe(told.reason_detail);
  expect(Date.parse(taken.parked_until ?? "")).toBeGreaterThanOrEqual(Date.parse(told.parked_until ?? ""));
  const other = await trial.submit({ task: "other", agent: "worker", model: "openai/gpt-5" });
  expect((await trial.ended(other.id)).status).toBe("succeeded");
  // A task resumed by hand calls the model anyway, and its success reopens the provider for all tasks.
  await commands.resume({ id: second.id }, tester);
  expect((await trial.ended(second.id)).status).toBe("succeeded");
  isBack = true;
  clock.forward(3 * 3_600_000);
  expect((await trial.ended(first.id)).status).toBe("succeeded");
});

test("a service that stays overloaded fails the task after its last try, with what it said", async () => {
  const clock = movableClock();
  const trial = await start({ root: { fault: { type: "overloaded" } } }, { runtime: { now: clock.now } });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const tree = await until(async () => {
    clock.forward(6 * 60_000);
    const now = await trial.runtime.application.queries.getTree(id);
    return now.ended_at ? now : null;
  }, "the tree ends");
  expect([tree.status, tree.reason]).toEqual(["failed", "model_error"]);
  expect(requestsOf(trial, "root").length).toBe(100);
  expect(titled(tree, "root").reason_detail).toMatch(/100 tries failed.*Overloaded/);
});

test("a stream that stands still is ended by DEFAULT_TIMEOUT_SECONDS and tried again", async () => {
  const trial = await start(
    {
      root: (request) =>
        request.attempt === 0 ? { text: "Well", fault: { type: "stall", afterEvents: 3 } } : endTask("done"),
    },
    { env: { DEFAULT_TIMEOUT_SECONDS: "1" } },
  );
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const failed = (await logOf(trial, tree.root_task_id)).find((message) => message.content.type === "model_failed");
  expect(failed?.content).toMatchObject({
    kind: "timeout",
    message: expect.stringMatching(/^Nothing arrived from the model for 1 second/),
  });
  expect(await trial.provider?.requests[0]?.ended).toBe("closed");
});

test.each<[string, NonNullable<Reply["fault"]>, string, RegExp]>([
  ["a key that is not accepted", { type: "unauthorized" }, "no_key", /ANTHROPIC_API_KEY/],
  ["a refusal", { type: "refusal" }, "refused", /./],
])("%s fails the task at once with its reason", async (_what, fault, reason, detail) => {
  const trial = await start({ root: { text: "No.", fault } });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", reason]);
  expect(titled(tree, "root").reason_detail).toMatch(detail);
  expect(requestsOf(trial, "root").length).toBe(1);
});

test("a model that is gone in mid-tree parks its task with the reason, and another model goes on with it", async () => {
  let turn = 0;
  const trial = await start({
    root: () => {
      turn += 1;
      if (turn === 1) return call("list_agents", {});
      return turn === 2 ? { fault: { type: "unknown_model" } } : endTask("done");
    },
    "*": endTask("noted"),
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const parked = await whenTask(trial, id, "root", (task) => task.status === "parked");
  expect(parked.reason_detail).toMatch(/does not know anthropic\/claude/);
  expect(parked).toMatchObject({ parked_by: "model_gone", switch_to: null });
  await commands.change({ id: root_task_id, model: "openai/gpt-5.1" }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("a reply that is cut in the middle of a call's arguments says so, and the next one may be longer", async () => {
  const trial = await start({
    root: (request) =>
      request.turn === 0
        ? {
            calls: [{ id: "w", name: "write_file", rawArguments: '{"path": "a.txt", "content": "abc' }],
            stopReason: "max_tokens",
          }
        : endTask("done"),
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const [first, second] = requestsOf(trial, "root");
  expect([first?.body.max_tokens, second?.body.max_tokens]).toEqual([16_000, 64_000]);
  expect(resultsIn(second)[0]).toMatch(/cut at its limit of 16000 tokens.*smaller parts/);
});

test("without a key the reason says which setting is missing, and nothing is sent", async () => {
  const trial = await start(
    { "*": endTask("done") },
    { env: { ANTHROPIC_API_KEY: "", BANYAN_MODEL: "anthropic/claude-sonnet-4-5" } },
  );
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", "no_key"]);
  expect(titled(tree, "root").reason_detail).toMatch(/set ANTHROPIC_API_KEY/);
  expect(trial.provider?.requests).toEqual([]);
});

for (const model of ["anthropic/claude-sonnet-4-5", "openai/gpt-5"]) {
  test(`a conversation that is too long is compacted once, logged and charged, and goes on (${model})`, async () => {
    let refused = 0;
    const trial = await start({
      root: (request) => {
        if (request.turn === 5 && refused === 0) {
          refused += 1;
          return { fault: { type: "too_long" } };
        }
        return refused === 0 ? call("list_agents", {}) : endTask("done");
      },
      "*": { text: "Six lists of agents were read.", usage: { inputTokens: 500, outputTokens: 10 } },
    });
    const tree = await runRoot(trial, { model });
    expect(tree.status).toBe("succeeded");
    const log = await logOf(trial, tree.root_task_id);
    expect(eventsOf(log).filter((type) => type === "too_long" || type === "compacted")).toEqual([
      "too_long",
      "compacted",
    ]);
    const compacted = log.find((message) => message.content.type === "compacted");
    expect(compacted?.content).toMatchObject({ summary: "Six lists of agents were read." });
    const after = requestsOf(trial, "root").at(-1);
    expect(toldIn(after)).toMatch(/^root\n[\s\S]*Six lists of agents were read\./);
    expect(trial.provider?.refusals).toEqual([]);
    expect(await kinds(trial, tree.root_task_id)).not.toContain(undefined);
  });

  test(`the request of a turn begins with the bytes of the one before (${model})`, async () => {
    const two: Reply = {
      text: "Two at once.",
      calls: [
        { name: "list_agents", input: {} },
        { name: "list_agents", input: {} },
      ],
    };
    const turns: Reply[] = [
      { ...two, thinking: "Who is there?" },
      call("list_agents", {}),
      { text: 'Only words: ünïcödé \u2028 "quoted".' },
      call("fly", { to: "nowhere" }),
      startSubtask(sub("child")),
      { ...call("ask", { question: "x" }), fault: { type: "invalid_json" } },
      two,
      call("end_task", { status: "success", result: "sent back" }),
      endTask("done"),
    ];
    let judged = 0;
    const trial = await start({
      root: (request) => turns[request.turn] as Reply,
      child: [call("list_agents", {}), endTask("child")],
      "@task_evaluator": () => {
        judged += 1;
        return endTask(judged === 1 ? '{"outcome":"fail","reasons":["no"]}' : "pass");
      },
    });
    const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", model, stepping: "manual" });
    const { commands, queries } = trial.runtime.application;
    await whenTask(trial, id, "root", (task) => task.status === "paused");
    await commands.steer({ id: root_task_id, text: "A first word." }, tester);
    await until(async () => {
      const tree = await queries.getTree(id);
      for (const task of tree.tasks.filter((task) => task.status === "paused")) {
        if (task.title === "root" && task.turns === 2)
          await commands.steer({ id: task.id, text: "Mind the gap." }, tester);
        await commands.step({ id: task.id }, tester);
      }
      return tree.ended_at;
    }, "the tree ends");
    const requests = requestsOf(trial, "root");
    expect(requests.length).toBe(turns.length);
    expect(toldIn(requests.at(-1))).toMatch(/A first word\.[\s\S]*Mind the gap\./);
    expect(trial.provider?.refusals).toEqual([]);
    const parts = requests.map(({ rawBody }) => {
      const bare = rawBody.replaceAll(/,"cache_control":\{[^}]*\}/g, "");
      const { messages, ...rest } = JSON.parse(bare) as { messages: unknown[] };
      return { rest: JSON.stringify(rest), messages: messages.map((message) => JSON.stringify(message)), bare };
    });
    for (const [at, part] of parts.entries()) {
      const before = parts[at - 1];
      if (!before) continue;
      expect(part.rest).toBe(before.rest);
      expect(part.messages.slice(0, before.messages.length)).toEqual(before.messages);
      expect(part.bare).toContain(before.messages.join(","));
      expect(part.messages.length).toBeGreaterThan(before.messages.length);
    }
  });
}

test("tokens and money add up exactly to the price table, in the task and in the tree", async () => {
  const usage = { inputTokens: 1_000, cacheReadTokens: 600, cacheWriteTokens: 100, outputTokens: 50 };
  const trial = await start({
    root: [
      { ...startSubtask(sub("child")), usage },
      { ...endTask("done"), usage },
    ],
    child: [{ ...endTask("child"), usage }],
    "*": endTask("pass"),
    "@task_evaluator": { ...endTask("pass"), usage },
    "@documentation_agent": { ...endTask("noted"), usage },
  });
  const tree = await runRoot(trial);
  // 300 fresh × $2, 600 read × $0.10, 100 written × $2.50, 50 out × $10, each for a million.
  const each = 0.00141;
  expect(tree.totals).toMatchObject({ tokens_in: 5_000, tokens_out: 250 });
  expect(tree.totals.cost_usd).toBeCloseTo(5 * each, 9);
  const child = titled(tree, "child");
  expect([child.spent.tokens, child.spent.cost_usd]).toEqual([1_050, each]);
  const reply = (await logOf(trial, child.id)).find((message) => message.kind === "agent_response");
  expect(reply?.usage).toEqual(usage);
  const { sqlite } = trial.runtime.store.client;
  expect(sqlite.prepare("SELECT sum(reserved_tokens), sum(reserved_micro_usd) FROM tasks").raw().get()).toEqual([0, 0]);
  expect(responsesOf(await logOf(trial, tree.root_task_id)).length).toBe(2);
});
