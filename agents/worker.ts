/**
 * A worker: takes ready tasks as far as it has slots, works each until it rests, keeps its heartbeat, and frees the
 * leases of workers that died. Nothing here decides what a task does.
 *
 * Every lease is at work, or it is given back: what breaks off is tried again, later and later when the task took no step
 * forward, until its last try ends it.
 */

import { StoreError } from "@/db/errors";
import { FRUITLESS_LEASES } from "@/db/leases";
import type { LeasedTask } from "@/db/records";
import type { Store } from "@/db/store";
import type { WorkerRole } from "@/db/workers";
import { endDescendants } from "@/lib/process/descendants";
import { livenessOf, type ProcessIdentity } from "@/lib/process/identity";
import { passingFault } from "@/lib/process/passing-fault";
import { BrokenLogError } from "./core/entries";
import { failTask } from "./fail-task";
import { createStateCache, LeaseLostError } from "./open-task";
import { GRACE_MS } from "./time-limit";
import { work } from "./turn";
import type { WorkerWorld, World } from "./world";

export interface WorkerOptions {
  role: WorkerRole;
  identity: ProcessIdentity;
  address?: string;
  slots: number;
  /** Only tasks of this tree: `run` without a server works on its own tree alone. */
  treeId?: number;
  report(message: string, error?: unknown): void;
  /** Milliseconds; tests and the simulation use shorter ones. */
  pollMs?: number;
  heartbeatMs?: number;
  /** Monotonic clock in milliseconds. */
  monotonic?: () => number;
  /** Whether the process behind a worker's row lives. */
  liveness?: typeof livenessOf;
  /** Ends what a process that stands still has started, and returns when it is dead. */
  endDescendants?: typeof endDescendants;
}

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

/** Everything was paused while the task was at work: its lease is given back, and it goes on from its log. */
class HaltedError extends Error {
  override name = "HaltedError";
}

const POLL_MS = 250;
const HEARTBEAT_MS = 5_000;
/** A living worker, or one that cannot be seen, loses its leases when its heartbeat stood still for so long. */
const STILL_MS = 30_000;
/** Beyond the time that its call may take, a task's work is silent for no longer than this. */
const STUCK_MS = 60_000;

