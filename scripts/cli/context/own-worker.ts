/** Starts a worker in this process for one tree. A command needs it when no server runs. */
import type { Context } from "./context";

export interface OwnWorker {
  /** Waits at most `graceMs` for the running turns to end, then stops. */
  stop(graceMs: number): Promise<void>;
}

export async function startOwnWorker(
  context: Context,
  treeKey: number,
  report: (sentence: string) => void,
): Promise<OwnWorker> {
  const { createRuntime } = await import("@/agents/boot/runtime");
  const runtime = await createRuntime({
    ...context,
    report: (message, error) => report(error instanceof Error ? `${message} ${error.message}` : message),
  });
  // In the background: without an answer the built-in table of models is used.
  void runtime.refreshModels();
  const worker = await runtime.startWorker({ role: "run", treeId: treeKey });
  return {
    async stop(graceMs) {
      await worker.stop(graceMs);
      await runtime.close();
    },
  };
}
