/**
 * A worker: takes ready tasks as far as it has slots, works each until it rests, keeps its heartbeat, and frees the
 * leases of workers that died. Nothing here decides what a task does.
 *
 * Every lease is at work, or it is given back: what breaks off is tried again, later and later when the task took no step
 * forward, until its last try ends it.
 */

import { createStateCache, LeaseLostError } from "@/agents/turn/open-task";
import type { WorkerWorld } from "@/agents/turn/world";
import type { LeasedTask } from "@/db/records/records";
import type { Store } from "@/db/store";
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
import type { WorkerContext, WorkerOptions } from "./worker-context";

export interface Worker {
  id: number;
  active(): number;
  /** Whether this is the worker that looks after all trees: the one that has been there longest. */
  leads(): boolean;
  /** While it is held back it begins no second task beside one that works. */
  hold(isHeldBack: boolean): void;
  isHeldBack(): boolean;
  /** Frees the leases of which nothing was heard for longer than their work may take; how many there were. */
  restartStuck(): Promise<number>;
  /** Lets every task come to its turn's boundary, for at most `graceMs`; then cuts what still runs. */
  stop(graceMs: number): Promise<void>;
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
    leads: () => store.workers.list().find(({ role }) => role !== "web")?.id === context.id,
    hold(next) {
      context.isHeldBack = next;
    },
    isHeldBack: () => context.isHeldBack,
    restartStuck: () => restartStuck(context),
    stop: (graceMs) => stop(context, endWatching, graceMs),
  };
}

function contextOf(world: WorkerWorld, store: Store, options: WorkerOptions): WorkerContext {
  const context: WorkerContext = {
    world: {
      ...world,
      alive: (uid, forMs) => void context.signs.set(uid, { atMs: context.monotonic(), forMs }),
      mustHold: (claim) => mustHold(context, claim),
      draining: () => context.draining,
      moreUrgent: (priority) => options.treeId === undefined && store.loader.readyAbove(priority),
    },
    store,
    options,
    cache: createStateCache(),
    monotonic: options.monotonic ?? (() => performance.now()),
    id: -1,
    beatAtMs: 0,
    running: new Map(),
    done: new Map(),
    seen: new Map(),
    signs: new Map(),
    draining: false,
    isHeldBack: false,
    isHalted: false,
    isBeating: false,
  };
  return context;
}

/** From now on the log claims ready tasks for the slots that are free. */
function offerSlots(context: WorkerContext): void {
  const { store, options, running } = context;
  store.log.setClaimer({
    workerId: context.id,
    treeId: options.treeId ?? null,
    freeSlots: () => (context.isHeldBack ? 1 : options.slots) - running.size,
    isOpen: () => !context.draining,
    deliver: (claims) => deliver(context, claims),
  });
}

function deliver(context: WorkerContext, claims: LeasedTask[]): void {
  const { running, signs, done, world } = context;
  for (const claim of claims) {
    // What this worker still does for the task under a lease that it lost is over.
    running.get(claim.uid)?.controller.abort(new LeaseLostError("The lease was lost."));
    const controller = new AbortController();
    running.set(claim.uid, { lease: claim.lease, controller });
    world.alive(claim.uid, 0);
    const ended = workClaimed(context, claim, controller).finally(() => {
      // The same task may have been claimed again by the very commit that released it.
      if (running.get(claim.uid)?.controller === controller) {
        running.delete(claim.uid);
        signs.delete(claim.uid);
        done.delete(claim.uid);
      }
    });
    done.set(claim.uid, ended);
  }
}

/** Looks at each commit, at an interval, and at each heartbeat, until the function that it returns is called. */
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

/** What cannot be read now is looked at again by the next poll. */
function safely({ options }: WorkerContext, look: () => void): void {
  try {
    look();
  } catch (error) {
    options.report("The database could not be read.", error);
  }
}

function poll(context: WorkerContext): void {
  safely(context, () => {
    if (mayBeTakenForDead(context)) abortLost(context);
    abortStopped(context);
    abortHalted(context);
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

/** A worker that stood still for so long that others took it for dead begins anew, under a row of its own. */
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

async function stop(context: WorkerContext, endWatching: () => void, graceMs: number): Promise<void> {
  const { world, store, options, running, done } = context;
  context.draining = true;
  const cancel = world.timers.after(graceMs, () => {
    for (const { controller } of running.values()) controller.abort(new Error("The server stops."));
    store.log.giveUp();
  });
  await Promise.allSettled(done.values());
  cancel();
  endWatching();
  store.log.setClaimer(null);
  await store.workers
    .leave(context.id)
    .catch((error) => options.report("The worker's leases could not be freed.", error));
}
