/**
 * Workers that stand still, with their machine or while another one takes their promotions over, and the kill switch, on
 * a real store.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { PromotionState } from "@/core/shapes/environments/promotions";
import { openStore } from "@/db/store";
import { readLogFile } from "@/lib/environments/log-file";
import { realTimers } from "@/lib/time/timers";
import { foldersOf } from "./sources";
import { type PromotionWatchOptions, startPromotionWatch } from "./watch";

interface Watched {
  leads?(): boolean;
  now?(): number;
  commands?: { smoke?: string; rollback?: string };
}

/** A promotion in this state at a target without a smoke test. Its commands run until `end`. */
async function watched(state: PromotionState, { leads = () => true, now = Date.now, ...given }: Watched = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-promotions-"));
  const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const { projects, promotions } = store;
  const found = { checks: [], setup: null, kinds: [], is_git: true, is_empty: false };
  const project = { name: "shop", address: "/shop", branch: null, check: null, setup: null, found, defaults: {} };
  await projects.add({ ...project, createdBy: "you", keys: [] });
  const commands = { plan: null, deploy: "deploy", smoke: null, rollback: null, ...given.commands };
  await promotions.setTarget("shop", { name: "production", ...commands, secrets: {}, plan_secrets: {}, hosts: [] });
  const [target] = promotions.targets("shop");
  const asked = { targetId: target?.id ?? 0, kind: "promote", branch: null, commit: "a", askedBy: "you" } as const;
  await promotions.begin({ ...asked, uid: "one" });
  await promotions.set({ uid: "one", state: "preparing" }, { state });
  mkdirSync(foldersOf(dataDir, "one").files, { recursive: true });

  const reports: string[] = [];
  let started = () => {};
  const isStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  let end = (_exitStatus: number) => {};
  let starts = 0;
  let kills = 0;
  const clock = new Set<() => void>();
  const sandbox = {
    async start() {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const ended = new Promise((resolve) => {
        end = (exitStatus) => {
          stdout.destroy();
          stderr.destroy();
          resolve({ exitStatus });
        };
      });
      starts += 1;
      started();
      const kill = async () => {
        kills += 1;
        end(137);
      };
      return { stdin, stdout, stderr, ended, kill };
    },
  };
  const watch = startPromotionWatch({
    store,
    dataDir,
    sandbox,
    privateHosts: [],
    security: { redactor: { redact: String, redactStream: () => ({ push: (text: string) => text, end: () => "" }) } },
    timers: {
      every(_ms: number, run: () => void) {
        clock.add(run);
        return () => clock.delete(run);
      },
      after: realTimers.after,
    },
    now,
    leads,
    report: (message: string) => void reports.push(message),
  } as unknown as PromotionWatchOptions);
  return {
    watch,
    isStarted,
    reports,
    sandbox,
    end: (exitStatus: number) => end(exitStatus),
    starts: () => starts,
    kills: () => kills,
    halts: store.halts,
    /** A second passes. */
    tick() {
      for (const run of clock) run();
    },
    log: () => readLogFile(foldersOf(dataDir, "one").log, 0).text,
    state: () => promotions.get("one")?.state,
    hasHome: () => existsSync(join(foldersOf(dataDir, "one").whole, "home")),
  };
}

test("what a command did says nothing once another worker leads, and its folders are left to that one", async () => {
  let isLeader = true;
  const one = await watched("deploying", { leads: () => isLeader });
  const checked = one.watch.check();
  await one.isStarted;
  isLeader = false;
  one.end(137);
  await checked;
  expect([one.state(), one.hasHome(), one.reports]).toEqual(["deploying", true, []]);
});

test("a worker that does not lead any more ends its commands", async () => {
  let isLeader = true;
  const one = await watched("deploying", { leads: () => isLeader });
  const checked = one.watch.check();
  await one.isStarted;
  isLeader = false;
  await one.watch.check();
  await checked;
  expect([one.kills(), one.state(), one.reports]).toEqual([1, "deploying", []]);
}, 10_000);

test("a step that needs no command is written only while the worker leads", async () => {
  let asked = 0;
  const one = await watched("smoking", {
    leads() {
      asked += 1;
      return asked === 1;
    },
  });
  await one.watch.check();
  expect([one.state(), one.reports]).toEqual(["smoking", []]);
});

test("a worker that leads brings a promotion to its end", async () => {
  const one = await watched("deploying");
  const checked = one.watch.check();
  await one.isStarted;
  one.end(0);
  await checked;
  expect(one.state()).toBe("smoking");
  await one.watch.check();
  expect([one.state(), one.hasHome(), one.reports]).toEqual(["done", false, []]);
});

test("a step is tried again for an hour in which the machine was awake", async () => {
  let nowMs = 0;
  const one = await watched("deploying", { now: () => nowMs });
  one.sandbox.start = () => Promise.reject(new Error("There is no memory."));
  await one.watch.check();
  nowMs += 14 * 3_600_000;
  await one.watch.check();
  for (let minute = 0; minute < 59; minute += 1) {
    expect(one.state()).toBe("deploying");
    nowMs += 60_000;
    await one.watch.check();
  }
  expect(one.state()).toBe("taking_back");
});

test("pausing everything ends a command at the target, and the resume repeats its step", async () => {
  const one = await watched("deploying");
  const cut = one.watch.check();
  await one.isStarted;
  await one.halts.begin("you", "The key has leaked.");
  one.tick();
  await cut;
  await one.watch.check();
  expect([one.starts(), one.kills(), one.state()]).toEqual([1, 1, "deploying"]);
  await one.halts.end();
  const repeated = one.watch.check();
  await expect.poll(one.starts).toBe(2);
  one.end(0);
  await repeated;
  expect([one.kills(), one.state(), one.reports]).toEqual([1, "smoking", []]);
  expect(one.log()).toBe(
    "$ deploy\nEverything was paused: this step was ended, and begins again after the resume.\n$ deploy\n",
  );
});

test("a step whose command ended by itself starts no further one once everything is paused", async () => {
  const one = await watched("taking_back", { commands: { smoke: "smoke", rollback: "rollback" } });
  const cut = one.watch.check();
  await one.isStarted;
  await one.halts.begin("you", "");
  one.end(0);
  await cut;
  expect([one.starts(), one.kills(), one.state(), one.reports]).toEqual([1, 0, "taking_back", []]);
});

test("what a command did before everything was paused is kept", async () => {
  const one = await watched("deploying");
  const checked = one.watch.check();
  await one.isStarted;
  await one.halts.begin("you", "");
  one.end(0);
  await checked;
  expect(one.state()).toBe("smoking");
});
