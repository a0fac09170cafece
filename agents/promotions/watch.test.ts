/** Workers that stand still, with their machine or while another one takes their promotions over, on a real store. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { PromotionState } from "@/core/shapes/environments/promotions";
import { openStore } from "@/db/store";
import { realTimers } from "@/lib/time/timers";
import { foldersOf } from "./sources";
import { type PromotionWatchOptions, startPromotionWatch } from "./watch";

/** A promotion in this state at a target without a smoke test. Its commands run until `end`. */
async function watched(state: PromotionState, leads: () => boolean, now = Date.now) {
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
  const commands = { plan: null, deploy: "deploy", smoke: null, rollback: null };
  await promotions.setTarget("shop", { name: "production", ...commands, secrets: {}, plan_secrets: {}, hosts: [] });
  const [target] = promotions.targets("shop");
  const given = { targetId: target?.id ?? 0, kind: "promote", branch: null, commit: "a", askedBy: "you" } as const;
  await promotions.begin({ ...given, uid: "one" });
  await promotions.set({ uid: "one", state: "preparing" }, { state });
  mkdirSync(foldersOf(dataDir, "one").files, { recursive: true });

  const reports: string[] = [];
  let started = () => {};
  const isStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  let end = (_exitStatus: number) => {};
  let kills = 0;
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
    timers: { every: () => () => {}, after: realTimers.after },
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
    kills: () => kills,
    state: () => promotions.get("one")?.state,
    hasHome: () => existsSync(join(foldersOf(dataDir, "one").whole, "home")),
  };
}

test("what a command did says nothing once another worker leads, and its folders are left to that one", async () => {
  let isLeader = true;
  const one = await watched("deploying", () => isLeader);
  const checked = one.watch.check();
  await one.isStarted;
  isLeader = false;
  one.end(137);
  await checked;
  expect([one.state(), one.hasHome(), one.reports]).toEqual(["deploying", true, []]);
});

test("a worker that does not lead any more ends its commands", async () => {
  let isLeader = true;
  const one = await watched("deploying", () => isLeader);
  const checked = one.watch.check();
  await one.isStarted;
  isLeader = false;
  await one.watch.check();
  await checked;
  expect([one.kills(), one.state(), one.reports]).toEqual([1, "deploying", []]);
}, 10_000);

test("a step that needs no command is written only while the worker leads", async () => {
  let asked = 0;
  const one = await watched("smoking", () => {
    asked += 1;
    return asked === 1;
  });
  await one.watch.check();
  expect([one.state(), one.reports]).toEqual(["smoking", []]);
});

test("a worker that leads brings a promotion to its end", async () => {
  const one = await watched("deploying", () => true);
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
  const one = await watched(
    "deploying",
    () => true,
    () => nowMs,
  );
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
