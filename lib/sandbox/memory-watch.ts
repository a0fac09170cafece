/**
 * Ends a run whose processes together use more memory than allowed, before the machine runs out. A single process fails
 * at its own data limit; many together are found by sampling. Shared pages count for each process.
 */
import { processTreeUse } from "./process-tree";

const POLL_MS = 250;

/** Samples until the returned function is called; calls `onOver` once, with a sentence. */
export function watchMemory(pid: number, limitBytes: number, onOver: (sentence: string) => void): () => void {
  const timer = setInterval(() => {
    if (processTreeUse(pid).memoryBytes <= limitBytes) return;
    clearInterval(timer);
    const megabytes = Math.round(limitBytes / 1024 ** 2);
    onOver(
      `The command was ended, because its processes used more than ${megabytes} MB of memory together; split the work into smaller parts, or ask a person to raise BANYAN_MAX_COMMAND_MB.`,
    );
  }, POLL_MS);
  return () => clearInterval(timer);
}
