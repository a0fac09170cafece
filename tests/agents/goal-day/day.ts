/**
 * A day of goals on the simulated clock: the real runtime, the real database and the real programs of goals, while
 * calls of models and tools meet faults. No person helps. The same seed gives the same day.
 */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ownerCalled } from "@/core/rules/roles";
import { StoreError } from "@/db/file/errors";
import { NO_DAILY_CAPS } from "@/db/records/daily-spend";
import { passingFault } from "@/lib/process/passing-fault";
import { momentChecks } from "../simulation/checks";
import { createClock, type Owner } from "../simulation/clock";
import { openProcess, type ProcessOptions, startProcess } from "../simulation/process";
import { createRandom } from "../simulation/random";
import { createTally, type Tally } from "../simulation/tally";
import { createFaults, SHARE } from "./faults";
import { createFiles } from "./files";
import type { DayGoal } from "./goals";
import { heapMb } from "./heap";
import { dayModel } from "./model";
import type { DayStage } from "./stage";
import { dayTools } from "./tools";
import { type DayReport, reportOf } from "./verdict";

export interface DayOptions {
  seed: number;
  goals: readonly DayGoal[];
  /** The goals are submitted within this time, and the clock runs at least as long. */
  dayMs: number;
  /** A migrated and seeded database that is copied. */
  template: string;
  /** The day's folder, removed afterwards. */
  folder: string;
  /** Without faults, only what models and tools take differs. */
  isCalm?: true;
  /** All goals work in this repository: in the simulation there are no folders that could say so. */
  repository?: string;
  /** Looks at the database when all goals have ended. */
  look?(stage: DayStage): void;
  /** When the heap is measured, in milliseconds of the day. */
  heapAtMs?: readonly number[];
}

const WORKERS = 2;
const SLOTS = 6;
/** Turns of the event loop at one moment of the clock. */
const MOST_LOOPS = 5_000;
/** A longer day counts as endless. */
const MOST_DAYS = 2;
/** Number of moments between two checks of the invariants. */
const CHECK_EVERY = 500;
/** The log tries again a second later, on a clock that is not simulated. */
const RETRY_MS = 1_100;

