/** The work under one lease, and what becomes of the lease when it breaks off. */

import { LeaseLostError } from "@/agents/turn/open-task";
import { work } from "@/agents/turn/turn";
import { BrokenLogError } from "@/core/log/entries";
import { StoreError } from "@/db/file/errors";
import { FRUITLESS_LEASES } from "@/db/records/leases";
import type { LeasedTask } from "@/db/records/records";
import { passingFault } from "@/lib/process/passing-fault";
import { failTask } from "./fail-task";
import type { WorkerContext } from "./worker-context";

/** Everything was paused while the task was at work: its lease is given back, and it goes on from its log. */
export class HaltedError extends Error {
  override name = "HaltedError";
}

/** Never rejects: whatever cannot be written now is done by the next heartbeat, which finds the lease without work. */
export async function workClaimed(
  context: WorkerContext,
  claim: LeasedTask,
  controller: AbortController,
): Promise<void> {
  const { world, store, cache, options } = context;
  try {
    if (claim.fruitlessLeases >= FRUITLESS_LEASES) return await endFruitless(context, claim);
    await work(world, cache, claim, controller.signal);
    store.workers.noteFault(null);
  } catch (error) {
    await afterBreak(context, claim, controller, error).catch((second) => {
      options.report(`The lease of task ${claim.uid} could not be given back.`, second);
    });
  }
}

async function afterBreak(
  context: WorkerContext,
  claim: LeasedTask,
  controller: AbortController,
  error: unknown,
): Promise<void> {
  const { world, options, store } = context;
  const { workers } = store;
  // Whoever goes on with the task finds nothing of it at work here.
  await world.programs.endOfTask(claim.uid).catch((second) => options.report("Programs could not be ended.", second));
  if (error instanceof HaltedError) return workers.giveBack(context.id, claim);
  if (error instanceof LeaseLostError || error === controller.signal.reason) return;
  // What could not be written before the end is done again by whoever goes on with the task.
  if (context.draining && error instanceof StoreError) return;
  const fault = passingFault(error);
  if (fault) {
    workers.noteFault(fault);
    options.report(`Task ${claim.uid} of tree ${claim.treeUid} is tried again: ${fault}`, error);
    return workers.breakOff(context.id, claim, world.redactor.redact(fault));
  }
  options.report(`Task ${claim.uid} of tree ${claim.treeUid} failed inside the runtime.`, error);
  const reason = error instanceof BrokenLogError ? "broken_log" : "internal";
  const message = world.redactor.redact((error as Error).message);
  await failTask(store, claim, reason, message).catch((second) => {
    options.report(`Task ${claim.uid} could not be marked as failed.`, second);
    return workers.breakOff(context.id, claim, message);
  });
}

/** What broke off so often ends with a reason; when even that breaks off, next time without reading its log. */
function endFruitless({ store }: WorkerContext, claim: LeasedTask): Promise<void> {
  const reason = claim.fruitlessLeases > FRUITLESS_LEASES ? "broken_log" : "internal";
  const last = store.loader.detailOf(claim.id);
  const message = `Its work broke off ${claim.fruitlessLeases} times without a step forward${last ? ` (${last})` : ""}. Retry it when the cause is mended.`;
  return failTask(store, claim, reason, message);
}
