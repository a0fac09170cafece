/**
 * A run of the whole runtime under a seed: real database, real workers, random models, tools, people and accidents, on a
 * clock that only moves when nobody has anything to do. The same seed gives the same run.
 */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NO_DAILY_CAPS } from "@/db/records/daily-spend";
import type { DailyCaps } from "@/lib/env/daily-caps";
import { chaos } from "./chaos";
import { finalChecks, momentChecks, occasionalChecks } from "./checks";
import { dayChecks, spendChecks } from "./checks-of-days";
import { decisionChecks, finalDecisionChecks } from "./checks-of-decisions";
import { createClock } from "./clock";
import { createEffects } from "./effects";
import { createFollowers } from "./follower";
import { simulatedModel } from "./model";
import type { Stage } from "./people";
import { createMind } from "./plans";
import { openProcess, type ProcessOptions, type SimulatedProcess, startProcess } from "./process";
import { createRandom, type Random } from "./random";
import { createTally, type Tally } from "./tally";
import { simulatedTools } from "./tools";

/** A longer run counts as endless. */
const MOST_STEPS = 12_000;
/** Turns of the event loop at one moment of the clock. */
const MOST_ROUNDS = 5_000;

export interface SimulationOptions {
  seed: number;
  /** A migrated and seeded database that is copied for the run. */
  template: string;
  /** The run's folder, removed afterwards. */
  folder: string;
}

export async function simulate({ seed, template, folder }: SimulationOptions): Promise<Tally> {
  const tally = createTally();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "banyan.db");
  copyFileSync(template, file);
  const stage = prepare(seed, file, folder, tally);
  try {
    await play(stage);
  } catch (error) {
    tally.broken(`The simulation itself failed: ${(error as Error).stack}`);
  } finally {
    for (const process of [stage.web, ...stage.processes]) if (process.owner.life !== "dead") process.kill();
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}

function prepare(seed: number, file: string, dataDir: string, tally: Tally): Stage {
  const random = createRandom(seed);
  const clock = createClock();
  const effects = createEffects(tally);
  const processes: SimulatedProcess[] = [];
  const maxConcurrent = random.between(1, 4);
  const mind = createMind(createRandom(seed + 0.25), () => stage.calm);
  const toolRandom = createRandom(seed + 0.5);
  const runs = new Map<string, number>();
  const dailyCaps = dailyCapsOf(random, tally);
  const options: Omit<ProcessOptions, "number"> = {
    file,
    dataDir,
    clock,
    tally,
    random: createRandom(seed + 0.75),
    maxConcurrent,
    slots: random.between(1, 3),
    contextTokens: random.chance(0.15) ? 1_500 : 200_000,
    limits: {
      maxDepth: random.between(1, 3),
      maxWidth: 4,
      maxTasksPerTree: random.between(4, 12),
      isDayCapped: dailyCaps !== NO_DAILY_CAPS,
      silentMs: 120_000,
      heldMs: 600_000,
      privateHosts: [],
      defaultTimeoutMs: 20_000,
    },
    asking: askingOf(random, tally),
    dailyCaps,
    deathsAreSeen: random.chance(0.6),
    isDead: (number) => processes.some((process) => process.number === number && process.owner.life === "dead"),
    models: (owner) => simulatedModel(mind, clock, owner, effects, tally),
    tools: (owner) => {
      const watch = { random: toolRandom, isCalm: () => stage.calm, runs, sqlite: web.store.client.sqlite };
      return simulatedTools(watch, clock, owner, effects, tally);
    },
  };
  const web = openProcess({ ...options, number: 0 });
  let number = 0;
  const start = async () => {
    number += 1;
    const started = await startProcess({ ...options, number });
    processes.push(started);
    return started;
  };
  const stage: Stage = {
    random,
    clock,
    tally,
    effects,
    web,
    processes,
    maxConcurrent,
    calm: false,
    disturbed: false,
    runs,
    dailyCaps,
    start,
  };
  return stage;
}

