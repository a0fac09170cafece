/**
 * Keeps environments as they are wanted: prepares and starts those that wait, lets idle ones sleep, and ends those that
 * nobody visits. What runs belongs to this process. After a kill the next one starts again what ran. While everything is
 * paused, none runs: their programs may hold the key that has leaked.
 */
import { readdirSync } from "node:fs";
import { UserError } from "@/agents/application";
import { ENVIRONMENT_LIMITS, type EnvironmentState } from "@/core/shapes/environments/environments";
import type { StoredEnvironment } from "@/db/environments/environments";
import { heldByOthers } from "@/db/file/other-databases";
import type { RunningEnvironment } from "@/lib/environments/environment";
import { type Checks, startChecks } from "@/lib/time/checks";
import { WorkspaceError } from "@/lib/workspace/path";
import { removeTree } from "@/lib/workspace/remove-tree";
import { bringUp } from "./bring-up";
import { type Checking, type CheckingOptions, createChecking } from "./checking";
import { keepPreviews } from "./previews";
import { environmentsIn, foldersOf } from "./sources";
import { untilHalt } from "./until-halt";
import { countUnused } from "./unused";

const CHECK_MS = 1_000;
/** Packages of more at once would only wait for each other. */
const AT_ONCE = 2;
/** What could not be removed is tried again so often. */
const SWEEP_MS = 60_000;
/** States in which this process must be at work on an environment. */
const AT_WORK: readonly EnvironmentState[] = ["preparing", "starting", "running"];

export interface EnvironmentWatchOptions extends CheckingOptions {
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  /** Shorter than the limit, for tests. */
  idleMs?: number;
}

/** What this process has of an environment. */
interface Held {
  running: RunningEnvironment | null;
  /** What is being done with it now. */
  going: Promise<void> | null;
  abort: AbortController;
}

interface Watching extends EnvironmentWatchOptions {
  held: Map<string, Held>;
  checking: Checking;
  /** Those whose folders the last sweep left, and when it was; null: none was yet. */
  swept: { uids: ReadonlySet<string>; atMs: number } | null;
}

export function startEnvironmentWatch(options: EnvironmentWatchOptions): Checks {
  const watching: Watching = { ...options, held: new Map(), checking: createChecking(options), swept: null };
  const checks = startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    check: () => step(watching),
    failed: (error) => options.report("The environments could not be checked.", error),
  });
  return {
    async check() {
      await checks.check();
      await Promise.all([watching.checking.all(), ...[...watching.held.values()].map(({ going }) => going)]);
    },
    async stop() {
      await checks.stop();
      await letGo(watching);
    },
  };
}

async function step(watching: Watching): Promise<void> {
  const { store, held, checking, leads } = watching;
  if (!leads()) return letGo(watching);
  // Nothing ends by itself while everything is paused, and that time counts for nobody.
  const isHalted = store.halts.current() !== null;
  if (isHalted) stopAll(watching);
  else {
    await countUnused(watching);
    await keepPreviews(watching);
  }
  const all = new Map(store.environments.all().map((environment) => [environment.uid, environment]));
  for (const uid of new Set([...held.keys(), ...checking.uids()]))
    if (!all.has(uid)) begin(watching, uid, () => removed(watching, uid));
  await sweep(watching, all).catch((error) => watching.report("Old environments could not be removed.", error));
  for (const environment of all.values()) {
    await stepOne(watching, environment, isHalted);
    checking.begin(environment);
  }
}

async function stepOne(watching: Watching, environment: StoredEnvironment, isHalted: boolean): Promise<void> {
  const { store, held, now, idleMs = ENVIRONMENT_LIMITS.idleMs } = watching;
  const { uid, state, usedAtMs, keepMs } = environment;
  const mine = held.get(uid);
  const unusedMs = now() - usedAtMs;
  if (state === "ending") {
    mine?.abort.abort(new Error("The environment ends."));
    begin(watching, uid, async () => {
      await removed(watching, uid);
      await store.environments.remove(uid);
    });
  } else if (unusedMs > keepMs && !isHalted) await store.environments.set(uid, [state], { state: "ending" });
  else if (AT_WORK.includes(state) && mine === undefined)
    await store.environments.set(uid, [state], { state: "waiting" });
  else if (state === "waiting") beginUp(watching, environment);
  else if (state === "running" && unusedMs > idleMs)
    begin(watching, uid, async () => {
      if (await store.environments.set(uid, ["running"], { state: "asleep" })) await stopped(watching, uid);
    });
}

