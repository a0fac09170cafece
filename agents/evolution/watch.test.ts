/** What a stop and faults do to runs and cycles that are under way. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { realTimers } from "@/lib/time/timers";
import { WorkspaceError } from "@/lib/workspace/path";
import { type EvolutionWatchOptions, startEvolutionWatch } from "./watch";

test("a stop ends a look, and the run looks again at the next start", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-evolution-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const done: string[] = [];
  const run = { uid: "r", id: 1, project: "shop", state: "looking", maker: ownerCalled("tester") };
  let opened = () => {};
  const isOpened = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const watch = startEvolutionWatch({
    dataDir,
    store: {
      projects: { get: () => ({ name: "shop", address: "/shop" }) },
      evolutions: {
        orphans: () => [],
        unsettled: () => [],
        going: () => [run],
        changeRun: async (_: unknown, change: object) => done.push(JSON.stringify(change)),
      },
      halts: { current: () => null },
    },
    openRepository(_place: unknown, { signal }: { signal: AbortSignal }) {
      opened();
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
    timers: realTimers,
    now: () => 0,
    leads: () => true,
    report: (message: string) => done.push(message),
  } as unknown as EvolutionWatchOptions);
  void watch.check();
  await isOpened;
  await watch.stop();
  expect(done).toEqual([]);
}, 10_000);

test("only time in which a cycle was tried counts for giving it up: a machine that slept loses no finished work", async () => {
  const minuteMs = 60_000;
  let nowMs = 0;
  let tries = 0;
  const done: unknown[] = [];
  const cycle = {
    uid: "c",
    project: "shop",
    state: "working",
    tree: "t",
    begunAtMs: 1,
    words: null,
    insight: { id: "i" },
  };
  const watch = startEvolutionWatch({
    store: {
      projects: { get: () => ({ name: "shop", address: "/shop" }) },
      evolutions: {
        orphans: () => [],
        unsettled: () => [cycle],
        going: () => [],
        of: () => null,
        change: async (_: unknown, change: { state: string }) => done.push(change.state),
      },
      insights: { unplan: async () => {} },
      forges: { link: () => null },
      halts: { current: () => null },
      archivedTrees: { hashOf: () => null },
      queries: { trees: { treesLike: () => ["t"], rootOf: () => "r", getTask: () => ({ attempt: 0 }) } },
    },
    queries: {
      async getTree() {
        tries += 1;
        throw new WorkspaceError("The repository is away.");
      },
    },
    timers: { every: () => () => {}, after: () => () => {} },
    now: () => nowMs,
    leads: () => true,
    report: (message: string) => done.push(message),
  } as unknown as EvolutionWatchOptions);
  await watch.check();
  nowMs += 14 * 60 * minuteMs;
  await watch.check();
  expect([tries, done]).toEqual([2, []]);
  for (let minute = 0; minute < 19; minute += 1) {
    expect(done).toEqual([]);
    nowMs += minuteMs;
    await watch.check();
  }
  expect(done).toEqual(["failed"]);
  await watch.stop();
});
