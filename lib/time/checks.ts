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
  /** Called with what a check by the clock rejected with; other callers get it themselves. */
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
  const end = timers.every(everyMs, () => void shared().catch(failed));
  return {
    check: shared,
    async stop() {
      end();
      await running?.catch(() => {});
    },
  };
}
