/** The tables of docs/scale.md: which figures they rest on, what agents need, and what the simulation says. */
import { gridOf } from "../bench/rows/row";
import { type CellResult, simulateCell } from "./cell";
import { type Figures, isMeasured } from "./figures";
import { type CellSetup, demandsOf, diskOf, needsOf, type StationName, setupFor, turnNeeds } from "./needs";

const SEED = 1;
const PEOPLE = [5, 50, 5_000];
const MANY_AGENTS = 100_000;
const CELLS = [1, 10, 1_000];
/** One cell is slower than one account. */
const SPLIT = [10, 1_000];
const LEAST_COUNTED_MS = 600_000;

/** Markdown by the names of its places in the page. */
export function tablesOf(figures: Figures): Record<string, string> {
  return {
    figures: figureTable(figures),
    needs: needTable(figures),
    setups: setupTable(figures),
    disk: diskTable(figures),
    many: manyTable(figures),
    limits: limitTable(figures),
  };
}

function figureTable(figures: Figures): string {
  const rows = Object.entries(figures).map(([name, value]) => [
    `\`${name}\``,
    number(value),
    isMeasured(name) ? "measured" : "assumed",
  ]);
  return gridOf(["figure", "value", ""], rows);
}

function needTable(figures: Figures): string {
  const rows = [...PEOPLE.map((people) => people * figures.agentsPerPerson), MANY_AGENTS].map((agents) => {
    const needs = needsOf(agents, figures);
    const { turnsPerSecond, modelCallsPerMinute, commands, natsCallsPerSecond, snapshotMegabitPerSecond } = needs;
    return [
      agents,
      turnsPerSecond,
      modelCallsPerMinute,
      commands,
      natsCallsPerSecond,
      snapshotMegabitPerSecond,
      needs.threads,
      needs.processors,
    ].map(number);
  });
  const header = ["agents at once", "turns a second", "model calls a minute", "commands at once"];
  return gridOf([...header, "NATS calls a second", "Mbit/s of snapshots", "main threads", "processors for git"], rows);
}

/** Cells of the same size, of which one is simulated with its part of the accounts. */
function setupTable(figures: Figures): string {
  const rows = PEOPLE.map((people) => {
    const { cells, runnersPerCell, natsClusters, accounts } = setupFor(people, figures);
    const { used, waitMs } = resultOf(
      {
        agents: Math.ceil((people * figures.agentsPerPerson) / cells),
        slots: runnersPerCell * figures.slotsPerRunner,
        callsPerSecond: (accounts * figures.accountCallsPerMinute) / 60 / cells,
      },
      figures,
    );
    const shares = [used.thread, used.slots, used.provider].map(percent);
    const waits = [waitMs.thread, waitMs.slots, waitMs.provider].map(seconds);
    return [people, cells, runnersPerCell * cells, natsClusters, accounts].map(number).concat(shares, waits);
  });
  const header = ["people", "cells", "runners", "NATS clusters", "accounts", "main thread used", "slots used"];
  return gridOf([...header, "accounts used", "wait for it, p95: main thread", "slot", "account"], rows);
}

/** Of each cell. */
function diskTable(figures: Figures): string {
  const rows = PEOPLE.filter((people) => people <= figures.peoplePerCell).map((people) => {
    const { databasePerDay, database, snapshotsPerDay } = diskOf(people * figures.agentsPerPerson, figures);
    const minutes = (perSecond: number) => `${number(database / perSecond / 60e6)} min`;
    return [
      number(people),
      ...[databasePerDay, snapshotsPerDay, database].map((bytes) => `${number(bytes / 1e9)} GB`),
      minutes(figures.backupMegabytesPerSecond),
      minutes(figures.restoreMegabytesPerSecond),
    ];
  });
  const header = ["people in the cell", "database, a day", "snapshots, a day"];
  return gridOf([...header, `database after ${figures.keptDays} days`, "its backup", "its restore"], rows);
}

/** 100,000 agents in cells that have all the runners they can use: by themselves, and with one account for all. */
function manyTable(figures: Figures): string {
  const rows = [...CELLS.map((cells) => ({ cells, one: false })), ...SPLIT.map((cells) => ({ cells, one: true }))];
  const lines = rows.map(({ cells, one }) => {
    const callsPerSecond = one ? figures.accountCallsPerMinute / 60 / cells : null;
    const { turnsPerSecond, turnMs, used } = resultOf(manySetup(cells, callsPerSecond, figures), figures);
    return [
      number(cells),
      one ? "one" : "as many as needed",
      number(turnsPerSecond * cells),
      seconds(turnMs.mean),
      ...[used.thread, used.programs, used.nats, used.slots, used.link, used.provider].map(percent),
    ];
  });
  const header = [
    "cells",
    "accounts",
    "turns a second, all cells",
    "a turn takes",
    "main thread",
    "processors for git",
  ];
  return gridOf([...header, "NATS", "slots", "link", "account"], lines);
}

function manySetup(cells: number, callsPerSecond: number | null, figures: Figures): CellSetup {
  const agents = MANY_AGENTS / cells;
  const slots = Math.ceil(needsOf(agents, figures).commands / figures.mostUsed);
  return { agents, slots, callsPerSecond };
}

/** How many agents one of each part carries when it is used up, least first, and how many of it 100,000 agents need. */
function limitTable(figures: Figures): string {
  const setup = { agents: 1, slots: figures.slotsPerRunner, callsPerSecond: figures.accountCallsPerMinute / 60 };
  const carried = Object.entries(demandsOf(setup, figures)).map(([name, ms]) => ({
    name: NAMES[name as StationName],
    agents: turnNeeds(figures).wholeMs / ms,
  }));
  const withoutChanges = turnNeeds({ ...figures, changeShare: 0 });
  carried.push({
    name: `${NAMES.thread}, if agents changed no files`,
    agents: withoutChanges.wholeMs / withoutChanges.threadMs,
  });
  const rows = carried
    .sort((a, b) => a.agents - b.agents)
    .map(({ name, agents }) => [name, number(agents), number(Math.ceil(MANY_AGENTS / agents / figures.mostUsed))]);
  return gridOf(["one", "carries at most, agents at once", "how many for 100,000 agents"], rows);
}

const NAMES: Record<StationName, string> = {
  provider: "account of a provider",
  thread: "main thread of a server",
  programs: "server's processors for git",
  slots: "runner",
  nats: "NATS cluster of three nodes",
  link: "link between NATS and a server",
};

/** Long enough that each agent has had its turns before anything is counted. */
function resultOf(setup: CellSetup, figures: Figures): CellResult {
  const slowest = Math.max(...Object.values(demandsOf(setup, figures)));
  const cycleMs = Math.max(turnNeeds(figures).wholeMs, setup.agents * slowest);
  const countedMs = Math.max(LEAST_COUNTED_MS, cycleMs);
  return simulateCell(setup, figures, { seed: SEED, startsMs: cycleMs, beginMs: 3 * cycleMs, countedMs });
}

/** Two significant digits, or whole from 10 up. */
function number(value: number): string {
  const rounded = value >= 10 ? Math.round(value) : Number(value.toPrecision(2));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(100 * share)} %`;
}

function seconds(ms: number): string {
  return ms > 0 && ms < 10 ? "under 0.01 s" : `${number(ms / 1_000)} s`;
}