export async function startWorker(world: WorkerWorld, store: Store, options: WorkerOptions): Promise<Worker> {
  const { log, workers, loader, supervision } = store;
  const cache = createStateCache();
  const running = new Map<string, { lease: number; controller: AbortController }>();
  const done = new Map<string, Promise<void>>();
  const endOf = options.endDescendants ?? endDescendants;
  const monotonic = options.monotonic ?? (() => performance.now());
  /** Heartbeats of the other workers, and since when they stand there. */
  const seen = new Map<number, { heartbeat: number; sinceMs: number }>();
  /** When something was last heard of a task, and for how long nothing need be. */
  const signs = new Map<string, { atMs: number; forMs: number }>();
  let draining = false;
  let isHeldBack = false;
  /** What runs in the background was ended for the halt that stands. */
  let isHalted = false;

  await freeDeadWorkers();
  const register = () =>
    workers.register(options.identity, options.role, options.address ?? null, (other) => {
      return livenessOf(other, options.identity) === "alive";
    });
  let id = await register();
  /** Until then this worker was certainly not taken for dead. */
  let beatAtMs = monotonic();
  const full: World = {
    ...world,
    alive: (uid, forMs) => void signs.set(uid, { atMs: monotonic(), forMs }),
    mustHold,
    draining: () => draining,
    moreUrgent: (priority) => options.treeId === undefined && loader.readyAbove(priority),
  };

  function deliver(claims: LeasedTask[]): void {
    for (const claim of claims) {
      // What this worker still does for the task under a lease that it lost is over.
      running.get(claim.uid)?.controller.abort(new LeaseLostError("The lease was lost."));
      const controller = new AbortController();
      running.set(claim.uid, { lease: claim.lease, controller });
      full.alive(claim.uid, 0);
      const ended = run(claim, controller).finally(() => {
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

  /** Never rejects: whatever cannot be written now is done by the next heartbeat, which finds the lease without work. */
  async function run(claim: LeasedTask, controller: AbortController): Promise<void> {
    try {
      if (claim.fruitlessLeases >= FRUITLESS_LEASES) return await endFruitless(claim);
      await work(full, cache, claim, controller.signal);
      workers.noteFault(null);
    } catch (error) {
      await afterBreak(claim, controller, error).catch((second) => {
        options.report(`The lease of task ${claim.uid} could not be given back.`, second);
      });
    }
  }

  async function afterBreak(claim: LeasedTask, controller: AbortController, error: unknown): Promise<void> {
    // Whoever goes on with the task finds nothing of it at work here.
    await world.programs.endOfTask(claim.uid).catch((second) => options.report("Programs could not be ended.", second));
    if (error instanceof HaltedError) return workers.giveBack(id, claim);
    if (error instanceof LeaseLostError || error === controller.signal.reason) return;
    // What could not be written before the end is done again by whoever goes on with the task.
    if (draining && error instanceof StoreError) return;
    const fault = passingFault(error);
    if (fault) {
      workers.noteFault(fault);
      options.report(`Task ${claim.uid} of tree ${claim.treeUid} is tried again: ${fault}`, error);
      return workers.breakOff(id, claim, world.redactor.redact(fault));
    }
    options.report(`Task ${claim.uid} of tree ${claim.treeUid} failed inside the runtime.`, error);
    const reason = error instanceof BrokenLogError ? "broken_log" : "internal";
    const message = world.redactor.redact((error as Error).message);
    await failTask(store, claim, reason, message).catch((second) => {
      options.report(`Task ${claim.uid} could not be marked as failed.`, second);
      return workers.breakOff(id, claim, message);
    });
  }

  /** What broke off so often ends with a reason; when even that breaks off, next time without reading its log. */
  function endFruitless(claim: LeasedTask): Promise<void> {
    const reason = claim.fruitlessLeases > FRUITLESS_LEASES ? "broken_log" : "internal";
    const last = loader.detailOf(claim.id);
    const message = `Its work broke off ${claim.fruitlessLeases} times without a step forward${last ? ` (${last})` : ""}. Retry it when the cause is mended.`;
    return failTask(store, claim, reason, message);
  }

  const offerSlots = () =>
    log.setClaimer({
      workerId: id,
      treeId: options.treeId ?? null,
      freeSlots: () => (isHeldBack ? 1 : options.slots) - running.size,
      isOpen: () => !draining,
      deliver,
    });
  offerSlots();
  const unsubscribe = log.onCommit((commits) => {
    if (!commits.some((commit) => [...commit.tasks].some((uid) => running.has(uid)))) return;
    abortStopped();
    abortHalted();
  });

  /** Tasks of this worker that were stopped, by this process or another one. */
  function abortStopped(): void {
    for (const uid of loader.stopped(id)) running.get(uid)?.controller.abort(new Error("The task was stopped."));
  }

  /**
   * The kill switch cuts what is in flight, but for what is being stopped, and ends what runs in the background of tasks that rest.
   * Call it after `abortStopped`.
   */
  function abortHalted(): void {
    const halt = store.halts.current();
    for (const { controller } of halt ? running.values() : [])
      if (!controller.signal.aborted) controller.abort(new HaltedError("Everything is paused."));
    if (halt && !isHalted)
      world.programs.endAll().catch((error) => options.report("Programs could not be ended.", error));
    isHalted = halt !== null;
  }

  async function freeDeadWorkers(): Promise<void> {
    for (const one of workers.list()) {
      const liveness = (options.liveness ?? livenessOf)(one, options.identity);
      const last = seen.get(one.id);
      if (!last || last.heartbeat !== one.heartbeat)
        seen.set(one.id, { heartbeat: one.heartbeat, sinceMs: monotonic() });
      const stoodStill = last?.heartbeat === one.heartbeat && monotonic() - last.sinceMs > STILL_MS;
      if (liveness !== "dead" && !stoodStill) continue;
      // It cannot end what it started while it stands still, and nothing may be begun for its tasks beside that (DESIGN: leases).
      if (liveness === "alive") await endOf(one, options.identity);
      await workers.remove(one.id);
    }
  }

  /** A worker that stood still for so long that others took it for dead begins anew, under a row of its own. */
  async function keepAlive(): Promise<void> {
    const atMs = monotonic();
    if (await workers.beat(id)) {
      beatAtMs = atMs;
      return;
    }
    if (draining) return;
    id = await register();
    beatAtMs = atMs;
    offerSlots();
  }

  /** What was stopped for a while may have lost its leases meanwhile, and would find out only with its next record. */
  function mayBeTakenForDead(): boolean {
    return monotonic() - beatAtMs > STILL_MS / 2;
  }

  function mustHold(claim: LeasedTask): void {
    if (!mayBeTakenForDead()) return;
    const held = loader.heldBy(id).some((one) => one.uid === claim.uid && one.lease === claim.lease);
    if (!held) throw new LeaseLostError(`The task ${claim.uid} belongs to another worker now.`);
  }

  /** Whoever lost its leases to another worker ends what it still does for them. */
  function abortLost(): void {
    const held = new Map(loader.heldBy(id).map(({ uid, lease }) => [uid, lease]));
    for (const [uid, { lease, controller }] of running)
      if (held.get(uid) !== lease) controller.abort(new LeaseLostError("The lease was lost."));
  }

  /** A lease that nobody works under would keep its task, and a slot of the installation, for ever. */
  async function giveBackIdle(): Promise<void> {
    for (const held of loader.heldBy(id))
      if (running.get(held.uid)?.lease !== held.lease) await workers.breakOff(id, held, null);
  }

  async function restartStuck(): Promise<number> {
    // What waits for a full disk is alive.
    if (log.trouble() !== null) return 0;
    let freed = 0;
    for (const [uid, { atMs, forMs }] of signs) {
      if (monotonic() - atMs <= forMs + STUCK_MS) continue;
      const seconds = Math.round((monotonic() - atMs) / 1_000);
      const evidence = `Its worker had done nothing for it for ${seconds} seconds. It is taken up again from its log.`;
      signs.delete(uid);
      running
        .get(uid)
        ?.controller.abort(new LeaseLostError("The lease was given back: nothing was heard of the work."));
      // Whoever goes on with the task begins no effect before what still runs has ended, or will never end.
      await settledWithin(done.get(uid), GRACE_MS);
      if (await supervision.freeLease(uid, id, evidence)) freed += 1;
    }
    return freed;
  }

  function settledWithin(work: Promise<void> | undefined, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = world.timers.after(ms, resolve);
      void (work ?? Promise.resolve()).finally(() => {
        cancel();
        resolve();
      });
    });
  }

  const endPoll = world.timers.every(options.pollMs ?? POLL_MS, () => {
    try {
      if (mayBeTakenForDead()) abortLost();
      abortStopped();
      abortHalted();
    } catch (error) {
      options.report("The database could not be read.", error);
    }
    log.poke();
  });
  let isBeating = false;
  const endBeat = world.timers.every(options.heartbeatMs ?? HEARTBEAT_MS, () => {
    if (isBeating) return;
    isBeating = true;
    keepAlive()
      .then(freeDeadWorkers)
      .then(abortLost)
      .then(giveBackIdle)
      .catch((error) => options.report("The heartbeat could not be written.", error))
      .finally(() => {
        isBeating = false;
      });
  });
  log.poke();

  return {
    get id() {
      return id;
    },
    active: () => running.size,
    leads: () => workers.list()[0]?.id === id,
    hold(next) {
      isHeldBack = next;
    },
    isHeldBack: () => isHeldBack,
    restartStuck,
    async stop(graceMs) {
      draining = true;
      const cancel = world.timers.after(graceMs, () => {
        for (const { controller } of running.values()) controller.abort(new Error("The server stops."));
        log.giveUp();
      });
      await Promise.allSettled(done.values());
      cancel();
      endPoll();
      endBeat();
      unsubscribe();
      log.setClaimer(null);
      await workers.leave(id).catch((error) => options.report("The worker's leases could not be freed.", error));
    },
  };
}
