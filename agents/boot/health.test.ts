import { expect, test } from "vitest";
import { realTimers } from "@/lib/time/timers";
import { trialsOfThisFile } from "@/tests/agents/scenario";
import { createHealth, healthOf } from "./health";

const start = trialsOfThisFile();

test("it is well while a worker gives signs, and says what is wrong when none does", async () => {
  const now = Date.now();
  const trial = await start(null, { work: false, runtime: { now: () => now } });
  const { store } = trial.runtime;
  expect(healthOf(store, now)).toMatch(/^No worker runs/);
  const worker = await trial.runtime.startWorker({ role: "all" });
  expect(healthOf(store, now)).toBeNull();
  expect(healthOf(store, now + 60_000)).toMatch(/^No worker has given a sign of life for \d+ seconds/);
  await worker.stop(0);
  expect(healthOf(store, now)).toMatch(/^No worker runs/);
  // Of a server that ends and whose worker has ended first.
  expect(healthOf(store, now, true)).toBeNull();
});

test("a jump of the clock is no silence of the worker, and real silence is still seen", async () => {
  const trial = await start(null, { work: false });
  const { store } = trial.runtime;
  const worker = await trial.runtime.startWorker({ role: "all" });
  let wall = Date.now();
  let clock = 0;
  const health = createHealth(store, { now: () => wall, timers: realTimers, steady: () => clock });
  expect(await health()).toBeNull();
  wall += 3_600_000;
  expect(await health()).toBeNull();
  wall += 31_000;
  clock += 31_000;
  expect(await health()).toMatch(/^No worker has given a sign of life/);
  await worker.stop(0);
});

test("trouble of the last write is over as soon as another one succeeds, also where nothing else is written", async () => {
  const trial = await start(null, { work: false });
  const { store } = trial.runtime;
  const worker = await trial.runtime.startWorker({ role: "all" });
  const health = createHealth(store, { now: Date.now, timers: realTimers });
  const full = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  await expect(
    store.log.write(() => {
      throw full;
    }),
  ).rejects.toThrow();
  expect(healthOf(store, Date.now())).toMatch(/full/);
  expect(await health()).toBeNull();
  await worker.stop(0);
});
