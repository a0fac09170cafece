import { expect, test } from "vitest";
import { type RunnerFacts, runnersState } from "@/core/runners/state";
import { runnersAlert } from "./alert";

const NOW = Date.UTC(2026, 10, 28, 12);
const runner = {
  runner: "linux-1",
  pool: "linux",
  slots: 4,
  free: 0,
  architecture: "x64",
  version: "0.1.0",
  isNeighbour: true,
  goneSinceMs: null,
};
const tree = { id: "t1", title: "Build", pool: "linux", runner: "linux-1", number: 1, running: 1 };
const facts: RunnerFacts = {
  isSetUp: true,
  problem: null,
  seenAtMs: NOW,
  heard: [runner],
  held: [],
  drains: [],
  checks: [],
  trees: [tree],
  ready: new Map(),
};
const alertOf = (more: Partial<RunnerFacts>) =>
  runnersAlert(runnersState({ ...facts, ...more }), NOW)?.sentence ?? null;

test("people are told of silent runners, of NATS that is away, and of tasks that wait for long", () => {
  expect(alertOf({})).toBe(null);
  expect(alertOf({ heard: [{ ...runner, goneSinceMs: NOW - 60_000 }] })).toBe("1 runner is silent: linux-1.");
  expect(alertOf({ problem: "NATS is away." })).toBe("NATS is away.");
  // Nobody is disturbed about runners that no tree needs.
  expect(alertOf({ problem: "NATS is away.", trees: [], heard: [] })).toBe(null);
  const held = (minutes: number) => ({
    held: [{ pool: "linux", sinceMs: NOW - minutes * 60_000 }],
    ready: new Map([["linux", 2]]),
  });
  expect(alertOf(held(29))).toBe(null);
  expect(alertOf(held(40))).toBe("2 tasks of the pool linux wait for a free slot for 40 m.");
  expect(alertOf({ ...held(40), ready: new Map() })).toBe(null);
  expect(alertOf({ isSetUp: false, problem: "NATS is away." })).toBe(null);
});

test("what a drained, a leaving and a runner of another release have is no room for tasks", () => {
  const others = [
    { ...runner, free: 2 },
    { ...runner, runner: "linux-2", free: 4 },
    { ...runner, runner: "linux-3", slots: 0 },
    { ...runner, runner: "linux-4", free: 4, isNeighbour: false },
  ];
  const drains = [{ runner: "linux-2", by: "Mara", atMs: NOW }];
  const { pools, runners } = runnersState({ ...facts, heard: others, drains });
  expect(pools).toMatchObject([{ name: "linux", slots: 4, free: 2, runners: 1, trees: 1 }]);
  expect(runners.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "linux-1 answers",
    "linux-2 drained",
    "linux-3 leaving",
    "linux-4 other_level",
  ]);
  expect(runners[0]?.trees).toEqual([{ id: "t1", title: "Build", place: 1, running: 1 }]);
});
