import { expect, test } from "vitest";
import { liftOf } from "@/core/lessons/lift";
import type { MemoryArm } from "@/core/log/lessons";
import type { RunnersState } from "@/core/runners/shapes";
import type { Memory } from "@/core/shapes/memory";
import type { ServerFigures, ServerStatus } from "@/core/shapes/shapes";
import { FAKE_LIMITS } from "@/tests/fake/fake-limits";
import { metricsText } from "./metrics";

const figures: ServerFigures = {
  tasks: { ready: 2, running: 1, waiting: 3, parked: 0, paused: 0, succeeded: 7, failed: 1, stopped: 0 },
  trees_open: 2,
  tokens_in: 1_200_000,
  tokens_out: 34_000,
  micro_usd: 5_250_000,
  commits: 99,
  backup: {
    last_success: "2026-05-01T10:00:00.000Z",
    has_failed: false,
    interval_seconds: 86_400,
    bucket: { last_copy: "2026-05-01T10:01:00.000Z", last_proof: null, has_failed: true },
  },
};

const status: ServerStatus = {
  slots: { used: 1, max: 3 },
  queued: 2,
  openReviews: 4,
  candidate_lessons: 0,
  defaultModel: "runbook",
  models: [],
  model_notes: [],
  terminal: { available: true, reason: null },
  runners: null,
  version: '1.2.3 "odd\\one"\n',
  paused_everything: null,
  paused_schedules: [{ id: "s1", name: "Nightly", at: "2026-05-01T10:00:00.000Z", sentence: "Ann left." }],
  stuck_forges: [
    { project: "widgets", host: "github.com", at: "2026-05-01T10:00:00.000Z", sentence: "No token.", is_paused: false },
  ],
  waiting_changes: [{ project: "shop", cycle: "c1", title: "It is complex", at: "2026-05-01T10:00:00.000Z" }],
  waiting_promotions: [
    {
      project: "shop",
      promotion: "p1",
      target: "production",
      kind: "promote",
      commit: "1".repeat(40),
      asked_by: "mara",
      at: "2026-05-01T10:00:00.000Z",
    },
  ],
  stopped_evolutions: [{ project: "shop", at: "2026-05-01T10:00:00.000Z", sentence: "3 rejections." }],
  monitor: {
    cpu_percent: 12,
    memory_percent: 40,
    disk_percent: 91,
    process_mb: 150,
    active_agents: 1,
    queue_depth: 2,
    parked: 0,
    waiting: 3,
    alerts: [{ what: "disk", percent: 91, sentence: "It is nearly full.", remedy: "Empty it." }],
  },
  today: { cost_usd: 0, tokens: 0, cap_usd: null, cap_tokens: null },
  caps: { day_usd: null, day_setting: null, tree_usd: null },
};

const goal = (arm: MemoryArm, rounds: number) => ({ arm, succeeded: true, rounds, costUsd: 0.5, metAgain: 0 });

const memory: Memory = {
  on: true,
  holdout: 10,
  counts: { candidate: 3, live: 5, retired: 1 },
  waiting: 2,
  retired: { by_counts: 1, by_people: 0, merged: 0 },
  known: { lessons: 4, shown: 12, helped: 7, harmed: 2 },
  days: 90,
  lift: liftOf([goal("with", 2), goal("with", 4), goal("without", 5)], ["rounds"]),
  places: [],
};

const runners: RunnersState = {
  is_set_up: true,
  problem: null,
  seen_at: null,
  pools: [{ name: "linux", slots: 8, free: 3, runners: 2, trees: 4, ready: 1, held_since: null }],
  runners: [],
};
const measured = { status, figures, limits: FAKE_LIMITS, memory, runners };

