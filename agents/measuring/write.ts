/** Stores what this process has counted, now and then. */
import type { Counts } from "@/core/metrics/counts";
import type { Counted } from "@/core/metrics/families";
import { startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";

/** What a crash loses. Nothing is written while nothing happens. */
const WRITE_MS = 15_000;

interface WritingOptions {
  counts: Pick<Counts, "take" | "giveBack">;
  add(counted: readonly Counted[]): Promise<void>;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

/** Returns a function that stops it and stores the rest. */
export function startWritingCounts({ counts, add, timers, report }: WritingOptions): () => Promise<void> {
  const write = async () => {
    const taken = counts.take();
    if (taken.length === 0) return;
    try {
      await add(taken);
    } catch (error) {
      counts.giveBack(taken);
      throw error;
    }
  };
  let isTold = false;
  const check = async () => {
    await write();
    isTold = false;
  };
  const failed = (error: unknown) => {
    // A full disk would say the same every few seconds.
    if (!isTold)
      report("What the server counted of its work could not be stored. It is stored with the next counts.", error);
    isTold = true;
  };
  const checks = startChecks({ timers, everyMs: WRITE_MS, check, failed });
  return async () => {
    await checks.stop();
    await write().catch(failed);
  };
}
