/**
 * A worker: claims ready tasks for its free slots, works each until it rests, writes its heartbeat, and ends the
 * leases of dead workers. Nothing here decides what a task does.
 *
 * Every lease has running work, or it is ended. Work that breaks off is retried, with growing delays while the task
 * makes no progress, until the last retry fails the task.
 */
import { createStateCache, LeaseLostError } from "@/agents/turn/open-task";
import type { WorkerWorld } from "@/agents/turn/world";
import type { Claiming } from "@/core/log/limits";
import { leaderOf } from "@/db/log/workers";
import type { LeasedTask } from "@/db/records/records";
import type { Store } from "@/db/store";
import { LeftRunning } from "@/lib/workplace/left-running";
import { workClaimed } from "./claimed-work";
import {
  abortHalted,
  abortLost,
  abortStopped,
  giveBackIdle,
  mayBeTakenForDead,
  mustHold,
  restartStuck,
} from "./held-leases";
import { freeDeadWorkers, register } from "./other-workers";
import { createQueueClock } from "./queue-clock";
import type { WorkerContext, WorkerOptions } from "./worker-context";

export interface Worker {
  id: number;
  active(): number;
  /** Returns whether this worker supervises all trees. */
  leads(): boolean;
  /** From now on claims tasks of this tree only, or of all. */
  workOn(claims: number | "all"): void;
  /** Claims nothing more, and lets each task end its turn, until `resume` or `stop`. */
  drain(): void;
  resume(): void;
  /** Ends the leases whose work was silent for too long, and returns how many. */
  restartStuck(): Promise<number>;
  /**
   * Lets every task finish its turn, for at most `graceMs`, then aborts the rest. The worker leaves when `beside` has settled
   * too: what it did as the one that leads is then done by another.
   */
  stop(graceMs: number, beside?: Promise<unknown>): Promise<void>;
}

const POLL_MS = 250;
const HEARTBEAT_MS = 5_000;

export async function startWorker(world: WorkerWorld, store: Store, options: WorkerOptions): Promise<Worker> {
  const context = contextOf(world, store, options);
  await freeDeadWorkers(context);
  context.id = await register(context);
  context.beatAtMs = context.monotonic();
  offerSlots(context);
  const endWatching = watch(context);
  store.log.poke();
  return {
    get id() {
      return context.id;
    },
    active: () => context.running.size,
    leads: () => leaderOf(store.workers.list())?.id === context.id,
    workOn(claims) {
      context.claims = claims;
      offerSlots(context);
      store.log.poke();
    },
    drain() {
      context.draining = true;
    },
    resume() {
      context.draining = false;
      store.log.poke();
    },
    restartStuck: () => restartStuck(context),
    stop: (graceMs, beside) => stop(context, endWatching, graceMs, beside),
  };
}

function contextOf(world: WorkerWorld, store: Store, options: WorkerOptions): WorkerContext {
  const monotonic = options.monotonic ?? (() => performance.now());
  const context: WorkerContext = {
    world: {
      ...world,
      alive(uid, forMs) {
        context.signs.set(uid, { atMs: context.monotonic(), forMs });
        options.atWork?.note(context.id, uid);
      },
      mustHold: (claim) => mustHold(context, claim),
      draining: () => context.draining || claimingOf(context) === "none",
      moreUrgent: (priority) => context.claims === "all" && store.loader.readyAbove(priority, world.places.openPools()),
    },
    store,
    options,
    cache: createStateCache(),
    monotonic,
    id: -1,
    beatAtMs: 0,
    running: new Map(),
    done: new Map(),
    seen: new Map(),
    signs: new Map(),
    queue: createQueueClock(monotonic, world.counts),
    claims: options.treeId ?? "all",
    draining: false,
    isHalted: false,
    isBeating: false,
  };
  return context;
}

function claimingOf({ options }: WorkerContext): Claiming {
  return options.claiming?.() ?? "all";
}