/** Begins work on an environment, unless some is going on. */
function begin(watching: Watching, uid: string, work: (held: Held) => Promise<void>): void {
  const held: Held = watching.held.get(uid) ?? {
    running: null,
    going: null,
    abort: new AbortController(),
  };
  if (held.going !== null) return;
  watching.held.set(uid, held);
  held.going = work(held)
    .catch((error: unknown) => watching.report("An environment could not be changed; it is tried again.", error))
    .finally(() => {
      held.going = null;
      if (held.running === null && watching.held.get(uid) === held) watching.held.delete(uid);
    });
}

function beginUp(watching: Watching, environment: StoredEnvironment): void {
  const { store, held } = watching;
  const { uid } = environment;
  const all = [...held.values()];
  const isBusy = all.filter(({ going, running }) => going && !running).length >= AT_ONCE;
  const isFull = all.filter(({ running }) => running !== null).length >= ENVIRONMENT_LIMITS.running;
  if (isBusy || isFull || store.halts.current()) return;
  begin(watching, uid, async (mine) => {
    // First, because the server may stop while the former service ends.
    mine.abort = new AbortController();
    await stopped(watching, uid);
    const project = store.projects.get(environment.project);
    if (project === null) return;
    const { sources, signal, end } = untilHalt(watching, mine.abort.signal);
    try {
      mine.running = await bringUp(sources, uid, project, {
        signal,
        beforeFiles: () => watching.checking.end(uid),
      });
      if (mine.running) follow(watching, uid, mine.running);
    } catch (error) {
      if (!signal.aborted) await fail(watching, uid, error);
    } finally {
      end();
    }
  });
}

async function fail({ store, report, security }: Watching, uid: string, error: unknown): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  if (!(error instanceof UserError || error instanceof WorkspaceError))
    report("An environment could not be brought up.", error);
  await store.environments.set(uid, AT_WORK, { state: "failed", why: security.redactor.redact(why) });
}

/** A service that ends by itself has failed. */
function follow(watching: Watching, uid: string, running: RunningEnvironment): void {
  void running.ended.then(async ({ exitStatus, problem }) => {
    const held = watching.held.get(uid);
    if (held?.running !== running) return;
    held.running = null;
    if (held.going === null) watching.held.delete(uid);
    const why = problem ?? `The service ended with exit status ${exitStatus}. Its log says more.`;
    await watching.store.environments
      .set(uid, ["running"], { state: "failed", why: watching.security.redactor.redact(why) })
      .catch((error: unknown) => watching.report("An environment that ended could not be noted.", error));
  });
}

/** Ends what runs. It waits for its turn meanwhile, and starts again after the resume. */
function stopAll(watching: Watching): void {
  for (const [uid, { running }] of watching.held)
    if (running !== null)
      begin(watching, uid, async () => {
        await stopped(watching, uid);
        await watching.store.environments.set(uid, ["running"], { state: "waiting" });
      });
}

async function stopped({ held }: Watching, uid: string): Promise<void> {
  const mine = held.get(uid);
  if (!mine?.running) return;
  const { running } = mine;
  // First, because an end that is wanted is no failure.
  mine.running = null;
  await running.stop();
}

/**
 * Removes what is kept of an environment, unless another database of the data folder knows it, because a person may go back
 * to that database.
 */
async function removed(watching: Watching, uid: string): Promise<void> {
  await watching.checking.end(uid);
  await stopped(watching, uid);
  if (!heldElsewhere(watching)(uid)) await removeTree(foldersOf(watching.dataDir, uid).whole);
}

function heldElsewhere({ store, dataDir }: Watching): (uid: string) => boolean {
  return heldByOthers(store.client.file, dataDir, "environments");
}

/** Removes folders of environments that are gone with their project, or that a kill has left. */
async function sweep(watching: Watching, all: ReadonlyMap<string, unknown>): Promise<void> {
  const { dataDir, held, swept, now } = watching;
  const isDue = swept === null || Math.abs(now() - swept.atMs) >= SWEEP_MS;
  if (!isDue && [...swept.uids].every((uid) => all.has(uid))) return;
  watching.swept = { uids: new Set(all.keys()), atMs: now() };
  const isHeld = heldElsewhere(watching);
  // What is being worked on is removed by its own work.
  const left = namesIn(environmentsIn(dataDir)).filter((name) => !all.has(name) && !held.has(name) && !isHeld(name));
  for (const name of left) await removeTree(foldersOf(dataDir, name).whole);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Ends what runs here; another process, or the next one, starts it again. */
async function letGo(watching: Watching): Promise<void> {
  watching.swept = null;
  const { held, checking } = watching;
  for (const { abort } of held.values()) abort.abort(new Error("The server stops."));
  await Promise.all([...checking.uids().map(checking.end), ...[...held.values()].map(({ going }) => going)]);
  await Promise.all([...held.keys()].map((uid) => stopped(watching, uid)));
  held.clear();
}
