import { expect, test } from "vitest";
import { statusLines } from "./status";

test("alerts come last, each with its remedy; an unknown value says that it was not measured", () => {
  const lines = statusLines({
    slots: { used: 2, max: 3 },
    queued: 4,
    openReviews: 1,
    candidate_lessons: 0,
    defaultModel: "anthropic/x",
    models: [
      { name: "anthropic", available: true, reason: null },
      { name: "openai", available: false, reason: "OPENAI_API_KEY is not set." },
      { name: "runbook", available: true, reason: null },
    ],
    model_notes: [],
    terminal: { available: false, reason: "bwrap is missing." },
    runners: null,
    version: "1",
    paused_everything: null,
    paused_schedules: [{ id: "s1", name: "Nightly", at: "2026-05-01T10:00:00.000Z", sentence: "Ann left." }],
    stuck_forges: [
      {
        project: "widgets",
        host: "github.com",
        at: "2026-05-01T10:00:00.000Z",
        sentence: "No token.",
        is_paused: false,
      },
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
      cpu_percent: null,
      memory_percent: 95,
      disk_percent: 20,
      process_mb: 180,
      active_agents: 2,
      queue_depth: 4,
      parked: 1,
      waiting: 5,
      alerts: [{ what: "memory", percent: 95, sentence: "Memory is 95 % used.", remedy: "Add memory." }],
    },
    today: { cost_usd: 1.5, tokens: 12_000, cap_usd: 20, cap_tokens: null },
    caps: { day_usd: 20, day_setting: null, tree_usd: 5 },
  });
  expect(lines).toEqual([
    "Slots     2 of 3 in use",
    "Queue     4 tasks",
    "Resting   5 waiting, 1 parked",
    "Reviews   1 open",
    "Today     $1.50 and 12k tokens spent of $20.00",
    "Models    anthropic/x is the default; usable: anthropic, runbook",
    "Terminal  off: bwrap is missing.",
    "Server    running, 180 MB of memory",
    "CPU       not measured",
    "Memory    95 %",
    "Disk      20 %",
    "! Memory is 95 % used. Add memory.",
    "! Banyan paused the schedule “Nightly”. Ann left. Resume it with `npx banyan schedule resume s1`.",
    "! widgets gets no work from github.com. No token. Look again with `npx banyan project look widgets`.",
    "! A change of shop waits for you: It is complex. Look with `npx banyan evolve shop status`.",
    "! Version 1111111 of shop to production waits for an approval. Look with `npx banyan service promotions shop`, and approve it with its id, p1.",
    "! Banyan stopped the evolution of shop. 3 rejections. Resume it with `npx banyan evolve shop resume`.",
  ]);
});
