/**
 * Months of trees on a simulated clock: after the horizon of retention, the database does not grow. `BANYAN_RETENTION_YEAR=1`
 * simulates a year of 200 trees a day and prints its figures.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore, type Store } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import { cleanIfDue } from "./watch";

const DAY = 86_400_000;
const IS_YEAR = process.env.BANYAN_RETENTION_YEAR === "1";
const { days, treesADay, horizon } = IS_YEAR
  ? { days: 365, treesADay: 200, horizon: 30 }
  : { days: 24, treesADay: 5, horizon: 6 };
const LIMIT_MS = IS_YEAR ? 1_800_000 : 60_000;
/** About what the log of a small real tree takes. */
const FILLING = "A line of a command's output, as agents read them. ".repeat(200);

interface Figures {
  day: number;
  trees: number;
  bytes: number;
  openMs: number;
  pageMs: number;
  cleanMs: number;
}

const open = (file: string, clock: { ms: number }) =>
  openStore(file, { migrations: "drizzle", synchronous: "NORMAL", now: () => clock.ms });

/** Adds the trees of a day, which end on it. */
async function addDay(store: Store, day: number, nowMs: number): Promise<void> {
  const { sqlite } = store.client;
  const uids = Array.from({ length: treesADay }, (_, index) => `tree-${day}-${index}`);
  await Promise.all(
    uids.map((uid) => insertSmallTree(store, { uid, instruction: `${uid} ${FILLING}`, workspace: "/nowhere" })),
  );
  sqlite.prepare("UPDATE trees SET ended_at_ms = ? WHERE ended_at_ms IS NULL").run(nowMs);
  sqlite.prepare("UPDATE tasks SET status = 'succeeded', ended_at_ms = ? WHERE ended_at_ms IS NULL").run(nowMs);
}

test(
  "after the horizon of retention the number of trees and the size of the database stay level",
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "banyan-year-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const file = join(dataDir, "banyan.db");
    const clock = { ms: Date.parse("2026-01-01T00:00:00Z") };
    let store = open(file, clock);
    await store.retention.set({ days: horizon });
    const figures: Figures[] = [];
    for (let day = 1; day <= days; day++) {
      clock.ms += DAY;
      await addDay(store, day, clock.ms);
      const begun = performance.now();
      await cleanIfDue({
        store,
        dataDir,
        now: () => clock.ms,
        snapshots: { drop: async () => {} },
        retentionSettings: { days: null, megabytes: null, keepsGoals: null },
        isTrial: () => false,
        report: fail,
      });
      const cleanMs = performance.now() - begun;
      if (day % horizon !== 0) continue;
      await store.close();
      const closed = performance.now();
      store = open(file, clock);
      const opened = performance.now();
      store.queries.trees.listTrees({ limit: 50 }, clock.ms);
      const pageMs = performance.now() - opened;
      const trees = store.client.sqlite.prepare("SELECT count(*) FROM trees").pluck().get() as number;
      figures.push({ day, trees, bytes: store.queries.status.sizeBytes(), openMs: opened - closed, pageMs, cleanMs });
    }
    await store.close();
    if (IS_YEAR) console.table(figures);
    const [, level, ...later] = figures;
    if (!level || later.length === 0) throw new Error("The test is shorter than two horizons.");
    for (const figures of later) {
      expect(figures.trees).toBe(level.trees);
      expect(figures.bytes).toBeLessThan(level.bytes * 1.1);
    }
    expect(level.trees).toBe(horizon * treesADay);
  },
  LIMIT_MS,
);

function fail(message: string): never {
  throw new Error(message);
}
