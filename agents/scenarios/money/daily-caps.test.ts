import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { logOf, runRoot, sub, titled, trialsOfThisFile, until, whenTask } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const DAY_MS = 86_400_000;

function spentToday(trial: Trial): { person: string; tokens: number; microUsd: number }[] {
  return trial.runtime.store.client.sqlite
    .prepare(
      "SELECT person, sum(tokens) AS tokens, sum(micro_usd) AS microUsd FROM daily_spend GROUP BY person ORDER BY person",
    )
    .all() as { person: string; tokens: number; microUsd: number }[];
}

test("what every tree spends is counted for the day, to the micro-dollar", async () => {
  const trial = await start({ root: [startSubtask(sub("child")), endTask("done")], child: [endTask("child")] });
  const trees = [await runRoot(trial), await runRoot(trial)];
  const [row] = spentToday(trial);
  const tokens = trees.reduce((sum, tree) => sum + tree.totals.tokens_in + tree.totals.tokens_out, 0);
  const microUsd = trees.reduce((sum, tree) => sum + Math.round(tree.totals.cost_usd * 1_000_000), 0);
  expect(row).toEqual({ person: "tester", tokens, microUsd });
  expect(tokens).toBeGreaterThan(0);
});

test("at a person's cap of the day their tasks park until the next one, and those of others go on", async () => {
  let offsetMs = 0;
  const now = () => Date.now() + offsetMs;
  const usage = { inputTokens: 60_000, outputTokens: 5_000 };
  const trial = await start(
    {
      root: (request) => (request.turn < 3 ? { ...call("list_directory", { path: "." }), usage } : endTask("done")),
      other: [endTask("other")],
    },
    { runtime: { now }, env: { BANYAN_MAX_TOKENS_PER_PERSON_PER_DAY: "150000" } },
  );
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const parked = await whenTask(trial, id, "root", (task) => task.status === "parked");
  expect(parked.reason_detail).toMatch(/^Today's cap of 150,000 tokens for the trees of tester is reached/);
  const until24 = Date.parse(parked.parked_until ?? "") % DAY_MS;
  expect(until24).toBeLessThan(61_000);
  const spent = spentToday(trial)[0]?.tokens ?? 0;
  expect(spent).toBeLessThanOrEqual(150_000);
  const other = await trial.runtime.application.commands.submitTree(
    { task: "other", agent: "worker" },
    ownerCalled("somebody else"),
  );
  // Each person has their own cap.
  await whenTask(trial, other.id, "other", (task) => task.status === "succeeded");
  offsetMs += DAY_MS;
  await whenTask(trial, id, "root", (task) => task.status === "succeeded");
  const capped = (await logOf(trial, root_task_id)).filter((message) => message.content.type === "daily_cap");
  expect(capped.length).toBe(1);
});

test("one task uses nearly all of the day: its own last reservation stands against no next one", async () => {
  const usage = { inputTokens: 3_000, outputTokens: 1_500 };
  const trial = await start(
    {
      root: (request) =>
        request.turn < 15 ? { ...call("list_agents", { n: request.turn }), usage } : { ...endTask("done"), usage },
    },
    { env: { BANYAN_MAX_TOKENS_PER_PERSON_PER_DAY: "100000" } },
  );
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const root = await whenTask(trial, id, "root", (task) => task.status === "parked" || task.ended_at !== null);
  expect([root.status, root.reason_detail]).toEqual(["succeeded", null]);
  const capped = (await logOf(trial, root_task_id)).filter((message) => message.content.type === "daily_cap");
  expect(capped).toEqual([]);
});

test("many trees at once never reserve more than the cap of the day", async () => {
  const usage = { inputTokens: 3_000, outputTokens: 500 };
  const trial = await start(
    {
      root: (request) => (request.turn < 4 ? { ...call("list_agents", { n: request.turn }), usage } : endTask("done")),
    },
    { env: { BANYAN_MAX_USD_PER_DAY: "0.6", MAX_CONCURRENT_AGENTS: "8" } },
  );
  const { sqlite } = trial.runtime.store.client;
  const most: number[] = [];
  trial.runtime.store.log.onCommit(() => {
    const gone = sqlite
      .prepare(
        "SELECT (SELECT coalesce(sum(micro_usd), 0) FROM daily_spend) + (SELECT coalesce(sum(reserved_micro_usd), 0) FROM tasks)",
      )
      .pluck()
      .get() as number;
    most.push(gone);
  });
  const ids = await Promise.all(
    Array.from({ length: 10 }, async () => (await trial.submit({ task: "root", agent: "worker" })).id),
  );
  await until(async () => {
    const trees = await Promise.all(ids.map((id) => trial.runtime.application.queries.getTree(id)));
    const rests = ["parked", "waiting", "succeeded"];
    return trees.every((tree) => tree.tasks.every((task) => rests.includes(task.status)));
  }, "every task has ended or is parked");
  expect(Math.max(...most)).toBeLessThanOrEqual(600_000);
  const trees = await Promise.all(ids.map((id) => trial.runtime.application.queries.getTree(id)));
  expect(trees.some((tree) => tree.status === "parked")).toBe(true);
  expect(
    titled(trees.find((tree) => tree.status === "parked") ?? (trees[0] as (typeof trees)[0]), "root").turns,
  ).toBeLessThan(6);
});
