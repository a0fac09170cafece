/** Learns from the log while the server runs, and prunes lessons once a day: one worker does it for all. */
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { type LearnSources, learn } from "./learn";

/** Nobody waits for a lesson: the next goal begins later. */
const CHECK_MS = 5_000;
const DAY_MS = 86_400_000;

export interface LessonWatchOptions extends LearnSources {
  timers: Timers;
  now(): number;
  /** Above this number, lessons without evidence are removed. */
  maxLessons: number;
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
      if (!options.leads()) return;
      await learn(options, stopping.signal);
      await pruneIfDue(options);
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

async function pruneIfDue({ store: { lessons }, maxLessons, now }: LessonWatchOptions): Promise<void> {
  const last = lessons.prunedAtMs();
  // A time in the future means that the clock was ahead when it was stored.
  if (last === null || last > now() || last + DAY_MS <= now()) await lessons.prune(maxLessons);
}
