/** What a stop and faults do to runs and cycles that are under way. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { realTimers } from "@/lib/time/timers";
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
