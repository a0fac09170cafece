/** Without a server a command works on its own tree itself. */
import type { Context } from "./context";

export interface OwnWorker {
  /** Lets the tasks come to their turn's boundary, for at most `graceMs`. */
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
  const worker = await runtime.startWorker({ role: "run", treeId: treeKey });
  return {
    async stop(graceMs) {
      await worker.stop(graceMs);
      await runtime.close();
    },
  };
}
