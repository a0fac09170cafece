import { expect, test } from "vitest";
import { liftOf } from "@/core/lessons/lift";
import { FAKE_LIMITS } from "@/tests/fake/fake-limits";
import { metricsText } from "./metrics";
import { figures, goal, measured, memory, parsed, status } from "./testing/measured";

test("a silent runner that a person has drained counts as drained", async () => {
  const [silent] = measured.runners.runners;
  const runners = [
    { ...silent, drained: { by: "Mara", at: "2026-05-01T10:00:00Z" } },
  ] as typeof measured.runners.runners;
  const counts = parsed(await metricsText({ ...measured, runners: { ...measured.runners, runners } }));
  expect(counts).toMatchObject({ 'banyan_runners{state="silent"}': 0, 'banyan_runners{state="drained"}': 1 });
});

test("exports all known values", async () => {
  const text = await metricsText(measured);
  expect(parsed(text)).toEqual({
    'banyan_info{version="1.2.3 \\"odd\\\\one\\"\\n"}': 1,
    ...Object.fromEntries(Object.entries(figures.tasks).map(([name, n]) => [`banyan_tasks{status="${name}"}`, n])),
    banyan_trees_open: 2,
    'banyan_tokens{direction="in"}': 1_200_000,
    'banyan_tokens{direction="out"}': 34_000,
    banyan_cost_dollars: 5.25,
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
    banyan_stuck_forges: 22,
    banyan_waiting_changes: 23,
    banyan_waiting_promotions: 24,
    banyan_stopped_evolutions: 25,
    banyan_paused_schedules: 21,
    banyan_cpu_usage_ratio: 0.12,
    banyan_memory_usage_ratio: 0.4,
    banyan_disk_usage_ratio: 0.91,
    banyan_process_memory_bytes: 150 * 2 ** 20,
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
        ...(percent === null ? [] : [[`banyan_limit_usage_ratio{limit="${name}"}`, percent / 100]]),
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
    ...Object.fromEntries(
      ["answers", "drained", "leaving", "silent", "other_level"].map((state) => [
        `banyan_runners{state="${state}"}`,
        Number(state === "silent"),
      ]),
    ),
    'banyan_tasks_ended_total{status="succeeded"}': 3,
    ...Object.fromEntries(
      ["tasks_ended", "goals_ended", "goal_rounds_ended"].flatMap((what) =>
        ["succeeded", "failed", "stopped"]
          .filter((end) => what !== "tasks_ended" || end !== "succeeded")
          .map((end) => [`banyan_${what}_total{status="${end}"}`, 0]),
      ),
    ),
    'banyan_model_cost_dollars_total{provider="openai",model="gpt"}': 0.75,
    ...Object.fromEntries(
      [0.25, 0.5, 1, 2.5, 5, 10, 30, 60].map((bound) => [`banyan_queue_wait_seconds_bucket{le="${bound}"}`, 4]),
    ),
    ...Object.fromEntries([300, 1800, 7200].map((bound) => [`banyan_queue_wait_seconds_bucket{le="${bound}"}`, 5])),
    'banyan_queue_wait_seconds_bucket{le="+Inf"}': 6,
    banyan_queue_wait_seconds_sum: 9_200.5,
    banyan_queue_wait_seconds_count: 6,
  });
  expect(text).toContain("# TYPE banyan_commits_total counter\n");
});

test("what has not failed yet is exported with 0 failures, so that an alert sees the first one", async () => {
  const rows: [string, string[]][] = [
    ["banyan_tool_call_duration_seconds", ["read_file", "ok"]],
    ["banyan_model_call_duration_seconds", ["openai", "gpt", "failed"]],
    ["banyan_http_request_duration_seconds", ["/trees", "GET", "2xx"]],
    ["banyan_http_request_duration_seconds", ["/trees", "GET", "4xx"]],
  ];
  const counted = rows.map(([name, labels]) => ({
    name,
    labels: JSON.stringify(labels),
    up_to_ms: 1_000,
    events: 2,
    sum: 1,
  }));
  const text = await metricsText({ ...measured, figures: { ...figures, counted } });
  const calls = Object.entries(parsed(text)).filter(([name]) => /_duration_seconds_count\{/.test(name));
  expect(Object.fromEntries(calls)).toEqual({
    'banyan_tool_call_duration_seconds_count{tool="read_file",outcome="ok"}': 2,
    'banyan_tool_call_duration_seconds_count{tool="read_file",outcome="failed"}': 0,
    'banyan_model_call_duration_seconds_count{provider="openai",model="gpt",outcome="ok"}': 0,
    'banyan_model_call_duration_seconds_count{provider="openai",model="gpt",outcome="failed"}': 2,
    'banyan_http_request_duration_seconds_count{route="/trees",method="GET",status="2xx"}': 2,
    'banyan_http_request_duration_seconds_count{route="/trees",method="GET",status="4xx"}': 2,
    'banyan_http_request_duration_seconds_count{route="/trees",method="GET",status="5xx"}': 0,
  });
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
    /cpu_usage|process_/,
  );
  const names = Object.keys(parsed(await metricsText({ ...measured, status: { ...status, monitor: null } })));
  expect(names.filter((name) => /usage_ratio|alert/.test(name) && !name.startsWith("banyan_limit_"))).toEqual([]);
});
