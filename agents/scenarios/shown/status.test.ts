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

test("of what needs a person the status lists at most 20 of a kind, and counts all", async () => {
  const trial = await start({});
  const { sqlite } = trial.runtime.store.client;
  const { getStatus } = trial.runtime.application.queries;
  expect(new Set(Object.values((await getStatus()).totals))).toEqual(new Set([0]));
  const numbers = (most: number) =>
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${most})`;
  // The first of each kind was paused or stopped by a person, is settled, or is removed.
  sqlite.exec(`
    ${numbers(60)} INSERT INTO projects (id, name, address, found, defaults, created_by, created_at_ms)
    SELECT n, 'p' || n, '/p' || n, '{}', '{}', 'ann', n FROM numbers;
    ${numbers(22)} INSERT INTO schedules (uid, name, cron, zone, overlap, submission, maker, paused_at_ms, paused_by, created_at_ms)
    SELECT 's' || n, 's' || n, '@daily', 'UTC', 'skip', '{}', '{}', n, iif(n = 1, 'ann', NULL), n FROM numbers;
    ${numbers(23)} INSERT INTO forge_links (project_id, kind, host, api_url, path, clone_url, label, most_open, maker,
      comments_since_ms, next_at_ms, failures, paused_at_ms, paused_by, created_by, created_at_ms)
    SELECT n, 'github', 'github.com', 'https://api', 'a/b', 'https://a/b', 'banyan', 1, '{}', n, n, iif(n < 9, 3, 0),
      iif(n < 9, iif(n = 1, n, NULL), n), iif(n = 1, 'ann', NULL), 'ann', n FROM numbers;
    ${numbers(24)} INSERT INTO evolutions (project_id, rules, stopped_at_ms, stopped_by)
    SELECT n, '{}', n, iif(n = 1, 'ann', NULL) FROM numbers;
    ${numbers(25)} INSERT INTO promotion_targets (id, project_id, name, deploy_command, secrets, plan_secrets, hosts)
    SELECT n, n, 'production', 'true', '{}', '{}', '[]' FROM numbers;
    INSERT INTO promotions (uid, target_id, kind, state, asked_by, created_at_ms, changed_at_ms)
    SELECT 'm' || id, id, 'promote', iif(id = 1, 'done', 'asked'), 'ann', id, id FROM promotion_targets;
    ${numbers(26)} INSERT INTO evolution_runs (id, uid, project_id, cause, maker, cycles_max, state, created_at_ms)
    SELECT n, 'r' || n, n + 30, 'person', '{}', 1, 'running', n FROM numbers;
    INSERT INTO evolution_cycles (uid, project_id, run_id, insight, insight_uid, score, paths, tree, state, cap_micro_usd,
      created_at_ms, changed_at_ms)
    SELECT 'c' || id, project_id, id, '{"title":"It is complex"}', 'i', 1, '[]', 't' || id, iif(id = 1, 'accepted', 'open'), 1,
      id, id FROM evolution_runs;`);
  const { totals, ...status } = await getStatus();
  expect(totals).toEqual({
    paused_schedules: 21,
    stuck_forges: 22,
    stopped_evolutions: 23,
    waiting_promotions: 24,
    waiting_changes: 25,
  });
  for (const name of Object.keys(totals) as (keyof typeof totals)[])
    expect([name, status[name].length]).toEqual([name, 20]);
});
