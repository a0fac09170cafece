import { expect, test } from "vitest";
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
  backup: { last_success: "2026-05-01T10:00:00.000Z", has_failed: false, interval_seconds: 86_400 },
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
  version: '1.2.3 "odd\\one"\n',
  paused_everything: null,
  paused_schedules: [{ id: "s1", name: "Nightly", at: "2026-05-01T10:00:00.000Z", sentence: "Ann left." }],
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
  const text = await metricsText(status, figures, FAKE_LIMITS);
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
    banyan_slots: 3,
    banyan_slots_used: 1,
    banyan_queue_depth: 2,
    banyan_open_reviews: 4,
    banyan_paused_schedules: 1,
    banyan_cpu_percent: 12,
    banyan_memory_percent: 40,
    banyan_disk_percent: 91,
    banyan_process_megabytes: 150,
    'banyan_alert{what="backup"}': 0,
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
  });
  expect(text).toContain("# TYPE banyan_commits_total counter\n");
});

test("leaves out values that were not measured, with their help lines", async () => {
  const { monitor } = status;
  const unmeasured = monitor && { ...monitor, cpu_percent: null, process_mb: null };
  expect(await metricsText({ ...status, monitor: unmeasured }, figures, FAKE_LIMITS)).not.toMatch(
    /cpu_percent|process_/,
  );
  const names = Object.keys(parsed(await metricsText({ ...status, monitor: null }, figures, FAKE_LIMITS)));
  expect(names.filter((name) => /percent|alert/.test(name) && !name.startsWith("banyan_limit_"))).toEqual([]);
});
