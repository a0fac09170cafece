import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KEPT_MS } from "@/db/audit/measurements";
import { openStore } from "@/db/store";
import type { Sample } from "@/lib/monitor/monitor";
import { fullInHours, overSince, readHistory, startMeasuring } from "./history";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse("2026-05-01T10:00:00Z");

function start() {
  const dir = mkdtempSync(join(tmpdir(), "banyan-history-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const clock = { nowMs: START };
  const store = openStore(join(dir, "banyan.db"), { migrations: "drizzle", now: () => clock.nowMs });
  onTestFinished(() => void store.client.sqlite.close());
  const spend = (tokens: number) =>
    store.client.sqlite
      .prepare(
        `INSERT INTO daily_spend (day, person, tokens, micro_usd) VALUES ('2026-05-01', 'anna', @tokens, @tokens * 10)
         ON CONFLICT (day, person) DO UPDATE SET tokens = tokens + @tokens, micro_usd = micro_usd + @tokens * 10`,
      )
      .run({ tokens });
  const row = { cpuPercent: 40, memoryPercent: 30, diskPercent: 50, slotsUsed: 2, queued: 1, commits: 6 };
  const add = (given: Partial<typeof row> = {}) => store.measurements.add({ ...row, ...given });
  const read = (hours: number) =>
    readHistory({ store, slots: 4, now: () => clock.nowMs, machine: async () => null }, hours);
  return { store, clock, spend, add, read };
}

test("each range has at most 200 points, and a time without rows is a gap", async () => {
  const { clock, add, read } = start();
  for (const minutes of [0, 1, 2, 30]) {
    clock.nowMs = START + minutes * MINUTE;
    await add({ slotsUsed: minutes });
  }
  for (const [hours, length] of [
    [1, 60],
    [24, 144],
    [168, 168],
  ] as const) {
    const { points } = await read(hours);
    expect([hours, points.length]).toEqual([hours, length]);
  }
  const { points, step_seconds } = await read(1);
  expect(step_seconds).toBe(60);
  expect(points.at(-1)).toMatchObject({ at: "2026-05-01T10:30:00.000Z", slots_used: 30, cpu_percent: 40, queued: 1 });
  expect(points.slice(-28, -1).every((point) => point.cpu_percent === null)).toBe(true);
  expect(points.slice(-31, -28).map((point) => point.slots_used)).toEqual([0, 1, 2]);
  expect((await read(168)).points.at(-1)).toMatchObject({ slots_used: 30, commits_minute: 6 });
  await expect(read(2)).rejects.toThrow('"hours" must be one of 1, 24, 168');
});

test("tokens and money of an hour are differences, also over a gap and with a database that had spent before", async () => {
  const { clock, add, read, spend } = start();
  spend(1_000);
  await add();
  spend(500);
  clock.nowMs = START + 30 * MINUTE;
  await add();
  expect((await read(1)).points.at(-1)).toMatchObject({ tokens_hour: 500, cost_usd_hour: 0.005 });
  // Nothing ran for hours.
  clock.nowMs = START + 5 * HOUR;
  spend(20);
  await add();
  expect((await read(1)).points.at(-1)).toMatchObject({ tokens_hour: 20 });
});

test("two processes on one database share a row; rows older than a week and an hour go", async () => {
  const { clock, add, store } = start();
  await add({ commits: 2 });
  await add({ commits: 3 });
  expect(store.measurements.steps(START, START + HOUR, MINUTE)).toMatchObject([{ commits: 5 }]);
  clock.nowMs = START + KEPT_MS + HOUR;
  await add();
  expect(store.measurements.newest(0)).toHaveLength(2);
  clock.nowMs += 2 * MINUTE;
  await add();
  expect(store.measurements.newest(0)).toHaveLength(2);
});

test("each minute a row is written: the mean of the processor, and what was committed since", async () => {
  const { store, clock } = start();
  const sample = (cpu: number | null, atMs: number): Sample => ({
    atMs,
    cpu: { percent: cpu, cores: 2 },
    memory: { usedBytes: 30, totalBytes: 100, processBytes: 1 },
    disk: { usedBytes: 91, totalBytes: 100 },
  });
  const samples = [
    sample(99, START - 2 * MINUTE),
    sample(null, START - 20_000),
    sample(10, START - 10_000),
    sample(20, START),
  ];
  let tick = () => {};
  const every = (ms: number, run: () => void) => {
    expect(ms).toBe(MINUTE);
    tick = run;
    return () => {
      tick = () => {};
    };
  };
  const problems: string[] = [];
  const end = startMeasuring({
    store,
    monitor: { latest: () => samples.at(-1) ?? null, history: () => samples },
    timers: { after: () => () => {}, every },
    report: (message) => void problems.push(message),
  });
  tick();
  await store.log.drain();
  expect(store.measurements.newest(0)).toEqual([{ atMs: START, cpu: 15, memory: 30, disk: 91 }]);
  clock.nowMs = START + MINUTE;
  tick();
  await store.log.drain();
  expect(store.measurements.steps(START, clock.nowMs + 1, MINUTE).map((step) => step.commits)).toEqual([0, 1]);
  end();
  tick();
  await store.log.drain();
  expect(store.measurements.newest(0)).toHaveLength(2);
  expect(problems).toEqual([]);
});

test("since when it is over, and when the disk is full", () => {
  const row = (minutesAgo: number, disk: number) => ({ atMs: START - minutesAgo * MINUTE, cpu: 1, memory: 1, disk });
  const disk = ({ disk }: { disk: number }) => disk;
  expect(overSince([row(0, 89)], disk, START)).toBeNull();
  expect(overSince([row(1, 91), row(2, 90), row(3, 89), row(4, 95)], disk, START)).toBe("2026-05-01T09:58:00.000Z");
  // The server was off, so older rows do not count.
  expect(overSince([row(1, 91), row(30, 91)], disk, START)).toBe("2026-05-01T09:59:00.000Z");
  expect(overSince([row(30, 91)], disk, START)).toBeNull();

  const now = { usedBytes: 90, totalBytes: 100 };
  expect(fullInHours([row(1, 90), row(60, 85)], now, START)).toBe(2);
  expect(fullInHours([row(1, 90), row(20, 80)], now, START)).toBeNull();
  expect(fullInHours([row(1, 90), row(60, 89)], now, START)).toBeNull();
  expect(fullInHours([row(1, 90), row(60, 95)], now, START)).toBeNull();
  expect(fullInHours([], now, START)).toBeNull();
});
