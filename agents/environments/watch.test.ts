/** The kill switch and environments: what runs, what is being prepared, and what is being checked, on a real store. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { foldersOf } from "./sources";
import { type EnvironmentWatchOptions, startEnvironmentWatch } from "./watch";

/** A project with the environment `one`. Its service listens as soon as `isUp`, and runs until it is killed. */
async function watched({ isPrepared }: { isPrepared: boolean }) {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-environments-"));
  const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle" });
  const found = { checks: [], setup: null, kinds: [], is_git: true, is_empty: false };
  const project = { name: "shop", address: "/shop", branch: null, check: null, setup: null, found, defaults: {} };
  await store.projects.add({ ...project, createdBy: "you", keys: [] });
  const settings = { branch: null, pull: null, pullHead: null, command: "serve", variables: {}, secrets: {} };
  const { environments } = store;
  await environments.add({
    ...settings,
    uid: "one",
    project: "shop",
    name: "one",
    keepMs: 86_400_000,
    createdBy: "you",
  });
  if (isPrepared) {
    const { files } = foldersOf(dataDir, "one");
    mkdirSync(files, { recursive: true });
    chmodSync(files, 0o755);
    await environments.set("one", ["waiting"], { state: "waiting", commit: "a" });
  }

  const reports: string[] = [];
  const clock = new Set<() => void>();
  const counted = { isUp: true, starts: 0, opened: 0, onStart: async () => {} };
  const going = new Set<PassThrough>();
  const watch = startEnvironmentWatch({
    store,
    dataDir,
    program: process.cwd(),
    sandbox: {
      status: async () => ({ available: true }),
      async start() {
        counted.starts += 1;
        await counted.onStart();
        const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
        going.add(stdout);
        if (counted.isUp) stdout.write("up\n");
        let kill = async () => {};
        const ended = new Promise((resolve) => {
          kill = async () => {
            going.delete(stdout);
            resolve({ exitStatus: 137 });
          };
        });
        return { stdin, stdout, stderr, ended, kill: () => kill() };
      },
    },
    openRepository(_place: unknown, { signal }: { signal: AbortSignal }) {
      counted.opened += 1;
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    },
    security: { redactor: { redact: String, redactStream: () => ({ push: (text: string) => text, end: () => "" }) } },
    timers: {
      every(_ms: number, run: () => void) {
        clock.add(run);
        return () => clock.delete(run);
      },
    },
    now: Date.now,
    leads: () => true,
    report: (message: string) => void reports.push(message),
  } as unknown as EnvironmentWatchOptions);
  onTestFinished(async () => {
    await watch.stop();
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    watch,
    store,
    reports,
    counted,
    running: () => going.size,
    one: () => environments.get("one"),
    documents: foldersOf(dataDir, "one").documents,
    /** A second passes. */
    tick() {
      for (const run of clock) run();
    },
  };
}

test("a service that runs ends when everything is paused, and starts again after the resume", async () => {
  const { watch, store, counted, running, one, reports } = await watched({ isPrepared: true });
  await watch.check();
  expect([one()?.state, running()]).toEqual(["running", 2]);
  await store.halts.begin("you", "The key has leaked.");
  await watch.check();
  await watch.check();
  expect([one()?.state, one()?.socket, running(), counted.starts]).toEqual(["waiting", null, 0, 2]);
  await store.halts.end();
  await watch.check();
  expect([one()?.state, running(), counted.starts, reports]).toEqual(["running", 2, 4, []]);
});

test("what is being prepared ends when everything is paused, and is repeated after the resume", async () => {
  const { watch, store, counted, one, tick, reports } = await watched({ isPrepared: false });
  const cut = watch.check();
  await expect.poll(() => counted.opened).toBe(1);
  await store.halts.begin("you", "");
  tick();
  await cut;
  await watch.check();
  expect([one()?.state, counted.opened]).toEqual(["waiting", 1]);
  await store.halts.end();
  void watch.check();
  await expect.poll(() => counted.opened).toBe(2);
  expect([one()?.state, reports]).toEqual(["preparing", []]);
});

test("a service whose first program has started starts no second one once everything is paused", async () => {
  const { watch, store, counted, running, one, reports } = await watched({ isPrepared: true });
  counted.onStart = async () => void (await store.halts.begin("you", ""));
  await watch.check();
  await watch.check();
  expect([counted.starts, running(), one()?.state, reports]).toEqual([1, 0, "waiting", []]);
});

test("a check that goes on ends when everything is paused, and is done again", async () => {
  const { watch, store, counted, running, one, documents, tick, reports } = await watched({ isPrepared: true });
  mkdirSync(documents, { recursive: true });
  await store.environments.set("one", ["waiting"], { state: "asleep", commit: "a" });
  counted.isUp = false;
  await store.environments.wantChecks("one", { requests: 1, load: null, by: "you" });
  const cut = watch.check();
  await expect.poll(running).toBe(2);
  await store.halts.begin("you", "");
  tick();
  await cut;
  await watch.check();
  expect([running(), counted.starts, one()?.checks, one()?.wantedChecks?.by]).toEqual([0, 2, null, "you"]);
  await store.halts.end();
  void watch.check();
  await expect.poll(running).toBe(2);
  expect([counted.starts, reports]).toEqual([4, []]);
});
