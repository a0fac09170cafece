/** Counts failures from the logs as they grow, beside the work and not within it. */
import type { Store } from "@/db/store";
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";

const CHECK_MS = 5_000;

interface FailureWatchOptions {
  store: Pick<Store, "failures">;
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  now(): number;
  report(message: string, error?: unknown): void;
}

export function startFailureWatch({ store, timers, leads, now, report }: FailureWatchOptions): Checks {
  return startChecks({
    timers,
    everyMs: CHECK_MS,
    async check() {
      if (leads()) await store.failures.gather(now());
    },
    failed: (error) => report("The failures could not be counted.", error),
  });
}
