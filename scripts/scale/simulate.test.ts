/** The rules of the simulation, by laws that hold for every closed system of queues; and that docs/scale.md has its tables. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { simulateCell } from "./cell";
import { FIGURES, figuresWith } from "./figures";
import { type CellSetup, demandsOf, STATIONS, setupFor, turnNeeds } from "./needs";
import { randomOf } from "./random";
import { main, pageWith } from "./simulate";
import { createClock, createStation } from "./stations";
import { tablesOf } from "./tables";

const LENGTH = { seed: 1, startsMs: 10_000, beginMs: 300_000, countedMs: 1_000_000 };
/** A few very long commands would hide what the laws say. */
const EVEN = { ...FIGURES, commandSpread: 0.5 };
const ENOUGH: CellSetup = { agents: 100, slots: 1_000, callsPerSecond: null };

test("events come in the order of their times, and those of one time in the order in which they were added", () => {
  const clock = createClock();
  const seen: string[] = [];
  for (const [ms, name] of [
    [5, "c"],
    [1, "a"],
    [5, "d"],
    [3, "b"],
    [9, "late"],
  ] as const)
    clock.after(ms, () => seen.push(`${name} ${clock.nowMs()}`));
  clock.after(2, () => clock.after(1, () => seen.push("added")));
  clock.runUntil(8);
  expect([seen, clock.nowMs()]).toEqual([["a 1", "b 3", "added", "c 5", "d 5"], 8]);
});

test("work waits in order for one of the servers of a station, which counts waits and use", () => {
  const clock = createClock();
  const station = createStation(clock, 2);
  const ended: string[] = [];
  for (const [name, ms] of Object.entries({ a: 10, b: 30, c: 10, d: 10 }))
    station.work(ms, () => ended.push(`${name} ${clock.nowMs()}`));
  clock.runUntil(40);
  expect(ended).toEqual(["a 10", "c 20", "b 30", "d 30"]);
  expect(station.waits()).toEqual([0, 0, 10, 20]);
  expect(station.used()).toBe(60 / 80);
});

test("random numbers repeat, and keep their mean whatever their spread", () => {
  const [a, b] = [randomOf(7), randomOf(7)];
  expect(Array.from({ length: 20 }, () => a.next())).toEqual(Array.from({ length: 20 }, () => b.next()));
  const sum = Array.from({ length: 100_000 }, () => a.around(50, 1)).reduce((all, one) => all + one, 0);
  expect(Math.abs(sum / 100_000 - 50)).toBeLessThan(2);
});

test("with enough of everything, turns take what they need, and each part is used as the arithmetic says", () => {
  const { turnsPerSecond, turnMs, used } = simulateCell(ENOUGH, EVEN, LENGTH);
  const { wholeMs } = turnNeeds(EVEN);
  expect(Math.abs(turnMs.mean / wholeMs - 1)).toBeLessThan(0.05);
  const demands = demandsOf(ENOUGH, EVEN);
  for (const name of STATIONS)
    expect(Math.abs(used[name] - (turnsPerSecond * demands[name]) / 1_000), name).toBeLessThan(0.02);
  expect(simulateCell(ENOUGH, EVEN, LENGTH)).toEqual(simulateCell(ENOUGH, EVEN, LENGTH));
});

test.each([
  ["provider", { ...ENOUGH, callsPerSecond: 2 }],
  ["slots", { ...ENOUGH, slots: 4 }],
  ["thread", { ...ENOUGH, agents: 1_000 }],
] as const)("the part with the largest demand limits turns: %s", (limit, setup) => {
  const { turnsPerSecond, turnMs, used } = simulateCell(setup, EVEN, LENGTH);
  const most = 1_000 / demandsOf(setup, EVEN)[limit];
  expect(Math.abs(turnsPerSecond / most - 1)).toBeLessThan(0.1);
  expect(used[limit]).toBeGreaterThan(0.97);
  // Little's law: who is in the system is in a turn.
  expect(Math.abs((turnsPerSecond * turnMs.mean) / 1_000 / setup.agents - 1)).toBeLessThan(0.1);
});

test("what is set up for people is used no more than it may be, and cells hold no more people than they may", () => {
  for (const people of [1, 5, 50, 51, 5_000]) {
    const { cells, runnersPerCell } = setupFor(people, FIGURES);
    expect(people / cells).toBeLessThanOrEqual(FIGURES.peoplePerCell);
    const slots = runnersPerCell * FIGURES.slotsPerRunner;
    const agents = (people * FIGURES.agentsPerPerson) / cells;
    const turnsPerMs = agents / turnNeeds(FIGURES).wholeMs;
    const { thread, slots: ofSlots } = demandsOf({ agents, slots, callsPerSecond: null }, FIGURES);
    expect(turnsPerMs * Math.max(thread, ofSlots)).toBeLessThanOrEqual(FIGURES.mostUsed);
  }
});

test("a figure that is no figure is refused with one sentence, and the page needs a place for each table", () => {
  expect(figuresWith(["answerMs=100"]).answerMs).toBe(100);
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    for (const args of [["--set", "answer=1"], ["--set", "answerMs=x"], ["--set", "answerMs="], ["--wrong"]])
      expect(main(args), args.join(" ")).toBe(2);
    expect(main(["--write", "--set", "answerMs=1"])).toBe(2);
    expect(said).toHaveBeenCalledTimes(5);
    expect(said).toHaveBeenCalledWith(expect.stringContaining('"answer=1" sets no figure: use NAME=VALUE'));
  } finally {
    said.mockRestore();
  }
  expect(() => pageWith("no place", { needs: "| a |" })).toThrow("no place for the table needs");
});

test("docs/scale.md has the tables that the simulation makes: `npm run simulate -- --write`", () => {
  const page = readFileSync("docs/scale.md", "utf8");
  expect(pageWith(page, tablesOf(FIGURES))).toBe(page);
});
