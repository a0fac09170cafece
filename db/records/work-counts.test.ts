import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Counted, FAMILIES } from "@/core/metrics/families";
import { openStore } from "@/db/store";

const DAY_MS = 86_400_000;
const WAITS = "banyan_queue_wait_seconds";
const ENDED = "banyan_tasks_ended_total";

const wait = (events: number, up_to_ms = 250): Counted => ({ name: WAITS, labels: "[]", up_to_ms, events, sum: 0.5 });
const ended: Counted = { name: ENDED, labels: '["failed"]', up_to_ms: 0, events: 1, sum: 1 };

/** Two processes that use the same database. */
function opened() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-counts-"));
  const file = join(folder, "banyan.db");
  let nowMs = Date.parse("2026-05-01T23:00:00Z");
  const open = () => openStore(file, { migrations: "drizzle", now: () => nowMs });
  const stores = [open(), open()] as const;
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
    rmSync(folder, { recursive: true });
  });
  const [pages, worker] = stores.map(({ measurements }) => measurements.work) as [Work, Work];
  const today = () => Math.floor(nowMs / DAY_MS);
  const pass = (days: number) => {
    nowMs += days * DAY_MS;
  };
  return { pages, worker, today, pass };
}

type Work = ReturnType<typeof openStore>["measurements"]["work"];

test("two processes add to the same sums, which both read", async () => {
  const { pages, worker } = opened();
  await Promise.all([pages.add([wait(2), ended]), worker.add([wait(3), wait(1, -1)])]);
  const sums = [{ ...wait(1, -1), sum: 0.5 }, { ...wait(5), sum: 1 }, ended];
  expect(pages.totals()).toEqual(sums);
  expect(worker.totals()).toEqual(sums);
});

test("a day has its own sums where they are wanted; old days go, and the sum since the beginning stays", async () => {
  const { pages, today, pass } = opened();
  await pages.add([wait(2), ended]);
  const first = today();
  pass(1);
  await pages.add([wait(3), ended]);
  const days = () => pages.daily(WAITS, 0).map(({ day, events }) => [day, events]);
  expect(days()).toEqual([
    [first, 2],
    [first + 1, 3],
  ]);
  expect(pages.daily(WAITS, first + 1)).toHaveLength(1);
  expect("daily" in FAMILIES[ENDED]).toBe(false);
  expect(pages.daily(ENDED, 0)).toEqual([]);
  pass(35);
  await pages.add([wait(1)]);
  expect(days()).toEqual([
    [first + 1, 3],
    [first + 36, 1],
  ]);
  expect(pages.totals().map(({ name, events }) => [name, events])).toEqual([
    [WAITS, 6],
    [ENDED, 2],
  ]);
});
