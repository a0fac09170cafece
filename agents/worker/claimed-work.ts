/** Works under one lease, and handles the lease when the work breaks off. */
import { LeaseLostError } from "@/agents/turn/open-task";
import { work } from "@/agents/turn/turn";
import { BrokenLogError } from "@/core/log/broken-log";
import { StoreError } from "@/db/file/errors";
import { FRUITLESS_LEASES } from "@/db/records/leases";
import type { LeasedTask } from "@/db/records/records";
import { passingFault } from "@/lib/process/passing-fault";
import { LeftRunning } from "@/lib/workplace/left-running";
import { failTask } from "./fail-task";
import type { WorkerContext } from "./worker-context";

/** Everything was paused during the task's work. Its lease ends, and the task later continues from its log. */
export class HaltedError extends Error {
  override name = "HaltedError";
}

/** Never rejects: when the lease cannot be released now, the next heartbeat finds it without work and releases it. */
export async function workClaimed(
  context: WorkerContext,
  claim: LeasedTask,
  controller: AbortController,
): Promise<void> {
  const { world, store, cache, options } = context;
  try {
    if (claim.fruitlessLeases >= FRUITLESS_LEASES) return await endFruitless(context, claim);
    if (await isPausedForFolder(context, claim)) return;
    await work(world, cache, claim, controller.signal);
    store.workers.noteFault(null);
  } catch (error) {
    await afterBreak(context, claim, controller, error).catch((second) => {
      options.report(`The lease of task ${claim.uid} could not be released.`, second);
    });
  }
}

/**
 * Pauses the whole tree before anything works in a folder that is refused by now, and ends the lease. Returns false
 * for a tree that may work, and for one that is paused already: then the task was claimed to be stopped.
 */
async function isPausedForFolder({ world, store, options, id }: WorkerContext, claim: LeasedTask): Promise<boolean> {
  const why = world.refusalOf(store.loader.tree(claim.treeId));
  if (why === null) return false;
  const { trees } = store.queries;
  const root = trees.findTask(trees.rootOf(claim.treeUid));
  if ((await store.trees.pause(root, PAUSED_BY, "branch")) === "already") return false;
  options.report(`The tree ${claim.treeUid} is paused. ${why}`);
  await world.programs.endOf(claim.treeUid);
  await store.workers.giveBack(id, claim);
  return true;
}

/** A pause that no person made. */
const PAUSED_BY = "Banyan";

async function afterBreak(
  context: WorkerContext,
  claim: LeasedTask,
  controller: AbortController,
  error: unknown,
): Promise<void> {
  const { world, options, store } = context;
  const { workers } = store;
  // Before another worker continues the task, none of its programs may run here. Those on a runner are the next one's.
  const isLeft = controller.signal.reason instanceof LeftRunning;
  await world.programs
    .endOfTask(claim.uid, isLeft)
    .catch((second) => options.report("Programs could not be ended.", second));
  if (error instanceof HaltedError) return workers.giveBack(context.id, claim);
  if (error instanceof LeaseLostError || error === controller.signal.reason) return;
  // A record that could not be written before the shutdown is made again by the next worker.
  if (context.draining && error instanceof StoreError) return;
  const fault = passingFault(error);
  if (fault) {
    workers.noteFault(fault);
    options.report(`Task ${claim.uid} of tree ${claim.treeUid} is retried: ${fault}`, error);
    return workers.breakOff(context.id, claim, world.redactor.redact(fault));
  }
  options.report(`Task ${claim.uid} of tree ${claim.treeUid} failed inside the runtime.`, error);
  const reason = error instanceof BrokenLogError ? "broken_log" : "internal";
  const message = world.redactor.redact((error as Error).message);
  await failTask({ loader: store.loader, log: world.log }, claim, reason, message).catch((second) => {
    options.report(`Task ${claim.uid} could not be marked as failed.`, second);
    return workers.breakOff(context.id, claim, message);
  });
}

/** Fails a task whose work broke off too often. When failing it breaks off too, the next try does not read its log. */
function endFruitless({ store, world }: WorkerContext, claim: LeasedTask): Promise<void> {
  const reason = claim.fruitlessLeases > FRUITLESS_LEASES ? "broken_log" : "internal";
  const last = store.loader.detailOf(claim.id);
  const message = `Its work broke off ${claim.fruitlessLeases} times without a step forward${last ? ` (${last})` : ""}. Retry it when the cause is fixed.`;
  return failTask({ loader: store.loader, log: world.log }, claim, reason, message);
}
