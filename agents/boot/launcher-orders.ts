/** Carries out the launcher's orders: proves that the server works, lets turns end before a release, and continues. */
import type { Worker } from "@/agents/worker/worker";
import { CANARY_PERSON } from "@/db/people/canary";
import type { Store } from "@/db/store";
import type { LauncherOrders } from "@/lib/process/launcher-channel";
import type { Terminals } from "@/lib/terminals/port";
import type { WholeApplication } from "./acting";
import type { Activities } from "./activities";

interface Parts {
  commands: Pick<WholeApplication["commands"], "submitTree" | "deleteTree">;
  store: Pick<Store, "queries">;
  worker: Pick<Worker, "active" | "drain" | "resume" | "workOn">;
  activities: Pick<Activities, "all">;
  terminals: Pick<Terminals, "running">;
  /** Tells the launcher that nothing runs any more, or what a call waits for. */
  drained(busy: string | null): void;
  report(message: string, error?: unknown): void;
}

export interface Orders extends Pick<LauncherOrders, "canary" | "claim" | "drain" | "resume"> {
  /** Deletes the canaries of trials that are over. */
  removeCanaries(): void;
}

const POLL_MS = 100;
const CANARY_ACTOR = { id: "canary", name: CANARY_PERSON, role: "admin" } as const;

export function createOrders(parts: Parts): Orders {
  const { commands, store, worker, report } = parts;
  let claimsAll = false;
  let draining: NodeJS.Timeout | undefined;

  const runCanary = async (nonce: string, asks: boolean) => {
    const ended = store.queries.trees.madeBy(CANARY_PERSON);
    const submission = {
      task: asks ? `${nonce}\nAsk for an approval.` : nonce,
      runbook: "canary",
      rights: ["read" as const, "write" as const, "network" as const],
      priority: 100,
    };
    const tree = await commands.submitTree(submission, CANARY_ACTOR);
    if (!claimsAll) worker.workOn(store.queries.trees.treeKey(tree.id));
    await remove(ended);
  };
  const remove = async (trees: string[]) => {
    for (const tree of trees) await commands.deleteTree({ id: tree }, CANARY_ACTOR);
  };

  return {
    canary: (nonce, asks) =>
      void runCanary(nonce, asks).catch((error: unknown) => report("A canary of the new release failed.", error)),
    removeCanaries: () =>
      void remove(store.queries.trees.madeBy(CANARY_PERSON)).catch((error: unknown) =>
        report("Canaries could not be removed.", error),
      ),
    claim() {
      claimsAll = true;
      worker.workOn("all");
    },
    drain({ turnMs, callMs }) {
      // Not the time of day, which somebody may set meanwhile.
      const sinceMs = performance.now();
      worker.drain();
      clearInterval(draining);
      draining = setInterval(() => {
        const passedMs = performance.now() - sinceMs;
        const busy = busyOf(parts, passedMs > turnMs);
        if (busy !== null && passedMs <= callMs) return;
        clearInterval(draining);
        parts.drained(busy);
      }, POLL_MS);
    },
    resume() {
      clearInterval(draining);
      worker.resume();
    },
  };
}

/**
 * Returns what would be lost if the process ended now, as a sentence, or null. A model call does not count, because it
 * is only made again.
 */
function busyOf({ worker, activities, terminals }: Parts, mayCutModels: boolean): string | null {
  const [command] = terminals.running();
  if (command !== undefined) return `A background command of task ${command} runs: end it, or wait until it has ended.`;
  const call = activities.all().find((activity) => activity.call !== null);
  if (call) return `Task ${call.task_id} is in a call of ${call.call?.tool}: it is waited for.`;
  if (worker.active() === 0 || mayCutModels) return null;
  return "Turns are ending.";
}