/** Lets the log claim ready tasks for the free slots from now on. */
function offerSlots(context: WorkerContext): void {
  const { store, options, running, claims, world } = context;
  store.log.setClaimer({
    workerId: context.id,
    treeId: typeof claims === "number" ? claims : null,
    freeSlots: () => (claimingOf(context) === "one" ? 1 : options.slots) - running.size,
    stopsOnly: () => claimingOf(context) === "none",
    openPools: () => world.places.openPools(),
    isOpen: () => !context.draining && context.claims !== "none",
    deliver: (claims) => deliver(context, claims),
  });
}

function deliver(context: WorkerContext, claims: LeasedTask[]): void {
  const { running, signs, done, world, queue } = context;
  for (const claim of claims) {
    queue.claimed(claim.uid);
    // Work of this worker under an earlier, lost lease of the same task must end.
    running.get(claim.uid)?.controller.abort(new LeaseLostError("The lease was lost."));
    const controller = new AbortController();
    running.set(claim.uid, { lease: claim.lease, controller });
    world.alive(claim.uid, 0);
    const ended = workClaimed(context, claim, controller).finally(() => {
      // The commit that released the task may have claimed it again.
      if (running.get(claim.uid)?.controller === controller) {
        running.delete(claim.uid);
        signs.delete(claim.uid);
        done.delete(claim.uid);
      }
    });
    done.set(claim.uid, ended);
  }
}

/** Watches for stops and lost leases at each commit, poll and heartbeat. Returns a function that ends this. */
function watch(context: WorkerContext): () => void {
  const { world, options, store, running } = context;
  const unsubscribe = store.log.onCommit((commits) => {
    if (!commits.some((commit) => [...commit.tasks].some((uid) => running.has(uid)))) return;
    safely(context, () => {
      abortStopped(context);
      abortHalted(context);
    });
  });
  const endPoll = world.timers.every(options.pollMs ?? POLL_MS, () => poll(context));
  const endBeat = world.timers.every(options.heartbeatMs ?? HEARTBEAT_MS, () => beat(context));
  return () => {
    endPoll();
    endBeat();
    unsubscribe();
  };
}

/** Runs `look` and reports its error; the next poll tries again. */
function safely({ options }: WorkerContext, check: () => void): void {
  try {
    check();
  } catch (error) {
    options.report("The database could not be read.", error);
  }
}

function poll(context: WorkerContext): void {
  safely(context, () => {
    if (mayBeTakenForDead(context)) abortLost(context);
    abortStopped(context);
    abortHalted(context);
    context.queue.see(context.store.loader.readyUids());
  });
  context.store.log.poke();
}

function beat(context: WorkerContext): void {
  if (context.isBeating) return;
  context.isBeating = true;
  keepAlive(context)
    .then(() => freeDeadWorkers(context))
    .then(() => abortLost(context))
    .then(() => giveBackIdle(context))
    .catch((error) => context.options.report("The heartbeat could not be written.", error))
    .finally(() => {
      context.isBeating = false;
    });
}

/** Writes the heartbeat. A worker that was frozen so long that others removed it registers again under a new row. */
async function keepAlive(context: WorkerContext): Promise<void> {
  const atMs = context.monotonic();
  if (await context.store.workers.beat(context.id)) {
    context.beatAtMs = atMs;
    return;
  }
  if (context.draining) return;
  context.id = await register(context);
  context.beatAtMs = atMs;
  offerSlots(context);
}

async function stop(
  context: WorkerContext,
  endWatching: () => void,
  graceMs: number,
  beside?: Promise<unknown>,
): Promise<void> {
  const { world, store, options, running, done } = context;
  context.draining = true;
  const cancel = world.timers.after(graceMs, () => {
    for (const { controller } of running.values()) controller.abort(new LeftRunning("The server is stopping."));
    store.log.giveUp();
  });
  await Promise.allSettled(done.values());
  cancel();
  await Promise.allSettled([beside]);
  endWatching();
  store.log.setClaimer(null);
  await store.workers
    .leave(context.id)
    .catch((error) => options.report("The worker's leases could not be released.", error));
  options.atWork?.forget(context.id);
}
