/** What the simulation takes as given: what was measured, and what is assumed of agents and of what people set up. */

/**
 * From docs/benchmarks.md, docs/cells.md and docs/decisions/083-nats.md; of several runs one in the middle. Milliseconds,
 * unless named otherwise.
 */
const MEASURED = {
  /** Of the server's main thread, for a turn: `chain of 50`, between NORMAL and FULL. */
  turnMs: 0.75,
  /** Of the server's main thread, for a call of a file on a runner. */
  fileCallMs: 0.8,
  /** Of the server's main thread, for a command on a runner. */
  commandCallMs: 1.1,
  /** From the call of a file to its result, beside what the server's main thread does. */
  fileCallAwayMs: 0.4,
  /** Until a command runs: its sandbox, and its way there. */
  commandStartMs: 21,
  /** Of one NATS cluster of three nodes, for a call: 824 in a second, with the clients on the same two processors. */
  natsCallMs: 1.2,
  /** Until a runner has taken a snapshot and stored its pack. */
  snapshotOnRunnerMs: 100,
  /** How long a snapshot holds the server's main thread. */
  snapshotThreadMs: 80,
  /** Of the programs of git that the server starts for it. */
  snapshotProgramsMs: 50,
  /** Bytes of a small pack beside its files: the lists of its folders. */
  packLists: 5_400,
  /** What a turn takes in the database, against its texts: `chain of 400`. */
  storedPerByte: 1.5,
  /** With their checks: the move of docs/cells.md. */
  backupMegabytesPerSecond: 110,
  restoreMegabytesPerSecond: 165,
};

/** Of agents, and of what people set up. Yours differ: `--set NAME=VALUE` changes any figure. */
const ASSUMED = {
  /** A model's answer, and how much answers differ: the deviation of its logarithm. */
  answerMs: 5_000,
  answerSpread: 0.6,
  /** Texts of a turn: what the model says, and what its tools give back. */
  turnBytes: 5_000,
  /** Of turns, 0 to 1. */
  fileCallShare: 0.8,
  commandShare: 0.25,
  commandMs: 10_000,
  commandSpread: 1.5,
  /** Of turns: those that change files, and so have a snapshot. */
  changeShare: 0.25,
  /** Bytes of the changed files, compressed. */
  changedBytes: 50_000,
  changedSpread: 2,
  /** Model calls a minute that one account of a provider allows. */
  accountCallsPerMinute: 4_000,
  /** Agents that work at once, for each person. */
  agentsPerPerson: 2,
  hoursPerDay: 8,
  /** Until retention removes trees. */
  keptDays: 30,
  /** Teams have a cell each. */
  peoplePerCell: 50,
  /** Of a server's machine: one for its main thread, the others for its programs. */
  serverProcessors: 4,
  slotsPerRunner: 4,
  /** Between a server and its NATS nodes. */
  megabitPerSecond: 1_000,
  /** What is set up is used up to this share, so that work waits little. */
  mostUsed: 0.7,
};

export const FIGURES = { ...MEASURED, ...ASSUMED };

export type Figures = typeof FIGURES;

/** Returns the figures with those of `NAME=VALUE`. Throws a sentence for what is wrong. */
export function figuresWith(given: readonly string[]): Figures {
  const figures = { ...FIGURES };
  for (const one of given) {
    const [name = "", text = ""] = one.split("=");
    const value = Number(text);
    if (!isFigure(name) || text === "" || !(value >= 0))
      throw new Error(`"${one}" sets no figure: use NAME=VALUE with one of ${Object.keys(FIGURES).join(", ")}.`);
    figures[name] = value;
  }
  return figures;
}

function isFigure(name: string): name is keyof Figures {
  return Object.hasOwn(FIGURES, name);
}

/** Whether a figure was measured; the others are assumed. */
export function isMeasured(name: string): boolean {
  return Object.hasOwn(MEASURED, name);
}
