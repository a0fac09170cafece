import { expect, test } from "vitest";
import type { LimitLevel, LimitName } from "@/core/log/limits";
import {
  claimingOf,
  evolveGovernor,
  foldGovernor,
  type GovernorEvent,
  type GovernorSettings,
  govern,
  USUAL_LIMITS,
  violationsOf,
  withChange,
} from "./governor";

const START = 1_000_000_000;
const TEN_S = 10_000;
const MINUTE = 60_000;

/** Feeds percentages of one limit, one reading every `everyMs`, and returns everything that happened. */
function run(
  percents: readonly (number | null)[],
  { name = "disk" as LimitName, settings = USUAL_LIMITS, everyMs = TEN_S } = {},
) {
  const events: GovernorEvent[] = [];
  const claiming: string[] = [];
  percents.forEach((percent, at) => {
    const max = settings.limits[name].max ?? 100;
    const readings = percent === null ? {} : { [name]: { used: (percent * max) / 100, max } };
    const found = govern(foldGovernor(events), readings, settings, { nowMs: START + at * everyMs });
    events.push(...found);
    claiming.push(claimingOf(foldGovernor(events), settings).claiming);
  });
  return { events, claiming, state: foldGovernor(events) };
}

const levels = (events: readonly GovernorEvent[]) => events.map(({ kind, level }) => (kind === "level" ? level : kind));

test.each<[string, (number | null)[], LimitLevel[]]>([
  ["nothing below 80 %", [0, 50, 79.9], []],
  ["each level where it begins", [80, 90, 100], ["notice", "warning", "limit"]],
  ["a jump is one change", [10, 100], ["limit"]],
  ["an unknown reading changes nothing", [100, null, null], ["limit"]],
  ["a limit holds at 90 % and above, and ends below", [100, 95, 90, 89.9], ["limit", "notice"]],
  ["a limit can end at once", [100, 10], ["limit", "ok"]],
  ["a reading at a border gives one change", [90, 89, 90, 89, 90], ["warning"]],
  ["a level ends a little below its start", [90, 87.9, 77.9], ["warning", "notice", "ok"]],
])("levels: %s", (_what, percents, expected) => {
  expect(levels(run(percents).events)).toEqual(expected);
});

test("a limit without a maximum is never reached, and removing the maximum ends it", () => {
  expect(govern({}, { cpu: { used: 5_000, max: null } }, USUAL_LIMITS, { nowMs: START })).toEqual([]);
  const { state } = run([100]);
  const [event] = govern(state, { disk: { used: 100, max: null } }, USUAL_LIMITS, { nowMs: START + TEN_S });
  expect(event).toMatchObject({ level: "ok", was: "limit" });
});

test("nothing may be used of a limit of 0", () => {
  expect(levels(govern({}, { rounds: { used: 0, max: 0 } }, USUAL_LIMITS, { nowMs: START }))).toEqual(["limit"]);
});

test.each([
  ["alert", "all"],
  ["slow", "one"],
  ["hold", "none"],
  ["stop", "none"],
] as const)("at a limit with the action %s, tasks start: %s, until it is below 90 %%", (action, during) => {
  const settings = withChange(USUAL_LIMITS, { limits: { disk: { action } } });
  expect(run([99, 100, 91, 89], { settings }).claiming).toEqual(["all", during, during, "all"]);
});

test("the strictest limit decides, and is named; a quota holds nothing but its provider", () => {
  const at = (name: LimitName): GovernorEvent => ({
    atMs: START,
    name,
    kind: "level",
    level: "limit",
    was: "ok",
    used: 1,
    max: 1,
    of: null,
    isAlert: true,
  });
  const claimingAt = (...names: LimitName[]) => claimingOf(foldGovernor(names.map(at)), USUAL_LIMITS);
  expect(claimingAt("memory")).toEqual({ claiming: "one", by: ["memory"] });
  expect(claimingAt("memory", "disk", "own_memory")).toEqual({ claiming: "none", by: ["own_memory", "disk"] });
  expect(claimingAt("quota", "cost")).toEqual({ claiming: "all", by: [] });
});

test("five times over one limit within ten minutes is the emergency stop; four are not, nor five in a longer time", () => {
  const over = (times: number) => Array.from({ length: times }, () => [100, 10]).flat();
  expect(levels(run(over(5)).events).filter((level) => (level as string) === "stop")).toHaveLength(1);
  expect(levels(run(over(4)).events)).not.toContain("stop");
  const slowly = run(over(9), { everyMs: 90_000 });
  expect(levels(slowly.events)).not.toContain("stop");
  const stop = run(over(5)).events.at(-2);
  expect(stop).toMatchObject({ kind: "stop", name: "disk", isAlert: true });
});

test("violations of different limits are not added up", () => {
  let state = {};
  const kinds: string[] = [];
  for (let at = 0; at < 8; at += 1) {
    const over = at % 2 === 0 ? "disk" : "own_memory";
    const readings = { disk: { used: 1, max: 98 }, own_memory: { used: 1, max: 90 }, [over]: { used: 99, max: 98 } };
    const events = govern(state, readings, USUAL_LIMITS, { nowMs: START + at * TEN_S });
    kinds.push(...events.map(({ kind }) => kind));
    state = events.reduce(evolveGovernor, state);
  }
  expect(kinds).not.toContain("stop");
});

