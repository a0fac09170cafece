/**
 * Keeps environments as they are wanted: prepares and starts those that wait, lets idle ones sleep, and ends those that
 * nobody visits. What runs belongs to this process. After a kill the next one starts again what ran.
 */
import { readdirSync } from "node:fs";
import { UserError } from "@/agents/application";
import { type CheckResult, ENVIRONMENT_LIMITS, type EnvironmentState } from "@/core/shapes/environments/environments";
import type { StoredEnvironment } from "@/db/environments/environments";
import { heldByOthers } from "@/db/file/other-databases";
import type { StoredProject } from "@/db/projects/projects";
import type { RunningEnvironment } from "@/lib/environments/environment";
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { WorkspaceError } from "@/lib/workspace/path";
import { removeTree } from "@/lib/workspace/remove-tree";
import { bringUp } from "./bring-up";
import { check } from "./check";
import { keepPreviews } from "./previews";
import { type EnvironmentSources, environmentsIn, foldersOf } from "./sources";

const CHECK_MS = 1_000;
/** Packages of more at once would only wait for each other. */
const AT_ONCE = 2;
/** Checks are counted by themselves: they take minutes, and nobody who opens an environment waits for them. */
const CHECKS_AT_ONCE = 2;
const CHECKS_MS = 10 * 60_000;
/** States in which this process must be at work on an environment. */
const AT_WORK: readonly EnvironmentState[] = ["preparing", "starting", "running"];

export interface EnvironmentWatchOptions extends EnvironmentSources {
  timers: Timers;
  /** The folder of the release. */
  program: string;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
  /** Shorter than the limit, for tests. */
  idleMs?: number;
}

/** What this process has of an environment. */
interface Held {
  running: RunningEnvironment | null;
  /** What is being done with it now. */
  going: Promise<void> | null;
  /** Whether that is a check. */
  isChecking: boolean;
  abort: AbortController;
}

interface Watching extends EnvironmentWatchOptions {
  held: Map<string, Held>;
  isSwept: boolean;
}

export function startEnvironmentWatch(options: EnvironmentWatchOptions): Checks {
  const watching: Watching = { ...options, held: new Map(), isSwept: false };
  const checks = startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    check: () => step(watching),
    failed: (error) => options.report("The environments could not be checked.", error),
  });
  return {
    async check() {
      await checks.check();
      await Promise.all([...watching.held.values()].map(({ going }) => going));
    },
    async stop() {
      await checks.stop();
      await letGo(watching);
    },
  };
}

async function step(watching: Watching): Promise<void> {
  const { store, held, leads } = watching;
  if (!leads()) return letGo(watching);
  await keepPreviews(watching);
  const all = new Map(store.environments.all().map((environment) => [environment.uid, environment]));
  if (!watching.isSwept) await sweep(watching, all);
  for (const uid of held.keys()) if (!all.has(uid)) begin(watching, uid, () => removed(watching, uid));
  for (const environment of all.values()) await stepOne(watching, environment);
}

async function stepOne(watching: Watching, environment: StoredEnvironment): Promise<void> {
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
  } else if (unusedMs > keepMs) await store.environments.set(uid, [state], { state: "ending" });
  else if (AT_WORK.includes(state) && mine === undefined)
    await store.environments.set(uid, [state], { state: "waiting" });
  else if (state === "waiting") beginUp(watching, environment);
  else if (environment.wantedChecks !== null) beginChecks(watching, environment, environment.wantedChecks);
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
    isChecking: false,
    abort: new AbortController(),
  };
  if (held.going !== null) return;
  watching.held.set(uid, held);
  held.going = work(held)
    .catch((error: unknown) => watching.report("An environment could not be changed; it is tried again.", error))
    .finally(() => {
      held.going = null;
      held.isChecking = false;
      if (held.running === null && watching.held.get(uid) === held) watching.held.delete(uid);
    });
}

function beginUp(watching: Watching, environment: StoredEnvironment): void {
  const { store, held } = watching;
  const { uid } = environment;
  const all = [...held.values()];
  const isBusy = all.filter(({ going, isChecking, running }) => going && !isChecking && !running).length >= AT_ONCE;
  const isFull = all.filter(({ running }) => running !== null).length >= ENVIRONMENT_LIMITS.running;
  if (isBusy || isFull || store.halts.current()) return;
  begin(watching, uid, async (mine) => {
    await stopped(watching, uid);
    const project = store.projects.get(environment.project);
    if (project === null) return;
    mine.abort = new AbortController();
    try {
      mine.running = await bringUp(watching, uid, project, mine.abort.signal);
      if (mine.running) follow(watching, uid, mine.running);
    } catch (error) {
      if (!mine.abort.signal.aborted) await fail(watching, uid, error);
    }
  });
}

/** Checks what is there: the files of a commit. An environment that failed has none to check. */
function beginChecks(
  watching: Watching,
  environment: StoredEnvironment,
  { by, ...wanted }: NonNullable<StoredEnvironment["wantedChecks"]>,
): void {
  const { store, held, now } = watching;
  const { uid, commit } = environment;
  if ([...held.values()].filter(({ isChecking }) => isChecking).length >= CHECKS_AT_ONCE) return;
  begin(watching, uid, async (mine) => {
    mine.isChecking = true;
    const project = store.projects.get(environment.project);
    if (project === null) return;
    if (mine.abort.signal.aborted) mine.abort = new AbortController();
    const signal = AbortSignal.any([mine.abort.signal, AbortSignal.timeout(CHECKS_MS)]);
    const found = await checkedOr(watching, environment, project, { wanted: { by, ...wanted }, signal });
    // Ended by the server's stop: it is done again.
    if (mine.abort.signal.aborted) return;
    const at = new Date(now()).toISOString();
    await store.environments.keepChecks(uid, { at, by, commit: commit ?? "", ...found });
  });
}

async function checkedOr(
  watching: Watching,
  environment: StoredEnvironment,
  ...rest: [StoredProject, Parameters<typeof check>[3]]
): Promise<CheckResult> {
  try {
    return await check(watching, environment, ...rest);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const sentence = `Nothing was checked: ${watching.security.redactor.redact(why)}`;
    return { contract: null, load: null, numbers: [], not_measured: [sentence] };
  }
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

async function stopped({ held }: Watching, uid: string): Promise<void> {
  const mine = held.get(uid);
  if (!mine?.running) return;
  const { running } = mine;
  // First, because an end that is wanted is no failure.
  mine.running = null;
  await running.stop();
}

async function removed(watching: Watching, uid: string): Promise<void> {
  await stopped(watching, uid);
  await removeTree(foldersOf(watching.dataDir, uid).whole);
}

/** Removes folders of environments that are gone, which a kill has left. Those of another database stay. */
async function sweep(watching: Watching, all: ReadonlyMap<string, unknown>): Promise<void> {
  const folder = environmentsIn(watching.dataDir);
  const isHeld = heldByOthers(watching.store.client.file, watching.dataDir, "environments");
  const left = namesIn(folder).filter((name) => !all.has(name) && !isHeld(name));
  for (const name of left) await removeTree(foldersOf(watching.dataDir, name).whole);
  watching.isSwept = true;
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
  watching.isSwept = false;
  const { held } = watching;
  for (const { abort } of held.values()) abort.abort(new Error("The server stops."));
  await Promise.all([...held.values()].map(({ going }) => going));
  await Promise.all([...held.keys()].map((uid) => stopped(watching, uid)));
  held.clear();
}
