/** What agents need, without waiting: arithmetic alone. The simulation shows what waiting adds. */
import type { Figures } from "./figures";

export interface CellSetup {
  /** Agents that work at once. */
  agents: number;
  /** Of all its runners. */
  slots: number;
  /** Model calls a second that its part of the accounts allows; null: as many as are asked for. */
  callsPerSecond: number | null;
}

export const STATIONS = ["provider", "thread", "programs", "slots", "nats", "link"] as const;
export type StationName = (typeof STATIONS)[number];

/** What one turn needs of each part, on average. */
interface TurnNeeds {
  threadMs: number;
  programsMs: number;
  slotMs: number;
  natsCalls: number;
  snapshotBytes: number;
  /** The whole turn, when it waits for nothing. */
  wholeMs: number;
}

export function turnNeeds(figures: Figures): TurnNeeds {
  const { fileCallShare, commandShare, changeShare } = figures;
  const threadMs =
    figures.turnMs +
    fileCallShare * figures.fileCallMs +
    commandShare * figures.commandCallMs +
    changeShare * figures.snapshotThreadMs;
  const programsMs = changeShare * figures.snapshotProgramsMs;
  const slotMs = commandShare * (figures.commandStartMs + figures.commandMs);
  const natsCalls = fileCallShare + commandShare;
  const snapshotBytes = changeShare * (figures.packLists + figures.changedBytes);
  const awayMs = fileCallShare * figures.fileCallAwayMs + changeShare * figures.snapshotOnRunnerMs;
  const carriedMs = natsCalls * figures.natsCallMs + linkMs(snapshotBytes, figures);
  const wholeMs = figures.answerMs + threadMs + programsMs + slotMs + awayMs + carriedMs;
  return { threadMs, programsMs, slotMs, natsCalls, snapshotBytes, wholeMs };
}

/** How long bytes are on their way from NATS to the server. */
export function linkMs(bytes: number, { megabitPerSecond }: Figures): number {
  return bytes / (125 * megabitPerSecond);
}

export function programServers({ serverProcessors }: Figures): number {
  return Math.max(1, serverProcessors - 1);
}

/** Milliseconds that one turn uses of each station, divided by how many servers the station has. The largest is the limit. */
export function demandsOf({ slots, callsPerSecond }: CellSetup, figures: Figures): Record<StationName, number> {
  const turn = turnNeeds(figures);
  return {
    provider: callsPerSecond === null ? 0 : 1_000 / callsPerSecond,
    thread: turn.threadMs,
    programs: turn.programsMs / programServers(figures),
    slots: turn.slotMs / slots,
    nats: turn.natsCalls * figures.natsCallMs,
    link: linkMs(turn.snapshotBytes, figures),
  };
}

export interface Needs {
  turnsPerSecond: number;
  modelCallsPerMinute: number;
  /** Commands that run at once. */
  commands: number;
  natsCallsPerSecond: number;
  snapshotMegabitPerSecond: number;
  /** Seconds of main threads in a second. */
  threads: number;
  /** Of the servers, for programs of git. */
  processors: number;
}

export function needsOf(agents: number, figures: Figures): Needs {
  const turn = turnNeeds(figures);
  const turnsPerSecond = (1_000 * agents) / turn.wholeMs;
  return {
    turnsPerSecond,
    modelCallsPerMinute: 60 * turnsPerSecond,
    commands: (turnsPerSecond * turn.slotMs) / 1_000,
    natsCallsPerSecond: turnsPerSecond * turn.natsCalls,
    snapshotMegabitPerSecond: (turnsPerSecond * turn.snapshotBytes * 8) / 1e6,
    threads: (turnsPerSecond * turn.threadMs) / 1_000,
    processors: (turnsPerSecond * turn.programsMs) / 1_000,
  };
}

/** What to set up for people, so that nothing is used more than `mostUsed`. All cells are alike. */
interface Setup {
  cells: number;
  runnersPerCell: number;
  /** Of three nodes each. */
  natsClusters: number;
  accounts: number;
}

export function setupFor(people: number, figures: Figures): Setup {
  const agents = people * figures.agentsPerPerson;
  const { threads, processors, commands, modelCallsPerMinute, natsCallsPerSecond } = needsOf(agents, figures);
  const nats = (natsCallsPerSecond * figures.natsCallMs) / 1_000;
  const least = (wanted: number) => Math.max(1, Math.ceil(wanted / figures.mostUsed));
  // Cells can share nodes of NATS, but no cell has more than one cluster.
  const busiest = Math.max(threads, processors / programServers(figures), nats);
  const cells = Math.max(least(busiest), Math.ceil(people / figures.peoplePerCell));
  return {
    cells,
    runnersPerCell: least(commands / cells / figures.slotsPerRunner),
    natsClusters: least(nats),
    accounts: least(modelCallsPerMinute / figures.accountCallsPerMinute),
  };
}

export interface Disk {
  /** Of the database, in a day and when all days that are kept are there. */
  databasePerDay: number;
  database: number;
  /** Of snapshots, in a day. */
  snapshotsPerDay: number;
}

/** Bytes of one cell. */
export function diskOf(agents: number, figures: Figures): Disk {
  const turns = needsOf(agents, figures).turnsPerSecond * 3_600 * figures.hoursPerDay;
  const databasePerDay = turns * figures.turnBytes * figures.storedPerByte;
  return {
    databasePerDay,
    database: databasePerDay * figures.keptDays,
    snapshotsPerDay: turns * turnNeeds(figures).snapshotBytes,
  };
}
