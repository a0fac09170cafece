/** What a server has measured, as `/metrics` gets it, and its text as values. */
import { expect } from "vitest";
import { liftOf } from "@/core/lessons/lift";
import type { MemoryArm } from "@/core/log/lessons";
import { type Counted, FAMILIES, type Family } from "@/core/metrics/families";
import type { RunnersState } from "@/core/runners/shapes";
import type { Memory } from "@/core/shapes/memory";
import type { ServerFigures, ServerStatus } from "@/core/shapes/status";
import { FAKE_LIMITS } from "@/tests/fake/fake-limits";
import { metricsText } from "../metrics";

function counted(name: string, labels: string[], up_to_ms: number, events: number, sum: number): Counted {
  return { name, labels: JSON.stringify(labels), up_to_ms, events, sum };
}

export const figures: ServerFigures = {
  tasks: { ready: 2, running: 1, waiting: 3, parked: 0, paused: 0, succeeded: 7, failed: 1, stopped: 0 },
  trees_open: 2,
  tokens_in: 1_200_000,
  tokens_out: 34_000,
  micro_usd: 5_250_000,
  commits: 99,
  counted: [
    counted("banyan_tasks_ended_total", ["succeeded"], 0, 3, 3),
    counted("banyan_model_cost_dollars_total", ["openai", "gpt"], 0, 2, 0.75),
    counted("banyan_queue_wait_seconds", [], 250, 4, 0.5),
    counted("banyan_queue_wait_seconds", [], 300_000, 1, 200),
    counted("banyan_queue_wait_seconds", [], -1, 1, 9_000),
    // Of another release: a family, and labels, that this one does not know.
    counted("banyan_of_tomorrow_total", [], 0, 1, 1),
    counted("banyan_model_errors_total", ["openai"], 0, 1, 1),
  ],
  backup: {
    last_success: "2026-05-01T10:00:00.000Z",
    has_failed: false,
    interval_seconds: 86_400,
    bucket: { last_copy: "2026-05-01T10:01:00.000Z", last_proof: null, has_failed: true },
  },
};

export const status: ServerStatus = {
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
  totals: {
    paused_schedules: 21,
    stuck_forges: 22,
    waiting_changes: 23,
    waiting_promotions: 24,
    stopped_evolutions: 25,
  },
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

export const goal = (arm: MemoryArm, rounds: number) => ({ arm, succeeded: true, rounds, costUsd: 0.5, metAgain: 0 });

export const memory: Memory = {
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

const RUNNER: RunnersState["runners"][number] = {
  name: "one",
  pool: "linux",
  state: "answers",
  slots: 4,
  free: 4,
  architecture: "x64",
  version: "1.2.3",
  drained: null,
  silent_since: null,
  trees: [],
  checks: [],
};

const runners: RunnersState = {
  is_set_up: true,
  problem: null,
  seen_at: null,
  pools: [{ name: "linux", slots: 8, free: 3, runners: 2, trees: 4, ready: 1, held_since: null }],
  runners: [{ ...RUNNER, state: "silent" }],
};
export const measured = { status, figures, limits: FAKE_LIMITS, memory, runners };

/** Returns values by name with labels. Fails on a line that is not valid Prometheus text. */
export function parsed(text: string): Record<string, number> {
  expect(text.endsWith("\n")).toBe(true);
  const types = new Set<string>();
  const values: Record<string, number> = {};
  for (const line of text.trimEnd().split("\n")) {
    const type = /^# TYPE (\w+) (gauge|counter|histogram)$/.exec(line);
    const parts = type?.[2] === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    for (const part of type ? parts : []) types.add(`${type?.[1]}${part}`);
    if (line === "" || line.startsWith("#")) continue;
    const match = /^((\w+)(?:\{(?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+\})?) (-?\d+(?:\.\d+)?)$/.exec(line);
    if (!match?.[1] || !types.has(match[2] ?? "")) throw new Error(`This is no line of metrics: ${line}`);
    values[match[1]] = Number(match[3]);
  }
  return values;
}

/** Returns a text with at least one series of each metric that `/metrics` can have. */
export function everyMetric(): Promise<string> {
  const rows = Object.entries<Family>(FAMILIES).map(([name, { labels, type }]) =>
    counted(
      name,
      labels.map((label) => `a "${label}" of\nus`),
      type === "histogram" ? -1 : 0,
      1,
      1,
    ),
  );
  const goals = (["with", "without"] as const).flatMap((arm) => Array.from({ length: 20 }, () => goal(arm, 2)));
  const bucket = { last_copy: "2026-05-01T10:01:00.000Z", last_proof: "2026-05-01T10:02:00.000Z", has_failed: true };
  const backup = { ...figures.backup, bucket };
  const all = { figures: { ...figures, backup, counted: rows }, memory: { ...memory, lift: liftOf(goals) } };
  return metricsText({ ...measured, ...all });
}
