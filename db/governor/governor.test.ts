/** The stored events of the governor: whatever is read back of them, and kept, gives the same state. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, expect, test } from "vitest";
import { LIMIT_NAMES, type LimitName } from "@/core/log/limits";
import {
  foldGovernor,
  type GovernorEvent,
  type GovernorState,
  govern,
  USUAL_LIMITS,
  violationsOf,
  withChange,
} from "@/core/rules/governor";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import { newId } from "@/lib/new-id";

const folder = mkdtempSync(join(tmpdir(), "banyan-governor-"));
const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
const { governor } = store;
const HOUR_MS = 3_600_000;
const START = Date.UTC(2027, 0, 4);
const SETTINGS = withChange(USUAL_LIMITS, { limits: { memory: { action: "stop" } }, violations: 3 });

beforeEach(() => void store.client.sqlite.exec("DELETE FROM limit_events; DELETE FROM facts WHERE name = 'halt'"));
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const stored = (events: readonly GovernorEvent[]) =>
  governor.append(
    events.map((event) => ({ uid: newId(), event, sentence: "" })),
    governor.lastId(),
  );

/** What the rules read of a state. */
function read(state: GovernorState, nowMs: number) {
  return LIMIT_NAMES.map((name) => {
    const { level = "ok", sinceMs = null, believed = "ok", toldMs = {} } = state[name] ?? {};
    return { name, level, sinceMs, believed, toldMs, violations: violationsOf(state, name, SETTINGS, nowMs) };
  });
}

const change = (name: LimitName, atMs: number, level: "ok" | "limit", isAlert = false): GovernorEvent => ({
  atMs,
  name,
  kind: "level",
  level,
  was: level === "ok" ? "limit" : "ok",
  used: 1,
  max: 1,
  of: null,
  isAlert,
});

const STEPS = fc.array(
  fc.record({
    name: fc.constantFrom<LimitName>("disk", "memory", "quota"),
    percent: fc.constantFrom(10, 85, 95, 100),
    passedMs: fc.constantFrom(10_000, 60_000, HOUR_MS, 30 * HOUR_MS),
    isPaused: fc.boolean(),
  }),
  { maxLength: 40 },
);

test("the state that a new process reads is the state of the one before, however long a level has lasted", async () => {
  let nowMs = START;
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      store.client.sqlite.exec("DELETE FROM limit_events");
      const all: GovernorEvent[] = [];
      nowMs += 1_000 * HOUR_MS;
      for (const { name, percent, passedMs, isPaused } of steps) {
        nowMs += passedMs;
        const readings = { [name]: { used: percent, max: 100 } };
        const events = govern(foldGovernor(all), readings, SETTINGS, { nowMs, isPaused });
        all.push(...events);
        await stored(events);
        expect(read(foldGovernor(governor.recent(nowMs)), nowMs)).toEqual(read(foldGovernor(all), nowMs));
      }
      await governor.forgetBefore(nowMs - HOUR_MS);
      const later = nowMs + 30 * HOUR_MS;
      expect(read(foldGovernor(governor.recent(later)), later)).toEqual(read(foldGovernor(all), later));
    }),
    { numRuns: 60 },
  );
});

test("a limit that comes and goes all day does not hide another one that holds", async () => {
  const flaps = Array.from({ length: 2_000 }, (_, at) => change("cpu", START + at, at % 2 === 0 ? "limit" : "ok"));
  await stored([change("disk", START, "limit", true), ...flaps]);
  const { disk, cpu } = foldGovernor(governor.recent(START + 2_000));
  expect(disk).toMatchObject({ level: "limit", believed: "limit", sinceMs: START });
  expect([cpu?.level, cpu?.violationsMs.length]).toEqual(["ok", 100]);
});

test("events are bounded in number, also when the clock was ahead as they were stored; alerts stay for their receivers", async () => {
  const ahead = START + 365 * 24 * HOUR_MS;
  const flaps = Array.from({ length: 12_000 }, (_, at) => change("cpu", ahead + at, at % 2 === 0 ? "limit" : "ok"));
  await stored([change("disk", ahead, "limit", true), change("disk", ahead, "ok", true), ...flaps]);
  await governor.forgetBefore(START);
  expect(governor.list(100_000).length).toBe(10_002);
  expect(governor.alertsSince(START).map(({ event }) => event.level)).toEqual(["limit", "ok"]);
});

test("events that were decided on an outdated state are not stored", async () => {
  const before = governor.lastId();
  const event = { uid: "first", event: change("disk", START, "limit", true), sentence: "It is full." };
  expect(await governor.append([event], before)).toBe(true);
  expect(await governor.append([{ ...event, uid: "second" }], before)).toBe(false);
  expect(governor.list(10)).toHaveLength(1);
});

test("rounds that a fork has copies of count once, on the day on which they began", async () => {
  const { sqlite } = store.client;
  const round = async (tree: string, times: { tree: number; began: number; ended: number | null }) => {
    await insertSmallTree(store, { uid: tree, instruction: tree, workspace: folder });
    sqlite.prepare("UPDATE trees SET created_at_ms = ? WHERE uid = ?").run(START + times.tree, tree);
    sqlite
      .prepare("UPDATE tasks SET model = 'iteration', started_at_ms = ?, ended_at_ms = ? WHERE uid = ?")
      .run(START + times.began, times.ended && START + times.ended, `${tree}-root`);
  };
  await round("origin", { tree: 0, began: 1_000, ended: 2_000 });
  await round("fork", { tree: 3_000, began: 1_000, ended: 2_000 });
  expect(governor.goalRoundsOn(START)).toBe(1);
  // A copied round that was open at the cut goes on in the fork, and costs there.
  await round("open-fork", { tree: 3_000, began: 1_000, ended: 4_000 });
  await round("begun-in-fork", { tree: 3_000, began: 5_000, ended: null });
  // The clock was ahead then.
  await round("of-another-day", { tree: 24 * HOUR_MS, began: 24 * HOUR_MS, ended: null });
  expect(governor.goalRoundsOn(START)).toBe(3);
});
