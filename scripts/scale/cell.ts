/** Simulates one cell: agents that take turns, and what each turn needs of its server, its runners, NATS and a provider. */
import type { Figures } from "./figures";
import { type CellSetup, linkMs, programServers, STATIONS, type StationName } from "./needs";
import { randomOf } from "./random";
import { createClock, createStation, type Station } from "./stations";

export interface CellResult {
  turnsPerSecond: number;
  /** From one turn's begin to the next. */
  turnMs: { mean: number; p95: number };
  /** The share that is used, 0 to 1. */
  used: Record<StationName, number>;
  /** How long work waited for it, p95. */
  waitMs: Record<StationName, number>;
}

export interface Length {
  seed: number;
  /** The agents start in the course of this time. */
  startsMs: number;
  /** The beginning, which is not counted. */
  beginMs: number;
  countedMs: number;
}

/** The same seed gives the same result. */
export function simulateCell(
  setup: CellSetup,
  figures: Figures,
  { seed, startsMs, beginMs, countedMs }: Length,
): CellResult {
  const clock = createClock();
  const random = randomOf(seed);
  const stations: Record<StationName, Station> = {
    provider: createStation(clock, 1),
    thread: createStation(clock, 1),
    programs: createStation(clock, programServers(figures)),
    slots: createStation(clock, setup.slots),
    nats: createStation(clock, 1),
    link: createStation(clock, 1),
  };
  const { provider, thread, programs, slots, nats, link } = stations;
  let turns: number[] = [];

  const runTurn = (startedMs: number): void => {
    thread.work(figures.turnMs, () =>
      askModel(() => readFile(() => runCommand(() => keepChanges(() => end(startedMs))))),
    );
  };
  const end = (startedMs: number) => {
    turns.push(clock.nowMs() - startedMs);
    runTurn(clock.nowMs());
  };
  const askModel = (then: () => void) => {
    const answer = () => clock.after(random.around(figures.answerMs, figures.answerSpread), then);
    if (setup.callsPerSecond === null) answer();
    else provider.work(1_000 / setup.callsPerSecond, answer);
  };
  const readFile = (then: () => void) => {
    if (!random.happens(figures.fileCallShare)) return then();
    thread.work(figures.fileCallMs, () =>
      nats.work(figures.natsCallMs, () => clock.after(figures.fileCallAwayMs, then)),
    );
  };
  const runCommand = (then: () => void) => {
    if (!random.happens(figures.commandShare)) return then();
    const ms = figures.commandStartMs + random.around(figures.commandMs, figures.commandSpread);
    thread.work(figures.commandCallMs, () => nats.work(figures.natsCallMs, () => slots.work(ms, then)));
  };
  const keepChanges = (then: () => void) => {
    if (!random.happens(figures.changeShare)) return then();
    const bytes = figures.packLists + random.around(figures.changedBytes, figures.changedSpread);
    clock.after(figures.snapshotOnRunnerMs, () =>
      link.work(linkMs(bytes, figures), () =>
        thread.work(figures.snapshotThreadMs, () => programs.work(figures.snapshotProgramsMs, then)),
      ),
    );
  };

  for (let agent = 0; agent < setup.agents; agent += 1)
    clock.after(random.next() * startsMs, () => runTurn(clock.nowMs()));
  clock.runUntil(beginMs);
  turns = [];
  for (const name of STATIONS) stations[name].reset();
  clock.runUntil(beginMs + countedMs);
  const each = (of: (station: Station) => number) =>
    Object.fromEntries(STATIONS.map((name) => [name, of(stations[name])])) as Record<StationName, number>;
  return {
    turnsPerSecond: (1_000 * turns.length) / countedMs,
    turnMs: { mean: turns.reduce((sum, ms) => sum + ms, 0) / turns.length, p95: p95(turns) },
    used: each((station) => station.used()),
    waitMs: each((station) => p95(station.waits())),
  };
}

/** 0 when there is nothing. */
function p95(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(0.95 * sorted.length) - 1)] ?? 0;
}
