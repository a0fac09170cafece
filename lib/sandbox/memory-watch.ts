/**
 * Ends a run whose processes hold more memory than they may, before the machine has none left. A process of its own is held by its
 * limit of data at once; many together are found by looking. Pages that they share count for each.
 */
import { processTreeUse } from "./process-tree";

const LOOK_MS = 250;

/** Looks until the function it returns is called; calls `onOver` once, with a sentence. */
export function watchMemory(pid: number, limitBytes: number, onOver: (sentence: string) => void): () => void {
  const timer = setInterval(() => {
    if (processTreeUse(pid).memoryBytes <= limitBytes) return;
    clearInterval(timer);
    const megabytes = Math.round(limitBytes / 1024 ** 2);
    onOver(
      `The command was ended, because its processes held more than ${megabytes} MB of memory together; do it in smaller parts, or ask a person to raise BANYAN_MAX_COMMAND_MB.`,
    );
  }, LOOK_MS);
  return () => clearInterval(timer);
}
