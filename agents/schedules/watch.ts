/** Begins the trees of schedules when they are due. A kill between two steps loses no time and begins none twice. */
import pLimit from "p-limit";
import { type Actor, UserError } from "@/agents/application";
import type { CycleWork } from "@/core/evolution/work";
import { treeIdOf } from "@/core/ids";
import type { ScheduledSubmission } from "@/core/shapes/schedules";
import type { Submission } from "@/core/shapes/submission";
import type { StoredRun, StoredSchedule } from "@/db/schedules/schedules";
import type { Store } from "@/db/store";
import { type Checks, startChecks } from "@/lib/time/checks";
import { CronError } from "@/lib/time/cron";
import { orAborted } from "@/lib/time/or-aborted";
import type { Timers } from "@/lib/time/timers";
import { dueNow, nextAfter, readable } from "./due";
import { makerNow } from "./maker";

const CHECK_MS = 1_000;
/** Creating a tree may take minutes, when it begins with a clone. */
const AT_ONCE = 4;
const AGAIN_MS = 30_000;
/** A person's start whose tree is still missing after this time was cut off by a kill. */
const LOST_MS = 3_600_000;
/** Failed starts in a row after which a schedule is paused. */
const MOST_FAILURES = 5;

const LOST = {
  paused: "The schedule was paused before the tree began.",
  lost: "The server stopped before the tree began.",
};

export interface ScheduleWatchOptions {
  store: Pick<Store, "schedules" | "people" | "halts" | "evolutions">;
  /** Submits with the rights of the actor. The same `once` gives the same tree. */
  submit(submission: Submission, actor: Actor, given: { once: string; schedule: string }): Promise<unknown>;
  /**
   * Begins a run of the evolution of the project with the rights of the actor. The same `once` gives the same run.
   * Throws UserError conflict when none can begin now.
   */
  evolve(
    project: string,
    actor: Actor,
    given: { once: string; schedule: string; cycles: number } & CycleWork,
  ): Promise<{ run: string }>;
  /** Returns why the actor's trees may not work in the folder of the submission now, as a sentence, or null. */
  refusalOf(submission: Submission, actor: Actor): string | null;
  timers: Timers;
  now(): number;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

interface WatchContext extends ScheduleWatchOptions {
  /** Trees that are being created, by their ids. */
  going: Map<string, Promise<void>>;
  limit: ReturnType<typeof pLimit>;
  /** When a fault of the server last prevented a tree. */
  failedAtMs: Map<string, number>;
  isRepaired: boolean;
  /** Whether the folders were compared with the settings of this process. */
  areFoldersChecked: boolean;
  checkedAtMs: number;
  /** Aborted when the server stops. */
  signal: AbortSignal;
}

export function startScheduleWatch(options: ScheduleWatchOptions): Checks {
  const ending = new AbortController();
  const context: WatchContext = {
    ...options,
    signal: ending.signal,
    // A clone may take minutes. The next start submits the same tree again.
    submit: (...given) => orAborted(() => options.submit(...given), ending.signal),
    going: new Map(),
    limit: pLimit(AT_ONCE),
    failedAtMs: new Map(),
    isRepaired: false,
    areFoldersChecked: false,
    checkedAtMs: 0,
  };
  const checks = startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    check: () => checkNow(context),
    failed: (error) => options.report("The schedules could not be checked.", error),
  });
  return {
    async check() {
      await checks.check();
      await Promise.all(context.going.values());
    },
    async stop() {
      ending.abort(new Error("The server stops."));
      await checks.stop();
      await Promise.all(context.going.values());
    },
  };
}

/** Claims what is due, and begins to create the trees that were claimed. */
async function checkNow(context: WatchContext): Promise<void> {
  const { store, now } = context;
  // Times that pass while everything is paused are caught up once, like those without a server.
  if (!context.leads() || store.halts.current()) return;
  // A clock that was set back may have been wrong when the next times were computed.
  if (now() < context.checkedAtMs) context.isRepaired = false;
  context.checkedAtMs = now();
  if (!context.isRepaired) await repair(context);
  if (!context.areFoldersChecked) await pauseRefused(context);
  for (const schedule of store.schedules.due(now())) await claim(context, schedule);
  await store.schedules.settleLost(now() - LOST_MS, LOST);
  for (const { run } of store.schedules.pending()) {
    const { id, tree } = run;
    if (tree === null || context.going.has(tree) || mustWait(context, tree)) continue;
    const going = context.limit(() => beginPending(context, id, tree)).finally(() => context.going.delete(tree));
    context.going.set(tree, going);
  }
}

/** Whether the tree has failed just now. A clock that was set back since must not make it wait longer. */
function mustWait({ failedAtMs, now }: WatchContext, tree: string): boolean {
  const atMs = failedAtMs.get(tree);
  return atMs !== undefined && Math.abs(now() - atMs) < AGAIN_MS;
}

/** Begins with the schedule as it is now: while the run waited for its turn, a person may have changed or paused it. */
async function beginPending(context: WatchContext, runId: number, tree: string): Promise<void> {
  context.failedAtMs.delete(tree);
  const found = context.store.schedules.stillPending(runId);
  if (found) await begin(context, found.run, tree, found.schedule);
}

