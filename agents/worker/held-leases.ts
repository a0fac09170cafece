/** Compares the leases that this worker holds with the work that it does: what does not belong together is cut or given back. */

import { LeaseLostError } from "@/agents/turn/open-task";
import { GRACE_MS } from "@/agents/turn/time-limit";
import type { LeasedTask } from "@/db/records/records";
import { HaltedError } from "./claimed-work";
import { STILL_MS, type WorkerContext } from "./worker-context";

/** Beyond the time that its call may take, a task's work is silent for no longer than this. */
const STUCK_MS = 60_000;

/** Tasks of this worker that were stopped, by this process or another one. */
export function abortStopped({ store, running, id }: WorkerContext): void {
  for (const uid of store.loader.stopped(id)) running.get(uid)?.controller.abort(new Error("The task was stopped."));
}

/**
 * The kill switch cuts what is in flight, but for what is being stopped, and ends what runs in the background of tasks that rest.
 * Call it after `abortStopped`.
 */
export function abortHalted(context: WorkerContext): void {
  const { store, running, world, options } = context;
  const halt = store.halts.current();
  for (const { controller } of halt ? running.values() : [])
    if (!controller.signal.aborted) controller.abort(new HaltedError("Everything is paused."));
  if (halt && !context.isHalted)
    world.programs.endAll().catch((error) => options.report("Programs could not be ended.", error));
  context.isHalted = halt !== null;
}

/** Whoever lost its leases to another worker ends what it still does for them. */
export function abortLost({ store, running, id }: WorkerContext): void {
  const held = new Map(store.loader.heldBy(id).map(({ uid, lease }) => [uid, lease]));
  for (const [uid, { lease, controller }] of running)
    if (held.get(uid) !== lease) controller.abort(new LeaseLostError("The lease was lost."));
}

/** A lease that nobody works under would keep its task, and a slot of the installation, for ever. */
export async function giveBackIdle(context: WorkerContext): Promise<void> {
  const { store, running } = context;
  for (const held of store.loader.heldBy(context.id))
    if (running.get(held.uid)?.lease !== held.lease) await store.workers.breakOff(context.id, held, null);
}

/** What was stopped for a while may have lost its leases meanwhile, and would find out only with its next record. */
export function mayBeTakenForDead({ monotonic, beatAtMs }: WorkerContext): boolean {
  return monotonic() - beatAtMs > STILL_MS / 2;
}

/** Throws LeaseLostError. */
export function mustHold(context: WorkerContext, claim: LeasedTask): void {
  if (!mayBeTakenForDead(context)) return;
  const holds = context.store.loader.heldBy(context.id);
  const held = holds.some((one) => one.uid === claim.uid && one.lease === claim.lease);
  if (!held) throw new LeaseLostError(`The task ${claim.uid} belongs to another worker now.`);
}

/** Frees the leases of which nothing was heard for longer than their work may take; how many there were. */
export async function restartStuck(context: WorkerContext): Promise<number> {
  const { store, signs, running, done, monotonic } = context;
  // What waits for a full disk is alive.
  if (store.log.trouble() !== null) return 0;
  let freed = 0;
  for (const [uid, { atMs, forMs }] of signs) {
    if (monotonic() - atMs <= forMs + STUCK_MS) continue;
    const seconds = Math.round((monotonic() - atMs) / 1_000);
    const evidence = `Its worker had done nothing for it for ${seconds} seconds. It is taken up again from its log.`;
    signs.delete(uid);
    running.get(uid)?.controller.abort(new LeaseLostError("The lease was given back: nothing was heard of the work."));
    // Whoever goes on with the task begins no effect before what still runs has ended, or will never end.
    await settledWithin(context, done.get(uid), GRACE_MS);
    if (await store.supervision.freeLease(uid, context.id, evidence)) freed += 1;
  }
  return freed;
}

function settledWithin({ world }: WorkerContext, work: Promise<void> | undefined, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = world.timers.after(ms, resolve);
    void (work ?? Promise.resolve()).finally(() => {
      cancel();
      resolve();
    });
  });
}