test("a limit that stays exceeded reaches the emergency stop within the window", () => {
  const { events } = run(Array.from({ length: 60 }, () => 100));
  expect(levels(events)).toEqual(["limit", "again", "again", "again", "again", "stop"]);
  expect(events.at(-1)?.atMs).toBe(START + 8 * MINUTE);
});

test("while everything is paused no violation counts, but levels are followed", () => {
  const { events, state } = run([100]);
  const during = (percent: number, atMs: number) =>
    govern(state, { disk: { used: (percent * 98) / 100, max: 98 } }, USUAL_LIMITS, { nowMs: atMs, isPaused: true });
  expect(levels(events)).toEqual(["limit"]);
  expect(during(100, START + 30 * MINUTE)).toEqual([]);
  expect(levels(during(10, START + 30 * MINUTE))).toEqual(["ok"]);
});

test("only a limit with the action stop pauses everything", () => {
  const settings = withChange(USUAL_LIMITS, { limits: { disk: { action: "hold" } } });
  const { events } = run(
    Array.from({ length: 60 }, () => 100),
    { settings },
  );
  expect(levels(events)).toEqual(["limit"]);
});

test("the number of violations and their window are settings", () => {
  const settings = withChange(USUAL_LIMITS, { violations: 2, within_minutes: 1 });
  expect(levels(run([100, 10, 100], { settings }).events)).toEqual(["limit", "ok", "limit", "stop"]);
});

test("after an emergency stop the count begins anew", () => {
  const { events, state } = run([100, 10, 100, 10, 100, 10, 100, 10, 100]);
  expect(levels(events).at(-1)).toBe("stop");
  expect(violationsOf(state, "disk", USUAL_LIMITS, START + MINUTE)).toBe(0);
  expect(state.disk?.level).toBe("limit");
  expect(govern(state, { disk: { used: 98, max: 98 } }, USUAL_LIMITS, { nowMs: START + 90_000 })).toEqual([]);
});

const told = (events: readonly GovernorEvent[]) =>
  events.filter(({ isAlert }) => isAlert).map(({ level, atMs }) => `${level} ${(atMs - START) / MINUTE}`);

test("people are told of a rise, and that a limit is over; never twice of the same", () => {
  const everyMs = MINUTE;
  expect(told(run([80, 90, 92, 95, 100, 100, 95, 10], { everyMs }).events)).toEqual(["warning 1", "limit 4", "ok 7"]);
  // A warning that comes and goes is told once in an hour.
  const wave = Array.from({ length: 90 }, (_, at) => (at % 2 === 0 ? 92 : 50));
  expect(told(run(wave, { everyMs }).events)).toEqual(["warning 0", "warning 60"]);
});

test("a limit that comes back soon is told later, if it still holds", () => {
  const hold: GovernorSettings = withChange(USUAL_LIMITS, { limits: { disk: { action: "hold" } } });
  const percents = [100, 10, 100, ...Array.from({ length: 10 }, () => 100), 10];
  const { events } = run(percents, { everyMs: MINUTE, settings: hold });
  expect(told(events)).toEqual(["limit 0", "ok 1", "limit 10", "ok 13"]);
});

test.each([
  ["notice", ["notice 0", "warning 1", "limit 2"]],
  ["warning", ["warning 1", "limit 2"]],
  ["limit", ["limit 2"]],
] as const)("alerts from the level %s", (alert_from, expected) => {
  const settings = withChange(USUAL_LIMITS, { alert_from });
  expect(told(run([80, 90, 100], { settings, everyMs: MINUTE }).events)).toEqual(expected);
});

test("a restart goes on from the stored events: nothing is told or counted twice", () => {
  const whole = run([100, 10, 100, 10, 100, 100, 100]);
  const first = run([100, 10, 100]);
  const stored = JSON.parse(JSON.stringify(first.events)) as GovernorEvent[];
  const events = [...stored];
  [10, 100, 100, 100].forEach((percent, at) => {
    const readings = { disk: { used: (percent * 98) / 100, max: 98 } };
    events.push(...govern(foldGovernor(events), readings, USUAL_LIMITS, { nowMs: START + (at + 3) * TEN_S }));
  });
  expect(events).toEqual(whole.events);
});

test("after a clock was set back, a limit is told and counted as before", () => {
  const { state } = run([100, 10, 100, 10]);
  const year = 365 * 24 * 60 * MINUTE;
  const events: GovernorEvent[] = [];
  let now = state;
  for (let at = 0; at < 60; at += 1) {
    const readings = { disk: { used: 98, max: 98 } };
    const found = govern(now, readings, USUAL_LIMITS, { nowMs: START - year + at * TEN_S });
    events.push(...found);
    now = found.reduce(evolveGovernor, now);
  }
  expect(events[0]).toMatchObject({ kind: "level", level: "limit", isAlert: true });
  expect(levels(events)).toEqual(["limit", "again", "again", "again", "again", "stop"]);
});
