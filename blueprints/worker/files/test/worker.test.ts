/** The worker runs jobs, some at once, and ends them before it stops. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { pino } from "pino";
import { healthServer } from "../src/health.ts";
import { JOBS, type Run } from "../src/jobs.ts";
import { Queue } from "../src/queue.ts";
import { Worker } from "../src/worker.ts";

const log = pino({ level: "silent" });

/** A job that runs until the test ends it. */
function heldJob() {
  const open: (() => void)[] = [];
  let started = () => {};
  const run: Run = () =>
    new Promise((resolve) => {
      open.push(resolve);
      started();
    });
  const running = (count: number) =>
    new Promise<void>((resolve) => {
      started = () => open.length === count && resolve();
      started();
    });
  return { run, running, end: () => open.shift()?.() };
}

test("no more jobs run at once than allowed, and stopping waits for them", async () => {
  const queue = new Queue(":memory:");
  const held = heldJob();
  const worker = new Worker({ queue, jobs: { held: held.run }, concurrency: 2, log });
  for (let count = 0; count < 4; count += 1) queue.add("held", {});
  worker.start();
  await held.running(2);
  assert.deepEqual(queue.counts(), { waiting: 2, running: 2, failed: 0 });
  held.end();
  await held.running(2);
  const stopped = worker.stop();
  held.end();
  held.end();
  await stopped;
  assert.deepEqual(queue.counts(), { waiting: 1, running: 0, failed: 0 });
});

test("a job that throws, and one of an unknown kind, wait for another attempt", async () => {
  const queue = new Queue(":memory:");
  const ran: unknown[] = [];
  const jobs: Record<string, Run> = {
    broken: async () => {
      throw new Error("broken");
    },
    fine: async (data) => void ran.push(data),
  };
  for (const kind of ["broken", "unknown", "fine"]) queue.add(kind, kind);
  const worker = new Worker({ queue, jobs, concurrency: 1, log });
  worker.start();
  while (ran.length === 0) await new Promise(setImmediate);
  await worker.stop();
  assert.deepEqual(ran, ["fine"]);
  assert.deepEqual(queue.counts(), { waiting: 2, running: 0, failed: 0 });
});

test("the example greets, and refuses other data", async () => {
  await JOBS.greet?.({ name: "Ann" }, log);
  await assert.rejects(async () => JOBS.greet?.({}, log));
});

test("its health says what it does", async (t) => {
  const queue = new Queue(":memory:");
  const worker = new Worker({ queue, jobs: {}, concurrency: 1, log });
  const server = healthServer(queue, worker).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const healthy = await fetch(`${url}/healthz`);
  assert.deepEqual([healthy.status, await healthy.json()], [200, { status: "ok", jobs: queue.counts() }]);
  assert.equal((await fetch(url)).status, 404);
  await worker.stop();
  assert.equal((await fetch(`${url}/healthz`)).status, 503);
});
