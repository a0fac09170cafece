import { expect, test } from "vitest";
import { type RunnerFacts, runnersState } from "@/core/runners/state";
import type { SeenRunners } from "@/db/runners/places";
import { runnersAlert } from "./alert";
import { startRunnerWatch } from "./watch";

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
  openTrees: new Map([[tree.pool, 1]]),
  ready: new Map(),
};
const alertOf = (more: Partial<RunnerFacts>) =>
  runnersAlert(runnersState({ ...facts, ...more }), NOW)?.sentence ?? null;

test("people are told of silent runners, of NATS that is away, and of tasks that wait for long", () => {
  expect(alertOf({})).toBe(null);
  expect(alertOf({ heard: [{ ...runner, goneSinceMs: NOW - 60_000 }] })).toBe("1 runner is silent: linux-1.");
  expect(alertOf({ problem: "NATS is away." })).toBe("NATS is away.");
  const silent = [{ ...runner, goneSinceMs: NOW - 60_000 }];
  // The remedy that the alert itself names.
  expect(alertOf({ heard: silent, drains: [{ runner: "linux-1", by: "Mara", atMs: NOW }] })).toBe(null);
  // Nobody is disturbed about runners that no tree needs.
  expect(alertOf({ problem: "NATS is away.", trees: [], openTrees: new Map(), heard: [] })).toBe(null);
  const held = (minutes: number) => ({
    held: [{ pool: "linux", sinceMs: NOW - minutes * 60_000 }],
    ready: new Map([["linux", 2]]),
  });
  expect(alertOf(held(29))).toBe(null);
  expect(alertOf(held(40))).toBe("2 tasks of the pool linux wait for a free slot for 40 m.");
  expect(alertOf({ ...held(40), ready: new Map() })).toBe(null);
  expect(alertOf({ isSetUp: false, problem: "NATS is away." })).toBe(null);
});

/** What the watch of a server without a free slot does: `ready` tasks wait, and what it removes fails. */
async function watched(ready: () => Map<string, number>) {
  const seen: SeenRunners[] = [];
  const reported: string[] = [];
  let look = () => {};
  let nowMs = NOW;
  let removals = 0;
  const removeLeft = async () => {
    removals += 1;
    throw new Error("It cannot be read.");
  };
  const store = {
    places: {
      pools: () => ["linux"],
      ready,
      seen: () => seen.at(-1) ?? null,
      setSeen: async (now: SeenRunners) => void seen.push(now),
      endedPlaced: () => [],
    },
  };
  const end = startRunnerWatch({
    cell: { link: () => null, problem: () => null, onChange: () => () => {}, close: async () => {} },
    places: { openPools: () => [], removeLeft },
    checks: { removeLeft },
    store,
    timers: {
      after: () => () => {},
      every: (_ms: number, run: () => void) => {
        look = run;
        return () => {};
      },
    },
    leads: () => true,
    now: () => nowMs,
    report: (message: string) => void reported.push(message),
  } as unknown as Parameters<typeof startRunnerWatch>[0]);
  const isDone = async (looks: number) => {
    await expect.poll(() => removals).toBe(2 * looks);
    // The next look begins when this one has ended.
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  await isDone(1);
  return {
    seen,
    reported,
    end,
    async later(ms: number) {
      nowMs += ms;
      const before = removals / 2;
      look();
      await isDone(before + 1);
    },
  };
}

test("tasks wait for a slot since one is ready, not since the pool is full", async () => {
  let ready = new Map<string, number>();
  const { seen, later, end } = await watched(() => ready);
  await later(3 * 3_600_000);
  expect(seen.at(-1)?.held).toEqual([]);
  ready = new Map([["linux", 1]]);
  await later(60_000);
  const heldSinceMs = NOW + 3 * 3_600_000 + 60_000;
  expect(seen.at(-1)?.held).toEqual([{ pool: "linux", sinceMs: heldSinceMs }]);
  await later(60_000);
  expect(seen.at(-1)?.held).toEqual([{ pool: "linux", sinceMs: heldSinceMs }]);
  await end();
});

test("what cannot be removed from a runner is told once, and keeps no other clean-up from running", async () => {
  const { reported, later, end } = await watched(() => new Map());
  for (let looks = 0; looks < 3; looks++) await later(5_000);
  await end();
  expect(reported).toEqual([
    "What work left on runners could not be removed. It is tried again.",
    "What checks left on runners could not be removed. It is tried again.",
  ]);
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
  // Of very many trees only the newest are listed.
  const many = runnersState({
    ...facts,
    openTrees: new Map([
      ["linux", 1_200],
      ["gpu", 3],
    ]),
  });
  expect(many.pools.map(({ name, trees }) => [name, trees])).toEqual([
    ["gpu", 3],
    ["linux", 1_200],
  ]);
});
