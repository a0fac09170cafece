import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Timers } from "@/lib/time/timers";
import { type Alert, alertsOf } from "./alerts";
import { createMonitor, type Sample, sampleOnce } from "./monitor";

function tickingTimers() {
  let tick = () => {};
  let every = 0;
  const timers: Timers = {
    after: () => () => undefined,
    every(ms, run) {
      every = ms;
      tick = run;
      return () => {
        tick = () => {};
      };
    },
  };
  return { timers, tick: () => tick(), everyMs: () => every };
}

test("takes a sample of this machine immediately and at each tick; the history covers an hour", () => {
  const { timers, tick, everyMs } = tickingTimers();
  let now = 1_000;
  const monitor = createMonitor({ dataDir: tmpdir(), timers, sampleMs: 600_000, now: () => now });
  expect(everyMs()).toBe(600_000);
  const first = monitor.latest()!;
  expect(first).toMatchObject({ atMs: 1_000, cpu: { percent: null } });
  expect(first.memory.processBytes).toBeGreaterThan(10_000_000);
  for (const { usedBytes, totalBytes } of [first.memory, first.disk]) {
    expect(usedBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThan(usedBytes);
  }
  for (; now < 10_000; now += 1_000) tick();
  expect(monitor.history().map((sample) => sample.atMs)).toEqual([4_000, 5_000, 6_000, 7_000, 8_000, 9_000]);
  expect(monitor.latest()?.atMs).toBe(9_000);
  monitor.close();
  tick();
  expect(monitor.history()).toHaveLength(6);
});

test("by default it samples every five seconds, and a busy processor shows", () => {
  let busy = 0;
  const read = (file: string) => {
    if (file !== "/proc/stat") return null;
    busy += 80;
    return `cpu  ${busy} 0 0 ${busy / 4} 0 0 0 0\ncpu0 1 0 0 1\n`;
  };
  const { timers, tick, everyMs } = tickingTimers();
  const monitor = createMonitor({ dataDir: tmpdir(), timers, read });
  expect(everyMs()).toBe(5_000);
  tick();
  expect(monitor.latest()?.cpu).toEqual({ percent: 80, cores: 1 });
});

test("a single sample measures the processor too; a missing data folder counts on the disk where it will be", async () => {
  const sample = await sampleOnce(join(tmpdir(), "banyan-none", "deep"));
  expect(sample.cpu.cores).toBeGreaterThan(0);
  expect(sample.cpu.percent === null || (sample.cpu.percent >= 0 && sample.cpu.percent <= 100)).toBe(true);
  expect(sample.disk.totalBytes).toBeGreaterThan(0);
});

function sampleOf(given: { atMs?: number; cpu?: number | null; memory?: number; disk?: number }): Sample {
  const { atMs = 0, cpu = 5, memory = 10, disk = 10 } = given;
  return {
    atMs,
    cpu: { percent: cpu, cores: 2 },
    memory: { usedBytes: memory, totalBytes: 100, processBytes: 1 },
    disk: { usedBytes: disk, totalBytes: 100 },
  };
}

const named = (alerts: Alert[]) => alerts.map(({ what, percent }) => [what, percent]);

test("disk, memory and database raise alerts from the threshold on, each with a remedy", () => {
  expect(alertsOf(sampleOf({ memory: 89, disk: 89 }), { database: { sizeBytes: 89, maxBytes: 100 } })).toEqual([]);
  const alerts = alertsOf(sampleOf({ memory: 90, disk: 95 }), { database: { sizeBytes: 99, maxBytes: 100 } });
  expect(named(alerts)).toEqual([
    ["disk", 95],
    ["database", 99],
    ["memory", 90],
  ]);
  for (const { percent, sentence, remedy } of alerts) {
    expect(sentence).toContain(`${percent} %`);
    expect(sentence).toMatch(/\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  }
  expect(alerts[0]?.remedy).toContain("npx banyan delete TREE");
  expect(alerts[2]?.remedy).toContain("MAX_CONCURRENT_AGENTS");
  expect(alertsOf(sampleOf({}), { database: { sizeBytes: 99, maxBytes: null } })).toEqual([]);
  expect(named(alertsOf(sampleOf({ memory: 60 }), { threshold: 0.5 }))).toEqual([["memory", 60]]);
  expect(alertsOf({ ...sampleOf({}), disk: { usedBytes: 0, totalBytes: 0 } })).toEqual([]);
});

test("the processor raises an alert only after a whole minute", () => {
  const minute = (percents: (number | null)[]) => percents.map((cpu, at) => sampleOf({ atMs: at * 10_000, cpu }));
  const alertsAfter = (percents: (number | null)[]) => {
    const history = minute(percents);
    return named(alertsOf(history.at(-1)!, { history }));
  };
  expect(alertsAfter([99])).toEqual([]);
  expect(alertsAfter([99, 99, 99, 99, 99, 99])).toEqual([]);
  expect(alertsAfter([null, 99, 93, 99, 99, 99, 99])).toEqual([["cpu", 93]]);
  expect(alertsAfter([99, 99, 50, 99, 99, 99, 99])).toEqual([]);
  expect(alertsAfter([5, 99, 99, 99, 99, 99, 99])).toEqual([["cpu", 99]]);
  expect(alertsAfter([99, 99, 99, 99, 99, 99, 20])).toEqual([]);
});
