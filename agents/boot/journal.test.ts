import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startsNow } from "@/agents/queries/operations";
import { freeDeadWorkers } from "@/agents/worker/other-workers";
import { openStore } from "@/db/store";
import { ownIdentity } from "@/lib/process/identity";
import { openJournal } from "./journal";
import { keepWebRow } from "./web-row";

function installation() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let nowMs = 1_000;
  const now = () => nowMs;
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle", now });
  onTestFinished(() => store.close());
  let later = () => {};
  const timers = {
    after(_ms: number, run: () => void) {
      later = run;
      return () => {};
    },
    every: () => () => {},
  };
  const open = (process: Partial<ReturnType<typeof ownIdentity>> = {}) =>
    openJournal({
      store,
      timers,
      now,
      role: "all" as const,
      version: "1.0.0",
      commit: "abc",
      own: { ...ownIdentity(), ...process },
      report: (message) => expect.unreachable(message),
    });
  const at = (ms: number) => {
    nowMs = ms;
  };
  const ends = () => store.starts.list().map(({ end }) => end && [end.how, end.by, end.atMs]);
  return { store, open, ends, at, recheck: () => later() };
}

test("a stop by a signal, a stop by a person and a run that goes on", async () => {
  const { store, open, ends, at } = installation();
  const first = open();
  await first.started();
  at(2_000);
  await first.stopped("signal", "SIGTERM");
  const second = open();
  await second.started();
  await second.stopped("asked", "Ann");
  await open().started();
  expect(ends()).toEqual([null, ["asked", "Ann", 2_000], ["signal", "SIGTERM", 2_000]]);
  expect(store.starts.list().at(-1)).toMatchObject({
    role: "all",
    version: "1.0.0",
    commit: "abc",
    startedAtMs: 1_000,
  });
});

test("the next start finds a crash with its last sign of life, and a machine that went down", async () => {
  const { store, open, ends, at } = installation();
  const crashed = { processStart: "1" };
  await store.workers.register({ ...ownIdentity(), ...crashed }, "all", null, () => false);
  await open({ bootId: "an-earlier-boot" }).started();
  await open(crashed).started();
  at(9_000);
  await open().started();
  expect(ends()).toEqual([null, ["crashed", null, 1_000], ["machine", null, null]]);
});

test("a process that was killed is shown as such at once, before another one has written its end", async () => {
  const { store, open, ends } = installation();
  const killed = { processStart: "1" };
  await store.workers.register({ ...ownIdentity(), ...killed }, "all", null, () => false);
  await open().started();
  await open(killed).started();
  expect(ends()).toEqual([null, null]);
  expect(startsNow(store).map(({ end }) => end && [end.how, end.atMs])).toEqual([["crashed", 1_000], null]);
});

test("a process in another container counts as crashed when its row is gone", async () => {
  const { store, open, ends, recheck } = installation();
  const elsewhere = { pidNamespace: "pid:[1]" };
  const row = await store.workers.register({ ...ownIdentity(), ...elsewhere }, "worker", null, () => false);
  await open(elsewhere).started();
  await open().started();
  expect(ends()).toEqual([null, null]);
  await store.workers.leave(row);
  recheck();
  await expect.poll(ends).toEqual([null, ["crashed", null, 1_000]]);
});

test("a process without a worker is last seen at its last heartbeat, also when a worker has removed its row", async () => {
  const { store, open, ends, at } = installation();
  const killed = { ...ownIdentity(), processStart: "1" };
  let tick = () => {};
  const timers = {
    after: () => () => {},
    every(_ms: number, run: () => void) {
      tick = run;
      return () => {};
    },
  };
  const report = (message: string) => expect.unreachable(message);
  await open(killed).started();
  await keepWebRow({ workers: store.workers, own: killed, address: null, timers, report });
  at(60_000);
  tick();
  await expect.poll(() => store.workers.list()[0]?.seenAtMs).toBe(60_000);
  at(70_000);
  await freeDeadWorkers({
    store,
    id: 0,
    seen: new Map(),
    monotonic: () => 0,
    options: { identity: ownIdentity() },
  } as unknown as Parameters<typeof freeDeadWorkers>[0]);
  expect(store.workers.list()).toEqual([]);
  expect(ends()).toEqual([["crashed", null, 60_000]]);
  at(90_000);
  await open().started();
  expect(ends()).toEqual([null, ["crashed", null, 60_000]]);
});