export async function runDay(options: DayOptions): Promise<{ tally: Tally; report: DayReport | null }> {
  const { folder, template } = options;
  const tally = createTally();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "banyan.db");
  copyFileSync(template, file);
  const { stage, start } = prepare(options, file, tally);
  try {
    const heap = await play(stage, start, options);
    options.look?.(stage);
    return { tally, report: reportOf(stage, heap) };
  } catch (error) {
    tally.broken(`The day itself failed: ${(error as Error).stack}`);
    return { tally, report: null };
  } finally {
    for (const worker of [stage.web, ...stage.workers]) worker.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare({ seed, goals, folder, isCalm }: DayOptions, file: string, tally: Tally) {
  const clock = createClock();
  const dead = new Set<number>();
  const shared: Omit<ProcessOptions, "number"> = {
    file,
    dataDir: folder,
    clock,
    tally,
    random: createRandom(seed + 0.75),
    maxConcurrent: WORKERS * SLOTS,
    slots: SLOTS,
    contextTokens: 200_000,
    limits: {
      maxDepth: 4,
      maxWidth: 12,
      maxTasksPerTree: 60,
      isDayCapped: false,
      silentMs: 120_000,
      heldMs: 600_000,
      privateHosts: [],
      defaultTimeoutMs: 600_000,
    },
    asking: { askTimeoutMs: null, askDefault: null },
    dailyCaps: NO_DAILY_CAPS,
    deathsAreSeen: false,
    isDead: (number) => dead.has(number),
    models: (owner) => dayModel(stage, owner),
    tools: (owner) => dayTools(stage, owner),
    expects: (error) => passingFault(error) !== null || error instanceof StoreError,
  };
  const web = openProcess({ ...shared, number: 0 });
  const { sqlite } = web.store.client;
  const titleOf = sqlite.prepare("SELECT title FROM trees WHERE uid = ?").pluck();
  const treeOf = sqlite
    .prepare("SELECT trees.uid FROM tasks JOIN trees ON trees.id = tree_id WHERE tasks.uid = ?")
    .pluck();
  let number = 0;
  const start = async () => {
    number += 1;
    stage.workers.add(await startProcess({ ...shared, number }));
  };
  const stage: DayStage = {
    random: createRandom(seed),
    clock,
    tally,
    faults: createFaults(seed + 0.5, isCalm ? 0 : SHARE),
    paces: new Map(),
    files: createFiles(createRandom(seed + 0.25)),
    web,
    workers: new Set(),
    goals,
    networkLostUntilMs: 0,
    isFull: false,
    mustRetry: false,
    killSoon: (owner) => killSoon(stage, owner, dead, start),
    fillDisk: () => fillDisk(stage),
    goalOfTree: (tree) => goals[Number(String(titleOf.get(tree)).split(" ")[1])] as DayGoal,
    treeOfTask: (task) => treeOf.get(task) as string,
  };
  return { stage, start };
}

/** Kills a process while the call with the fault, and its other calls, run. Another process starts later. */
function killSoon(stage: DayStage, owner: Owner, dead: Set<number>, start: () => Promise<void>): void {
  const { clock, random, web, faults, tally, workers } = stage;
  clock.after(random.between(0, 1_500), web.owner, () => {
    const victim = [...workers].find((worker) => worker.owner === owner);
    if (!victim) return;
    const held = web.store.client.sqlite
      .prepare(
        "SELECT DISTINCT trees.uid FROM tasks JOIN trees ON trees.id = tree_id JOIN workers ON workers.id = worker_id WHERE pid = ?",
      )
      .pluck()
      .all(victim.number) as string[];
    faults.note({ kind: "killed worker", atMs: clock.now(), trees: held });
    victim.kill();
    dead.add(victim.number);
    workers.delete(victim);
    clock.after(random.between(1_000, 20_000), web.owner, () => {
      start().catch((error) => tally.broken(`A worker did not start: ${(error as Error).stack}`));
    });
  });
}

/** The database cannot grow for some seconds. The fault counts only if a write fails meanwhile. */
function fillDisk(stage: DayStage): void {
  const { clock, random, web, faults } = stage;
  if (stage.isFull) return;
  stage.isFull = true;
  const setMost = (pages: (now: number) => number) => {
    for (const { store } of stage.workers) {
      const { sqlite } = store.client;
      sqlite.pragma(`max_page_count = ${pages(sqlite.pragma("page_count", { simple: true }) as number)}`);
    }
  };
  const atMs = clock.now();
  const trees = web.store.client.sqlite
    .prepare("SELECT uid FROM trees WHERE ended_at_ms IS NULL")
    .pluck()
    .all() as string[];
  setMost((now) => now);
  clock.after(random.between(5_000, 60_000), web.owner, () => {
    stage.isFull = false;
    setMost(() => 4_294_967_294);
    if (![...stage.workers].some(({ store }) => store.log.trouble() !== null)) return;
    faults.note({ kind: "full disk of the database", atMs, trees });
    stage.mustRetry = true;
  });
}

/** Returns the heap in megabytes at the wanted moments. */
async function play(
  stage: DayStage,
  start: () => Promise<void>,
  { dayMs, goals, repository, heapAtMs = [] }: DayOptions,
): Promise<number[]> {
  const { web, clock, tally, workers } = stage;
  const { sqlite } = web.store.client;
  const openTrees = sqlite.prepare("SELECT count(*) FROM trees WHERE ended_at_ms IS NULL").pluck();
  const ofRepository = sqlite.prepare("UPDATE trees SET repository = ? WHERE repository IS NULL");
  const checkMoment = momentChecks(sqlite, WORKERS * SLOTS, tally);
  const heap: number[] = [];
  for (let count = 0; count < WORKERS; count += 1) await start();
  let waiting = goals.length;
  for (const [number, { at, name, submission }] of goals.entries())
    clock.after(at * dayMs, web.owner, () => {
      web.commands
        .submitTree({ task: `Goal ${number} ${name}: make it work`, ...submission }, ownerCalled("anna"))
        .then(() => {
          ofRepository.run(repository ?? null);
          waiting -= 1;
        })
        .catch((error) => tally.broken(`A goal was not taken: ${(error as Error).stack}`));
    });
  for (let step = 0; tally.faults.length === 0; step += 1) {
    await settled(stage);
    if (step % CHECK_EVERY === 0) checkMoment();
    if (clock.monotonic() >= (heapAtMs[heap.length] ?? Number.POSITIVE_INFINITY)) heap.push(await heapMb());
    if (waiting === 0 && openTrees.get() === 0 && clock.monotonic() >= dayMs) break;
    if (clock.monotonic() > dayMs * MOST_DAYS)
      tally.broken(`${openTrees.get()} goals are open after ${MOST_DAYS} days, with ${workers.size} workers.`);
    if (!clock.step()) tally.broken("Nothing is left to happen.");
  }
  return heap;
}

/** Waits until all processes are idle, before the clock moves. */
async function settled(stage: DayStage): Promise<void> {
  if (stage.mustRetry) {
    stage.mustRetry = false;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  const { web, workers } = stage;
  let last = -1;
  for (let quiet = 0, loops = 0; quiet < 2; loops += 1) {
    if (loops > MOST_LOOPS) throw new Error("The processes work on and on while the clock stands.");
    await new Promise((resolve) => setImmediate(resolve));
    const commits = [web, ...workers].reduce((sum, worker) => sum + worker.store.log.commits(), 0);
    quiet = commits === last ? quiet + 1 : 0;
    last = commits;
  }
}
