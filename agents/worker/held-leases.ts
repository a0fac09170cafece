/**
 * Compares this worker's leases with its running work: work without a lease is aborted, a lease without work released.
 */
import { LeaseLostError } from "@/agents/turn/open-task";
import { GRACE_MS } from "@/agents/turn/time-limit";
import { TaskStopped } from "@/core/log/task-stopped";
import type { LeasedTask } from "@/db/records/records";
import { HaltedError } from "./claimed-work";
import { STILL_MS, type WorkerContext } from "./worker-context";

/** How long a task's work may be silent beyond the time that its call may take. */
const STUCK_MS = 60_000;

/** Aborts this worker's tasks that this or another process has stopped. */
export function abortStopped({ store, running, id }: WorkerContext): void {
  for (const uid of store.loader.stopped(id))
    running.get(uid)?.controller.abort(new TaskStopped("The task was stopped."));
}

/**
 * Applies the kill switch: aborts running calls, except those of tasks being stopped, and ends the background programs
 * of waiting tasks. Call it after `abortStopped`.
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

/** Aborts work whose lease another worker has taken. */
export function abortLost({ store, running, id }: WorkerContext): void {
  const held = new Map(store.loader.heldBy(id).map(({ uid, lease }) => [uid, lease]));
  for (const [uid, { lease, controller }] of running)
    if (held.get(uid) !== lease) controller.abort(new LeaseLostError("The lease was lost."));
}

/** Releases leases without work, which would block their tasks, and slots of the installation, forever. */
export async function giveBackIdle(context: WorkerContext): Promise<void> {
  const { store, running } = context;
  for (const held of store.loader.heldBy(context.id))
    if (running.get(held.uid)?.lease !== held.lease) await store.workers.breakOff(context.id, held, null);
}

/** Returns whether this worker was frozen so long that others may have taken its leases without its knowledge. */
export function mayBeTakenForDead({ monotonic, beatAtMs }: WorkerContext): boolean {
  return monotonic() - beatAtMs > STILL_MS / 2;
}

/** Throws LeaseLostError when the lease may be lost and is. */
export function mustHold(context: WorkerContext, claim: LeasedTask): void {
  if (!mayBeTakenForDead(context)) return;
  const holds = context.store.loader.heldBy(context.id);
  const held = holds.some((hold) => hold.uid === claim.uid && hold.lease === claim.lease);
  if (!held) throw new LeaseLostError(`Another worker has the task ${claim.uid} now.`);
}

/** Ends the leases whose work was silent for too long, and returns how many. */
export async function restartStuck(context: WorkerContext): Promise<number> {
  const { store, signs, running, done, monotonic } = context;
  // Work that waits for a full disk is alive.
  if (store.log.trouble() !== null) return 0;
  let freed = 0;
  for (const [uid, { atMs, forMs }] of signs) {
    if (monotonic() - atMs <= forMs + STUCK_MS) continue;
    const seconds = Math.round((monotonic() - atMs) / 1_000);
    const evidence = `The worker gave no sign of life for ${seconds} seconds. The task is restarted from its log.`;
    signs.delete(uid);
    running.get(uid)?.controller.abort(new LeaseLostError("The lease was released: the work gave no sign of life."));
    // The next worker must not start an effect before the running one has ended, or has exceeded its grace time.
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