/** In some runs questions and approvals have a timeout, with or without a default answer. */
function askingOf(random: Random, tally: Tally): ProcessOptions["asking"] {
  if (random.chance(0.6)) return { askTimeoutMs: null, askDefault: null };
  tally.hit("questions and approvals have a time-out");
  return { askTimeoutMs: random.between(4_000, 40_000), askDefault: random.pick([null, "Go on without it."]) };
}

/** Some runs have daily caps: always enough for one call, and never for all. */
function dailyCapsOf(random: Random, tally: Tally): DailyCaps {
  if (random.chance(0.7)) return NO_DAILY_CAPS;
  tally.hit("the day has caps");
  const cap = () =>
    random.chance(0.5)
      ? { tokens: random.between(14_000, 30_000), microUsd: null }
      : { tokens: null, microUsd: random.between(15_000, 40_000) };
  const none = { tokens: null, microUsd: null };
  const whose = random.pick(["all", "person", "both"] as const);
  return { all: whose === "person" ? none : cap(), person: whose === "all" ? none : cap() };
}

async function play(stage: Stage): Promise<void> {
  const { web, clock, tally } = stage;
  const { sqlite } = web.store.client;
  const openTrees = sqlite.prepare("SELECT count(*) FROM trees WHERE ended_at_ms IS NULL").pluck();
  const checkMoment = momentChecks(sqlite, stage.maxConcurrent, tally);
  const checkDay = dayChecks(stage);
  const checkRows = occasionalChecks(web.store, tally);
  const followers = createFollowers(stage);
  await stage.start();
  await stage.start();
  const story = chaos(stage);
  for (let step = 0; ; step += 1) {
    await settled(stage);
    checkMoment();
    checkDay();
    if (tally.faults.length > 0) break;
    if (story.isOver() && openTrees.get() === 0) break;
    if (stage.random.chance(0.02)) {
      checkRows();
      decisionChecks(web.store, tally);
    }
    if (step > MOST_STEPS) {
      tally.broken(`Not ended after ${step} steps: ${describeOpen(stage)}`);
      break;
    }
    if (!clock.step()) {
      tally.broken(`Nothing is left to happen, and this is open: ${describeOpen(stage)}`);
      break;
    }
  }
  if (tally.faults.length === 0) {
    checkRows();
    decisionChecks(web.store, tally);
    finalChecks(web.store, stage.disturbed, tally);
    finalDecisionChecks(stage);
    spendChecks(stage);
    checkWorkers(stage);
    followers.check();
  }
}

/** A worker that counted as dead while it was frozen registers again within two heartbeats. */
function checkWorkers({ web, processes, clock, tally }: Stage): void {
  const known = new Set(web.store.workers.list().map((worker) => worker.id));
  for (const { worker, owner, number } of processes) {
    if (!worker || owner.life !== "alive" || clock.monotonic() - owner.thawedAtMs < 15_000) continue;
    if (!known.has(worker.id)) tally.broken(`The worker of process ${number} works under no row.`);
  }
}

function describeOpen({ web }: Stage): string {
  const rows = web.store.client.sqlite
    .prepare(
      "SELECT uid, agent, status, wait_kind, holds, letters, worker_id, turns FROM tasks WHERE ended_at_ms IS NULL",
    )
    .all();
  return rows.map((row) => JSON.stringify(row)).join(" ");
}

/** Waits until all processes are idle, before the clock moves. All real work is in memory and in SQLite. */
async function settled(stage: Stage): Promise<void> {
  const { web, processes } = stage;
  let last = -1;
  for (let quiet = 0, rounds = 0; quiet < 2; rounds += 1) {
    if (rounds > MOST_ROUNDS)
      throw new Error(`The processes work on and on while the clock stands: ${describeOpen(stage)}`);
    await new Promise((resolve) => setImmediate(resolve));
    const commits = [web, ...processes].reduce((sum, process) => sum + process.store.log.commits(), 0);
    quiet = commits === last ? quiet + 1 : 0;
    last = commits;
  }
}
