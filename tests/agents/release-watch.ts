/** The launcher's work on a release on trial: its orders to the real worker, and its probe as a process. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { createOrders } from "@/agents/boot/launcher-orders";
import { bundleProgram } from "./bundle";
import type { Trial } from "./trial";

const run = promisify(execFile);

/** Runs the probe as a process of its own, as the launcher does. */
export async function probe({ dataDir }: Trial, ...args: string[]) {
  const env = { ...process.env, BANYAN_DATA_DIR: dataDir };
  const command = [...(await bundleProgram("agents/self/probe.ts")), ...args];
  return JSON.parse((await run(process.execPath, command, { env })).stdout);
}

export async function watched(trial: Trial) {
  const { runtime } = trial;
  const worker = await runtime.startWorker({ role: "all", pollMs: 20, treeId: "none" });
  onTestFinished(() => worker.stop(2_000));
  const said: (string | null)[] = [];
  const orders = createOrders({
    commands: runtime.application.commands,
    store: runtime.store,
    worker,
    terminals: runtime.terminals,
    activities: runtime.live.activities,
    drained: (busy) => said.push(busy),
    report: trial.runtime.store.log.poke,
  });
  return { orders, worker, said };
}
