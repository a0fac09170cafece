/** A check that is made again and again, one at a time. */
import type { Timers } from "./timers";

export interface Checks {
  /** Checks once; callers during a check share it. */
  check(): Promise<void>;
  /** Resolves when a check that is going on has ended. */
  stop(): Promise<void>;
}

interface ChecksOptions {
  timers: Timers;
  everyMs: number;
  check(): Promise<void>;
  /** Called with the error of a check by the clock; other callers get the error themselves. */
  failed(error: unknown): void;
}

export function startChecks({ timers, everyMs, check, failed }: ChecksOptions): Checks {
  let running: Promise<void> | null = null;
  const shared = () => {
    running ??= check().finally(() => {
      running = null;
    });
    return running;
  };
  const end = timers.every(everyMs, () => {
    // Otherwise a check that takes longer than the interval would report its failure once for each.
    if (running === null) shared().catch(failed);
  });
  return {
    check: shared,
    async stop() {
      end();
      await running?.catch(() => {});
    },
  };
}

/**
 * Checks now and then by the clock, in a process that may exit during a check. Returns a function that ends this: from
 * then on `mayGoOn` returns false, and a check that is cut short reports nothing.
 */
export function checkFromNowOn({
  check,
  failed,
  ...options
}: Omit<ChecksOptions, "check"> & { check(mayGoOn: () => boolean): Promise<unknown> }): () => void {
  let isEnded = false;
  const told = (error: unknown) => {
    if (!isEnded) failed(error);
  };
  const checks = startChecks({
    ...options,
    async check() {
      await check(() => !isEnded);
    },
    failed: told,
  });
  void checks.check().catch(told);
  return () => {
    isEnded = true;
    void checks.stop();
  };
}
