/**
 * Checks running trees, at an interval and as soon as a case is recorded. Rules decide clear cases. The supervisor
 * agent judges the others by their evidence, in its own tree under a daily cap. The table of interventions records what
 * was found and done. Silent calls are ended where they are made (`time-limit.ts`), without waiting for the supervisor.
 */
import { judgeTrials } from "@/agents/commands/trials";
import type { World } from "@/agents/turn/world";
import { BrokenLogError } from "@/core/log/broken-log";
import { isEnded } from "@/core/log/terms";
import type { FoundTask } from "@/db/records/found-task";
import type { OpenCase } from "@/db/reviews/interventions";
import type { Store } from "@/db/store";
import { carryOut, opinionOf } from "./supervisor-opinion";
import { type ConsultSources, evidenceOf, openConsult } from "./supervisor-question";
import type { Worker } from "./worker";

export interface SupervisorOptions extends ConsultSources {
  intervalMs: number;
  /** Returns why results decide no trial now; null: they do. */
  undecidedBy(): string | null;
  now(): number;
  /** Keeps the store of snapshots below its cap. */
  compactSnapshots(): Promise<unknown>;
  report(message: string, error?: unknown): void;
}

/** Commits within this time are checked together. */
const SOON_MS = 200;
const COMPACT_EVERY_MS = 15 * 60_000;

export interface Supervisor {
  /** Checks everything once and returns what it did. */
  check(): Promise<{ orphans: number; lostWakes: number; unparked: number; stuck: number; cases: number }>;
  stop(): void;
}

interface SupervisorContext {
  world: Pick<World, "timers" | "log">;
  store: Store;
  worker: Worker;
  options: SupervisorOptions;
  /** The running check. */
  running: ReturnType<Supervisor["check"]> | null;
  /** Cancels the check that commits have scheduled. */
  soon: (() => void) | null;
  sinceCompactMs: number;
}

export function startSupervisor(
  world: Pick<World, "timers" | "log">,
  store: Store,
  worker: Worker,
  options: SupervisorOptions,
): Supervisor {
  const context: SupervisorContext = { world, store, worker, options, running: null, soon: null, sinceCompactMs: 0 };
  const endInterval = world.timers.every(options.intervalMs, () => onInterval(context));
  const unsubscribe = world.log.onCommit(() => checkSoon(context));
  return {
    check: () => check(context),
    stop() {
      endInterval();
      unsubscribe();
      context.soon?.();
    },
  };
}

function onInterval(context: SupervisorContext): void {
  const { options, worker } = context;
  checkSafely(context);
  context.sinceCompactMs += options.intervalMs;
  if (context.sinceCompactMs < COMPACT_EVERY_MS || !worker.leads()) return;
  context.sinceCompactMs = 0;
  options.compactSnapshots().catch((error) => options.report("The snapshots could not be compacted.", error));
}

/**
 * Schedules a check after a commit. There may be thousands of commits, so new cases are looked for at most a few times
 * per second. A running check may already be past the newest commit, so another one is scheduled.
 */
function checkSoon(context: SupervisorContext): void {
  context.soon ??= context.world.timers.after(SOON_MS, () => {
    context.soon = null;
    if (!context.store.interventions.hasDueCases()) return;
    if (context.running) checkSoon(context);
    else checkSafely(context);
  });
}

function checkSafely(context: SupervisorContext): void {
  void check(context).catch((error) => context.options.report("The supervisor could not check the trees.", error));
}

/** Runs one check at a time; callers during a check share it. */
function check(context: SupervisorContext): ReturnType<Supervisor["check"]> {
  context.running ??= checkTasks(context).finally(() => {
    context.running = null;
  });
  return context.running;
}

async function checkTasks(context: SupervisorContext): ReturnType<Supervisor["check"]> {
  const { store, worker, options } = context;
  if (!worker.leads()) return { orphans: 0, lostWakes: 0, unparked: 0, stuck: 0, cases: 0 };
  const found = {
    orphans: await store.supervision.stopOrphans(),
    lostWakes: await store.supervision.wakeForgotten(),
    unparked: await store.supervision.unparkAfterSetBack(),
    stuck: await worker.restartStuck(),
    cases: 0,
  };
  // Atomic for each trial, so a process that is killed here leaves the rest to the next check.
  if (options.undecidedBy() === null) await judgeTrials(store, options.now());
  for (const openCase of store.interventions.openCases()) {
    // A case that cannot be judged must not delay the others.
    await handle(context, openCase).catch((error) =>
      options.report(`The case of task ${openCase.taskUid} could not be judged.`, error),
    );
    found.cases += 1;
  }
  return found;
}

/** Handles a case: asks in a separate tree, and carries out the opinion when that has ended. Else a person decides. */
async function handle(context: SupervisorContext, openCase: OpenCase): Promise<void> {
  const { store, options } = context;
  // A deleted tree takes its cases with it.
  if (store.queries.trees.tasksLike(openCase.taskUid).length === 0) return;
  const task = store.queries.trees.findTask(openCase.taskUid);
  // Help would make the comparison unfair, and a flag would take a person's time.
  if (store.replays.isReplay(task.treeUid)) {
    const message = "A replay gets no help.";
    return carryOut(options, store, task, openCase, { action: "stop", message });
  }
  if (isEnded(task.status))
    return carryOut(options, store, task, openCase, { action: "none", message: "The task has ended." });
  if (openCase.askedIn === null) {
    const asked = await ask(context, task, openCase);
    if (!asked) return;
    if ("tree" in asked) await store.interventions.askedIn(openCase.id, asked.tree);
    else await carryOut(options, store, task, openCase, { action: "flag", message: asked.why });
    return;
  }
  const opinion = opinionOf(store, openCase.askedIn);
  if (opinion) await carryOut(options, store, task, openCase, opinion);
}

async function ask(
  { store, options }: SupervisorContext,
  task: FoundTask,
  openCase: OpenCase,
): ReturnType<typeof openConsult> {
  try {
    return await openConsult(
      options,
      store,
      task,
      openCase,
      await evidenceOf(options.choices(), store, task, openCase),
    );
  } catch (error) {
    if (!(error instanceof BrokenLogError)) throw error;
    return { why: `The task's log cannot be read: ${error.message}` };
  }
}
