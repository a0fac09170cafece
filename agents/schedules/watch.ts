/** Begins the trees of schedules when they are due. A kill between two steps loses no time and begins none twice. */
import pLimit from "p-limit";
import { type Actor, UserError } from "@/agents/application";
import { treeIdOf } from "@/core/ids";
import type { Submission } from "@/core/shapes/shapes";
import type { StoredRun, StoredSchedule } from "@/db/schedules/schedules";
import type { Store } from "@/db/store";
import { type Checks, startChecks } from "@/lib/time/checks";
import { type Cadence, CronError, readCron } from "@/lib/time/cron";
import type { Timers } from "@/lib/time/timers";
import { dueNow, nextAfter } from "./due";
import { makerNow } from "./maker";

const CHECK_MS = 1_000;
/** Creating a tree may take minutes, when it begins with a clone. */
const AT_ONCE = 4;
const AGAIN_MS = 30_000;
/** A person's start whose tree is still missing after this time was cut off by a kill. */
const LOST_MS = 3_600_000;
/** Failed starts in a row after which a schedule is paused. */
export const MOST_FAILURES = 5;

const LOST = {
  paused: "The schedule was paused before the tree began.",
  lost: "The server stopped before the tree began.",
};

export interface ScheduleWatchOptions {
  store: Pick<Store, "schedules" | "people" | "halts" | "audit">;
  /** Submits with the rights of the actor. The same `once` gives the same tree. */
  submit(submission: Submission, actor: Actor, given: { once: string; schedule: string }): Promise<unknown>;
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
  /** When a tree that a fault of the server prevented is tried again. */
  againAtMs: Map<string, number>;
  isRepaired: boolean;
}

export function startScheduleWatch(options: ScheduleWatchOptions): Checks {
  const context: WatchContext = {
    ...options,
    going: new Map(),
    limit: pLimit(AT_ONCE),
    againAtMs: new Map(),
    isRepaired: false,
  };
  const checks = startChecks({
    ...{ timers: options.timers, everyMs: CHECK_MS, check: () => checkNow(context) },
    failed: (error) => options.report("The schedules could not be checked.", error),
  });
  return {
    async check() {
      await checks.check();
      await Promise.all(context.going.values());
    },
    async stop() {
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
  if (!context.isRepaired) await repair(context);
  for (const schedule of store.schedules.due(now())) await claim(context, schedule);
  await store.schedules.settleLost(now() - LOST_MS, LOST);
  for (const { run, schedule } of store.schedules.pending()) {
    const { tree } = run;
    if (tree === null || context.going.has(tree) || (context.againAtMs.get(tree) ?? 0) > now()) continue;
    const going = context.limit(() => begin(context, run, tree, schedule)).finally(() => context.going.delete(tree));
    context.going.set(tree, going);
  }
}

/** Sets next times again that a wrong clock has put too far ahead. No time begins twice, as each is claimed once. */
async function repair(context: WatchContext): Promise<void> {
  const { schedules } = context.store;
  for (const { uid, cron, zone, nextAtMs } of schedules.ahead(context.now())) {
    const cadence = readable(cron, zone);
    if (!(cadence instanceof CronError) && nextAtMs !== null)
      await schedules.setNext(uid, nextAtMs, nextAfter(cadence, context.now()));
  }
  context.isRepaired = true;
}

async function claim(context: WatchContext, schedule: StoredSchedule): Promise<void> {
  const { store, now } = context;
  const { schedules } = store;
  const { uid, cron, zone, nextAtMs: expectedMs } = schedule;
  if (expectedMs === null) return;
  const cadence = readable(cron, zone);
  if (cadence instanceof CronError) {
    await pause(context, schedule, cadence.message);
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

function readable(cron: string, zone: string): Cadence | CronError {
  try {
    return readCron(cron, zone);
  } catch (error) {
    if (error instanceof CronError) return error;
    throw error;
  }
}

/** Creates the tree of a claimed time, unless it is there already. Never rejects. */
async function begin(context: WatchContext, run: StoredRun, tree: string, schedule: StoredSchedule): Promise<void> {
  const { store, submit, report } = context;
  try {
    if (!store.schedules.hasTree(tree)) {
      const maker = makerNow(store.people, schedule);
      if ("lost" in maker) return await fail(context, run, schedule, { why: maker.lost, isRight: true });
      const once = onceOf(schedule.uid, run.dueAtMs);
      await submit(schedule.submission, maker.actor, { once, schedule: schedule.name });
    }
    await store.schedules.begun(run);
  } catch (error) {
    // A full disk passes, and the time is not lost by it.
    if (error instanceof UserError && error.kind === "unavailable") {
      context.againAtMs.set(tree, context.now() + AGAIN_MS);
    } else if (error instanceof UserError) {
      const isRight = error.kind === "forbidden";
      await fail(context, run, schedule, { why: error.message, isRight }).catch((cause: unknown) =>
        report(`The schedule “${schedule.name}” could not be updated.`, cause),
      );
    } else {
      context.againAtMs.set(tree, context.now() + AGAIN_MS);
      report(`The schedule “${schedule.name}” could not begin; it is tried again.`, error);
    }
  }
}

/** Settles the run. A lost right pauses the schedule at once, other reasons when they last. */
async function fail(
  context: WatchContext,
  run: StoredRun,
  schedule: StoredSchedule,
  { why, isRight }: { why: string; isRight: boolean },
): Promise<void> {
  const failures = await context.store.schedules.failed(run, why);
  if (isRight) await pause(context, schedule, why);
  else if (failures >= MOST_FAILURES)
    await pause(context, schedule, `${failures} starts in a row failed. The last: ${why}`);
}

/** Pauses the schedule until a person resumes it, who then gives it their rights. */
async function pause({ store }: WatchContext, { uid, name }: StoredSchedule, sentence: string): Promise<void> {
  if (!(await store.schedules.pause(uid, null, sentence))) return;
  const detail = JSON.stringify({ outcome: "done", name, sentence });
  await store.audit.append([{ actor: "Banyan", action: "pauseSchedule", subject: uid, tree: "", detail }]);
}
