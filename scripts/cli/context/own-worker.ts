/** Starts a worker in this process for one tree, or one evolution. A command needs it when no server runs. */
import type { Context } from "./context";

export interface OwnWorker {
  /** Waits at most `graceMs` for the running turns to end, then stops. */
  stop(graceMs: number): Promise<void>;
}

export interface EvolutionWorker extends OwnWorker {
  /** From now on works on this tree only. */
  workOn(treeKey: number): void;
}

export function startOwnWorker(
  context: Context,
  treeKey: number,
  report: (sentence: string) => void,
): Promise<OwnWorker> {
  return start(context, { treeId: treeKey }, report);
}

/** Brings evolutions on, and works on no tree until `workOn` names one: other trees are left to the server. */
export function startEvolutionWorker(context: Context, report: (sentence: string) => void): Promise<EvolutionWorker> {
  return start(context, { treeId: "none", evolves: true }, report);
}

async function start(
  context: Context,
  works: { treeId: number | "none"; evolves?: true },
  report: (sentence: string) => void,
): Promise<EvolutionWorker> {
  const { createRuntime } = await import("@/agents/boot/runtime");
  const runtime = await createRuntime({
    ...context,
    report: (message, error) => report(error instanceof Error ? `${message} ${error.message}` : message),
  });
  // In the background: without an answer the built-in table of models is used.
  void runtime.refreshModels();
  const worker = await runtime.startWorker({ role: "run", ...works });
  return {
    workOn: (treeKey) => worker.workOn(treeKey),
    async stop(graceMs) {
      await worker.stop(graceMs);
      await runtime.close();
    },
  };
}
