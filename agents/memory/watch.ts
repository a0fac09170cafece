/** Learns from the log while the server runs: one worker does it for all. */
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { type LearnSources, learn } from "./learn";

/** Nobody waits for a lesson: the next goal begins later. */
const CHECK_MS = 5_000;

export interface LessonWatchOptions extends LearnSources {
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

export function startLessonWatch(options: LessonWatchOptions): Checks {
  const stopping = new AbortController();
  const checks = startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    async check() {
      if (options.leads()) await learn(options, stopping.signal);
    },
    failed(error) {
      if (!stopping.signal.aborted) options.report("Nothing could be learnt from the log.", error);
    },
  });
  return {
    check: checks.check,
    stop() {
      stopping.abort();
      return checks.stop();
    },
  };
}
