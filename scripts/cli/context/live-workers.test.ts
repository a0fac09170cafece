import { expect, onTestFinished, test } from "vitest";
import type { WorkerRole } from "@/db/log/workers";
import { openStore } from "@/db/store";
import { ownIdentity } from "@/lib/process/identity";
import { freeDeadWorkers, watchWorkers } from "./live-workers";

const own = ownIdentity();
const gone = { ...own, processStart: "1" };
const elsewhere = { ...own, pidNamespace: "another" };

function open() {
  const store = openStore(":memory:", { migrations: "drizzle" });
  onTestFinished(() => store.client.close());
  const add = (identity: typeof own, role: WorkerRole) => store.workers.register(identity, role, null, () => false);
  return { store, add };
}

test("a live server or worker takes any tree's tasks; a run, a web server and a dead process do not", async () => {
  const { store, add } = open();
  const watch = watchWorkers(store);
  expect(watch.isLive()).toBe(false);
  await add(gone, "all");
  await add(own, "web");
  await add(own, "run");
  expect([watch.isLive(), watch.mayBeWorked()]).toEqual([false, true]);
  await add(own, "worker");
  expect(watch.isLive()).toBe(true);
});

test("a process in another namespace counts as alive while its heartbeat advances", async () => {
  const { store, add } = open();
  let nowMs = 0;
  const watch = watchWorkers(store, () => nowMs);
  const id = await add(elsewhere, "all");
  expect(watch.isLive()).toBe(true);
  nowMs = 29_000;
  expect(watch.isLive()).toBe(true);
  await store.workers.beat(id);
  nowMs = 58_000;
  expect(watch.isLive()).toBe(true);
  nowMs = 89_000;
  expect(watch.isLive()).toBe(false);
});

test("only workers of dead processes are removed", async () => {
  const { store, add } = open();
  await add(gone, "all");
  const kept = [await add(own, "run"), await add(elsewhere, "worker")];
  await freeDeadWorkers(store);
  expect(store.workers.list().map((worker) => worker.id)).toEqual(kept);
});
