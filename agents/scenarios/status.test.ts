import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { endTask, startSubtask } from "@/tests/agents/replies";
import { gate, sub, trialsOfThisFile, until } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

test("the status tells the machine and the work on it; the figures count what there is and what it took", async () => {
  const held = gate();
  const trial = await start(
    {
      root: [startSubtask(sub("one"), sub("two")), endTask("done")],
      "*": () => held.opened.then(() => ({ ...endTask("leaf"), usage: { inputTokens: 1_000, outputTokens: 50 } })),
    },
    { env: { MAX_CONCURRENT_AGENTS: "1", BANYAN_MAX_DB_MB: "1000" } },
  );
  const { getStatus, getFigures } = trial.runtime.application.queries;
  const idle = await getStatus();
  expect(idle.monitor).toMatchObject({ cpu_percent: null, active_agents: 0, queue_depth: 0, parked: 0, waiting: 0 });
  expect(idle.monitor?.process_mb).toBeGreaterThan(20);
  expect(idle.monitor?.alerts.map((alert) => alert.what)).not.toContain("database");

  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const work = { active_agents: 1, queue_depth: 1, waiting: 1 };
  await until(async () => (await getStatus()).monitor?.waiting === 1, "the root waits for its subtasks");
  await until(async () => (await getStatus()).slots.used === 1, "one of them is at work");
  expect((await getStatus()).monitor).toMatchObject(work);
  expect(await getFigures()).toMatchObject({
    trees_open: 1,
    tasks: { waiting: 1, running: 1, ready: 1, succeeded: 0 },
  });
  await trial.runtime.application.commands.pause({ id }, ownerCalled("tester"));
  expect((await getFigures()).tasks).toMatchObject({ paused: 3, waiting: 0 });
  expect((await getStatus()).monitor).toMatchObject({ waiting: 0, queue_depth: 0 });
  await trial.runtime.application.commands.resume({ id }, ownerCalled("tester"));

  held.open();
  const tree = await trial.ended(id);
  const figures = await getFigures();
  expect(figures).toMatchObject({
    trees_open: 0,
    tasks: { succeeded: tree.tasks.length, waiting: 0, running: 0, ready: 0 },
    tokens_in: tree.totals.tokens_in,
    tokens_out: tree.totals.tokens_out,
    micro_usd: Math.round(tree.totals.cost_usd * 1e6),
  });
  expect(figures.tokens_in).toBeGreaterThan(2_000);
  expect(figures.commits).toBeGreaterThan(3);
});
