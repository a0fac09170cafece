import { expect, test } from "vitest";
import { lackingOf } from "@/core/words/remedies";
import type { ProviderScript, Reply } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  gate,
  logOf,
  requestsOf,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  unansweredCalls,
  until,
} from "@/tests/agents/scenario";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

/** What the task was told of its grant, its turns and its time. */
const lowIn = async (trial: Awaited<ReturnType<typeof start>>, task: string) =>
  (await logOf(trial, task))
    .filter(({ kind, content }) => kind === "event" && content.type === "grant_low")
    .map(({ content }) => content.text);

/** A model that always uses all the tokens that it may. */
const greedy =
  (reply: Reply): ProviderScript =>
  (request) => ({
    ...reply,
    usage: {
      inputTokens: Math.ceil(request.rawBody.length / 4),
      outputTokens: Number(request.body.max_tokens ?? request.body.max_completion_tokens),
    },
  });

const reserved = "SELECT sum(reserved_tokens) AS tokens, sum(reserved_micro_usd) AS microUsd FROM tasks";

for (const model of ["anthropic/claude-sonnet-4-5", "openai/gpt-5"]) {
  test(`a tree never spends more tokens than its cap, and says what ended it (${model})`, async () => {
    const trial = await start({
      root: greedy(startSubtask(sub("a"), sub("b"), sub("c"))),
      "*": greedy(call("list_agents", {})),
    });
    const tree = await runRoot(trial, { model, grant: { tokens: 400_000 } });
    expect([tree.status, tree.reason]).toEqual(["failed", "out_of_grant"]);
    expect(titled(tree, "root").reason_detail).toMatch(/^The grant .*is used up/);
    expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(400_000);
    expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeGreaterThan(200_000);
    expect(trial.runtime.store.client.sqlite.prepare(reserved).get()).toEqual({ tokens: 0, microUsd: 0 });
    expect(await unansweredCalls(trial, tree)).toEqual([]);
    expect(trial.faults).toEqual([]);
  });

  test(`a tree never spends more dollars than its cap (${model})`, async () => {
    const trial = await start({
      root: greedy(startSubtask(sub("a"), sub("b"))),
      "*": greedy(call("list_agents", {})),
    });
    const tree = await runRoot(trial, { model, grant: { cost_usd: 2.5 }, fixed_shares: true });
    expect([tree.status, tree.reason]).toEqual(["failed", "out_of_grant"]);
    expect(titled(tree, "root").reason_detail).toMatch(/^The grant .*is used up/);
    expect(tree.totals.cost_usd).toBeLessThanOrEqual(2.5);
    expect(tree.totals.cost_usd).toBeGreaterThan(1.5);
    const borrowing = await runRoot(trial, { model, grant: { cost_usd: 2.5 } });
    expect(borrowing.status).toBe("failed");
    expect(borrowing.totals.cost_usd).toBeLessThanOrEqual(2.5);
  });
}