/** Sets next times again that a wrong clock has put too far ahead. No time begins twice, as each is claimed once. */
async function repair(context: WatchContext): Promise<void> {
  const { schedules } = context.store;
  for (const { uid, cron, zone, nextAtMs } of schedules.ahead(context.now())) {
    const cadence = readable(cron, zone);
    if (cadence instanceof CronError || nextAtMs === null) continue;
    const rightMs = nextAfter(cadence, context.now());
    if (rightMs !== nextAtMs) await schedules.setNext(uid, nextAtMs, rightMs);
  }
  context.isRepaired = true;
}

/** Pauses schedules whose trees could not work in their folders. Their next time may be months away. */
async function pauseRefused(context: WatchContext): Promise<void> {
  const { store, refusalOf, now } = context;
  for (const { uid } of store.schedules.all()) {
    // A person may have changed it while the one before was paused.
    const schedule = store.schedules.get(uid);
    if (!schedule || schedule.pausedAtMs !== null) continue;
    const maker = makerNow(store.people, makerOf(schedule), now());
    const why = "lost" in maker ? null : refusalOf(schedule.submission, maker.actor);
    if (why !== null) await store.schedules.pauseByBanyan(uid, why);
  }
  context.areFoldersChecked = true;
}

async function claim(context: WatchContext, schedule: StoredSchedule): Promise<void> {
  const { store, now } = context;
  const { schedules } = store;
  const { uid, cron, zone, nextAtMs: expectedMs } = schedule;
  if (expectedMs === null) return;
  const cadence = readable(cron, zone);
  if (cadence instanceof CronError) {
    await schedules.pauseByBanyan(uid, cadence.message);
    return;
  }
  const due = dueNow(cadence, expectedMs, now());
  // The rules of the time zone have changed since.
  if (due === null) await schedules.setNext(uid, expectedMs, nextAfter(cadence, now()));
  else await schedules.claim({ schedule: uid, expectedMs, ...due, tree: treeIdOf(onceOf(uid, due.dueMs)) });
}

/** Returns what makes the tree of a due time the same one however often it is submitted. */
function onceOf(uid: string, dueMs: number): string {
  return `schedule ${uid} ${dueMs}`;
}

const makerOf = ({ maker, submission }: StoredSchedule) => ({ maker, rights: submission.rights ?? [] });

/** Creates the tree of a claimed time, or begins its run of an evolution, unless it is there already. Never rejects. */
async function begin(context: WatchContext, run: StoredRun, tree: string, schedule: StoredSchedule): Promise<void> {
  const { store, submit, report, signal } = context;
  const { submission } = schedule;
  try {
    signal.throwIfAborted();
    if (!store.schedules.hasTree(tree)) {
      const maker = makerNow(store.people, makerOf(schedule), context.now());
      if ("lost" in maker) return await fail(context, run, schedule, { why: maker.lost, isRight: true });
      const once = onceOf(schedule.uid, run.dueAtMs);
      if (submission.evolve) return await evolve(context, run, { schedule, submission, actor: maker.actor, once });
      await submit(submission, maker.actor, { once, schedule: schedule.name });
    }
    await store.schedules.begun(run);
  } catch (error) {
    if (signal.aborted) return;
    // A full disk is a passing fault, so the time is not lost.
    if (error instanceof UserError && error.kind === "unavailable") {
      context.failedAtMs.set(tree, context.now());
    } else if (error instanceof UserError) {
      const isRight = error.kind === "forbidden";
      await fail(context, run, schedule, { why: error.message, isRight }).catch((cause: unknown) =>
        report(`The schedule “${schedule.name}” could not be updated.`, cause),
      );
    } else {
      context.failedAtMs.set(tree, context.now());
      report(`The schedule “${schedule.name}” could not begin; it is tried again.`, error);
    }
  }
}

/** What holds an evolution back, such as changes that wait for a person, is no fault of the schedule. */
async function evolve(
  { store, evolve: begin }: WatchContext,
  run: StoredRun,
  given: { schedule: StoredSchedule; submission: ScheduledSubmission; actor: Actor; once: string },
): Promise<void> {
  const { schedule, submission, actor, once } = given;
  const { project = "", evolve: asked, model, goal } = submission;
  const work = { ...(model !== undefined && { model }), ...(goal && { goal }) };
  try {
    const begun = await begin(project, actor, { once, schedule: schedule.name, cycles: asked?.cycles ?? 1, ...work });
    await store.schedules.evolves(run, begun.run);
  } catch (error) {
    if (!(error instanceof UserError) || error.kind !== "conflict") throw error;
    await store.schedules.skipped(run, error.message);
  }
}

/** Settles the run. A lost right pauses the schedule at once, other reasons when they last. */
async function fail(
  { store }: WatchContext,
  run: StoredRun,
  schedule: StoredSchedule,
  { why, isRight }: { why: string; isRight: boolean },
): Promise<void> {
  await store.schedules.failed(run, schedule, why, (failures) => {
    if (isRight) return why;
    return failures >= MOST_FAILURES ? `${failures} starts in a row failed. The last: ${why}` : null;
  });
}