/** Returns values by name with labels. Fails on a line that is not valid Prometheus text. */
function parsed(text: string): Record<string, number> {
  expect(text.endsWith("\n")).toBe(true);
  const types = new Set<string>();
  const values: Record<string, number> = {};
  for (const line of text.trimEnd().split("\n")) {
    const type = /^# TYPE (\w+) (?:gauge|counter)$/.exec(line);
    if (type?.[1]) types.add(type[1]);
    if (line === "" || line.startsWith("#")) continue;
    const match = /^((\w+)(?:\{(?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+\})?) (-?\d+(?:\.\d+)?)$/.exec(line);
    if (!match?.[1] || !types.has(match[2] ?? "")) throw new Error(`This is no line of metrics: ${line}`);
    values[match[1]] = Number(match[3]);
  }
  return values;
}

test("exports all known values", async () => {
  const text = await metricsText(measured);
  expect(parsed(text)).toEqual({
    'banyan_info{version="1.2.3 \\"odd\\\\one\\"\\n"}': 1,
    ...Object.fromEntries(Object.entries(figures.tasks).map(([name, n]) => [`banyan_tasks{status="${name}"}`, n])),
    banyan_trees_open: 2,
    'banyan_tokens{direction="in"}': 1_200_000,
    'banyan_tokens{direction="out"}': 34_000,
    banyan_cost_micro_usd: 5_250_000,
    banyan_commits_total: 99,
    banyan_backup_last_success_timestamp_seconds: Date.parse("2026-05-01T10:00:00Z") / 1_000,
    banyan_backup_failed: 0,
    banyan_backup_interval_seconds: 86_400,
    banyan_backup_copy_last_success_timestamp_seconds: Date.parse("2026-05-01T10:01:00Z") / 1_000,
    banyan_backup_copy_failed: 1,
    banyan_slots: 3,
    banyan_slots_used: 1,
    banyan_queue_depth: 2,
    banyan_open_reviews: 4,
    banyan_stuck_forges: 1,
    banyan_waiting_changes: 1,
    banyan_waiting_promotions: 1,
    banyan_stopped_evolutions: 1,
    banyan_paused_schedules: 1,
    banyan_cpu_percent: 12,
    banyan_memory_percent: 40,
    banyan_disk_percent: 91,
    banyan_process_megabytes: 150,
    'banyan_alert{what="backup"}': 0,
    'banyan_alert{what="runners"}': 0,
    'banyan_alert{what="cpu"}': 0,
    'banyan_alert{what="memory"}': 0,
    'banyan_alert{what="disk"}': 1,
    'banyan_alert{what="database"}': 0,
    ...Object.fromEntries(
      ["own_memory", "quota", "tokens", "cost", "rounds"].map((what) => [`banyan_alert{what="${what}"}`, 0]),
    ),
    ...Object.fromEntries(
      FAKE_LIMITS.limits.flatMap(({ name, percent, violations }) => [
        ...(percent === null ? [] : [[`banyan_limit_percent{limit="${name}"}`, percent]]),
        [`banyan_limit_level{limit="${name}"}`, name === "disk" ? 2 : 0],
        [`banyan_limit_violations{limit="${name}"}`, violations],
      ]),
    ),
    'banyan_claiming{tasks="all"}': 1,
    'banyan_claiming{tasks="one"}': 0,
    'banyan_claiming{tasks="none"}': 0,
    banyan_paused_everything: 0,
    'banyan_lessons{status="candidate"}': 3,
    'banyan_lessons{status="live"}': 5,
    'banyan_lessons{status="retired"}': 1,
    banyan_lessons_shown: 12,
    'banyan_lesson_outcomes{outcome="helped"}': 7,
    'banyan_lesson_outcomes{outcome="harmed"}': 2,
    'banyan_memory_goals{memory="with"}': 2,
    'banyan_memory_goals{memory="without"}': 1,
    'banyan_memory_mean{figure="rounds",memory="with"}': 3,
    'banyan_memory_mean{figure="rounds",memory="without"}': 5,
    'banyan_pool_runners{pool="linux"}': 2,
    'banyan_pool_slots{pool="linux"}': 8,
    'banyan_pool_slots_free{pool="linux"}': 3,
    'banyan_pool_trees{pool="linux"}': 4,
    'banyan_pool_waiting{pool="linux"}': 1,
    banyan_runners_silent: 0,
  });
  expect(text).toContain("# TYPE banyan_commits_total counter\n");
});

test("tells what memory changes, with its bounds, once both sides have 20 goals", async () => {
  const sides = [20, 19].map((many) => [
    ...Array.from({ length: 20 }, () => goal("with", 2)),
    ...Array.from({ length: many }, () => goal("without", 5)),
  ]);
  const [enough, few] = await Promise.all(
    sides.map(async (goals) => parsed(await metricsText({ ...measured, memory: { ...memory, lift: liftOf(goals) } }))),
  );
  for (const bound of ["value", "low", "high"])
    expect(enough?.[`banyan_memory_difference{figure="rounds",bound="${bound}"}`]).toBe(-3);
  expect(Object.keys(few ?? {}).filter((name) => name.startsWith("banyan_memory_difference"))).toEqual([]);
});

test("leaves out values that were not measured, with their help lines", async () => {
  const { monitor } = status;
  const unmeasured = monitor && { ...monitor, cpu_percent: null, process_mb: null };
  expect(await metricsText({ ...measured, status: { ...status, monitor: unmeasured } })).not.toMatch(
    /cpu_percent|process_/,
  );
  const names = Object.keys(parsed(await metricsText({ ...measured, status: { ...status, monitor: null } })));
  expect(names.filter((name) => /percent|alert/.test(name) && !name.startsWith("banyan_limit_"))).toEqual([]);
});