test("calls of parallel tasks have their worst case reserved before they start, and together stay below the cap", async () => {
  const hold = gate();
  const trial = await start({
    root: (request) => (request.turn === 0 ? startSubtask(sub("a"), sub("b"), sub("c")) : endTask("done")),
    "*": () => hold.opened.then(() => endTask("leaf")),
  });
  const { id } = await trial.submit({ task: "root", agent: "worker", grant: { tokens: 150_000 } });
  await until(() => (trial.provider?.open() ?? 0) >= 2, "calls are in flight");
  const use = trial.runtime.store.client.sqlite.prepare(`${reserved}`).get() as { tokens: number };
  const tree = await trial.runtime.application.queries.getTree(id);
  expect(use.tokens).toBeGreaterThan(0);
  expect(use.tokens + tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(150_000);
  hold.open();
  await trial.ended(id);
});

test("a money cap with a model without a price is refused", async () => {
  const trial = await start({ "*": endTask("done") });
  const submission = { task: "root", agent: "worker", model: "openai/unpriced-9", grant: { cost_usd: 1 } };
  await expect(trial.submit(submission)).rejects.toThrow(
    /has no price, so a cap on cost cannot hold: set its price .*, or submit without a cap on cost/,
  );
});

test("when a tree's time is up the call in flight is cut and the tree ends as out of grant", async () => {
  const never = gate();
  const trial = await start({
    root: [startSubtask(sub("slow"))],
    slow: () => never.opened.then(() => endTask("late")),
  });
  const tree = await runRoot(trial, { grant: { seconds: 1 } });
  expect([tree.status, tree.reason]).toEqual(["failed", "out_of_grant"]);
  expect(titled(tree, "slow").reason).toBe("out_of_grant");
  expect([tree.active_seconds, titled(tree, "slow").active_seconds]).toEqual([expect.any(Number), expect.any(Number)]);
  expect(tree.active_seconds).toBeGreaterThanOrEqual(1);
  expect(titled(tree, "root").reason_detail).toBe("Its time limit of 1 second is reached.");
  expect(await trial.provider?.requests.at(-1)?.ended).toBe("closed");
  expect(requestsOf(trial, "slow").length).toBe(1);
  never.open();
});

test("an agent is told at four fifths of its turns, and before the last one, so that it ends with what it has", async () => {
  const trial = await start({
    root: (request) =>
      toldIn(request).includes("Your next reply is your last")
        ? endTask("what there is")
        : call("read_file", { path: `no-${request.turn}` }),
    "*": endTask("noted"),
  });
  await changeAgent(trial, "worker", { limits: { maxTurns: 10 } });
  const tree = await runRoot(trial, {});
  const { result } = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect([tree.status, result]).toEqual(["succeeded", "what there is"]);
  expect(await lowIn(trial, tree.root_task_id)).toEqual([
    "80 % of your turns are used; 2 of 10 are left. Conclude: finish what matters most and call end_task.",
    "This is turn 10 of 10. Your next reply is your last: call end_task with what you have.",
  ]);
  const withNotice = requestsOf(trial, "root").filter((request) => toldIn(request).includes("of your turns are used"));
  expect(withNotice.map(({ turn }) => turn)).toEqual([8, 9]);
});

test("an agent with one turn is told that it is the last, and whoever goes on ends as a runaway", async () => {
  const trial = await start({ root: call("read_file", { path: "none" }), "*": endTask("noted") });
  await changeAgent(trial, "worker", { limits: { maxTurns: 1 } });
  const tree = await runRoot(trial, {});
  expect([tree.status, tree.reason]).toEqual(["failed", "runaway"]);
  expect(titled(tree, "root").reason_detail).toMatch("worker reached its limit of 1 turn");
  expect(await lowIn(trial, tree.root_task_id)).toEqual([
    "This is turn 1 of 1. Your next reply is your last: call end_task with what you have.",
  ]);
});

test("agent_selector is told to choose in its last turn", async () => {
  const trial = await start({
    "@agent_selector": startSubtask(sub("root")),
    root: endTask("done"),
    "*": endTask("noted"),
  });
  await changeAgent(trial, "agent_selector", { limits: { maxTurns: 1 } });
  const { id, root_task_id } = await trial.submit({ task: "root" });
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(await lowIn(trial, root_task_id)).toEqual([
    "This is turn 1 of 1. Your next reply is your last: start the subtask now.",
  ]);
});

test("an agent is told once at four fifths of its time", async () => {
  let offsetMs = 0;
  const trial = await start(
    {
      root: ({ turn }) => {
        if (turn === 0) offsetMs = 3_000_000;
        return turn < 3 ? call("read_file", { path: `no-${turn}` }) : endTask("in time");
      },
      "*": endTask("noted"),
    },
    { runtime: { now: () => Date.now() + offsetMs } },
  );
  const tree = await runRoot(trial, { grant: { seconds: 3_600 } });
  expect(tree.status).toBe("succeeded");
  expect(await lowIn(trial, tree.root_task_id)).toEqual([
    expect.stringMatching(/^80 % of your time is used; \d{3} of 3600 seconds are left\. Conclude: .* call end_task\.$/),
  ]);
});

test("a grant that does not cover one call says so with both amounts, and what it then gets suffices", async () => {
  const trial = await start({ root: endTask("done"), "*": endTask("noted") });
  const tree = await runRoot(trial, { grant: { cost_usd: 0.001 } });
  const root = titled(tree, "root");
  expect([tree.reason, root.spent.cost_usd, trial.provider?.requests.length]).toEqual(["out_of_grant", 0, 0]);
  expect(root.reason_detail).toMatch(
    /^The task's grant of \$0\.001 is too small for one request: the next request to \S+ may cost \$0\.\d+ \([\d,]+ tokens\) even with a short answer, and \$0\.0009 can be spent\. The grant has to be at least \$0\.\d+\.$/,
  );
  const { usd = 0 } = lackingOf(root) ?? {};
  expect(usd + 0.001).toBeGreaterThanOrEqual(root.grant_needed?.cost_usd ?? Number.POSITIVE_INFINITY);
  const { commands } = trial.runtime.application;
  await commands.grant({ id: root.id, cost_usd: usd }, tester);
  await commands.retry({ id: root.id }, tester);
  const again = await trial.ended(tree.id);
  expect([again.status, again.grant_needed]).toEqual(["succeeded", undefined]);
});
