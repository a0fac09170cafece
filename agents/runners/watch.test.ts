/** What the worker that leads does about runners, while one of them does not answer. */
import { expect, onTestFinished, test } from "vitest";
import type { SeenRunners } from "@/db/runners/places";
import type { PresenceRecord } from "@/lib/nats/wire";
import { LEVEL } from "@/lib/runner/protocol";
import { realTimers } from "@/lib/time/timers";
import { startRunnerWatch } from "./watch";

const recordOf = (runner: string): PresenceRecord => {
  return { runner, bootId: "b", pool: "p", slots: 1, free: 1, architecture: "x64", version: "1", level: LEVEL };
};

/** `hung`: the only runner that gives no tree away until the test ends. Each runner is drained, and has one tree of its name. */
function watched(hung: string) {
  let heard: PresenceRecord[] = [];
  let seen: SeenRunners | null = null;
  let tell = () => {};
  let answer = () => {};
  const moved: string[] = [];
  const silence = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const sources = {
    cell: {
      link: () => ({ presence: { list: () => heard } }),
      problem: () => null,
      onChange(listener: () => void) {
        tell = listener;
        return () => {};
      },
    },
    places: {
      openPools: () => [],
      candidates: () => [],
      removeLeft: async () => {},
      async moveAway(tree: string) {
        if (tree === hung) await silence;
        else moved.push(tree);
      },
    },
    checks: { removeLeft: async () => {} },
    store: {
      places: {
        seen: () => seen,
        async setSeen(now: SeenRunners) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          seen = now;
        },
        drains: () => heard.map(({ runner }) => ({ runner, by: "tester", atMs: 0 })),
        placed: (runner: string) => [runner],
        endedPlaced: () => [],
        pools: () => [],
        ready: () => new Map(),
      },
    },
    timers: realTimers,
    leads: () => true,
    now: Date.now,
    report: () => {},
  } as unknown as Parameters<typeof startRunnerWatch>[0];
  const end = startRunnerWatch(sources);
  onTestFinished(() => {
    end();
    answer();
  });
  return {
    moved,
    end,
    names: () => seen?.runners.map(({ runner }) => runner) ?? [],
    hear(...runners: string[]) {
      heard = runners.map(recordOf);
      tell();
    },
  };
}

test("what is heard while a runner gives no tree away is written down, and other runners give theirs", async () => {
  const { hear, names, moved } = watched("a");
  hear("a", "b");
  await expect.poll(names).toEqual(["a", "b"]);
  expect(moved).toContain("b");
  hear("a", "b", "c");
  await expect.poll(names).toEqual(["a", "b", "c"]);
});

test("a change that comes while the one before is written down is written down after it", async () => {
  const { hear, names } = watched("none");
  hear("a");
  hear("a", "b");
  await expect.poll(names, { timeout: 2_000 }).toEqual(["a", "b"]);
});

test("the end waits for no runner, and nothing begins after it", async () => {
  const { hear, names, moved, end } = watched("a");
  hear("a");
  await expect.poll(names).toEqual(["a"]);
  expect(end()).toBeUndefined();
  hear("a", "b");
  await expect.poll(names).toEqual(["a"]);
  expect(moved).toEqual([]);
});
