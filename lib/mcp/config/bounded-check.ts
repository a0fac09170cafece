/**
 * Runs a check of a stranger's schema or document with a limit of time. The duration depends on the schema and the value
 * together, so looking at the schema alone cannot tell it. A check that takes too long is interrupted.
 */
import vm from "node:vm";
import { threadCpuMs } from "@/lib/process/cpu-time";

/** Honest checks take less than a millisecond, but a busy machine may pause for some hundred. */
const MOST_MS = 2_000;
/** Part of its time that interrupted work must have had to count as too slow; the rest is the error of the measurement. */
const NEARLY = 0.9;
/** How much longer than its CPU time work may take on a busy machine, all tries together. */
const MOST_STRETCH = 20;

const context = vm.createContext({ work: () => undefined });
const script = new vm.Script("work()");

/**
 * Returns null when the work was interrupted after `mostMs` of the clock, and passes on what it throws. The work must be
 * synchronous, and must not change state that an interruption could corrupt.
 */
export function inBoundedTime<Result>(work: () => Result, mostMs = MOST_MS): { result: Result } | null {
  let done: { result: Result } | null = null;
  context.work = () => {
    done = { result: work() };
  };
  try {
    script.runInContext(context, { timeout: mostMs });
    return done;
  } catch (error) {
    // The error comes from the other context, so `instanceof` does not work.
    if ((error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return null;
    throw error;
  } finally {
    context.work = () => undefined;
  }
}

/**
 * Does so for work that may take seconds: its limit is CPU time. Only the clock can interrupt work, so work that was
 * interrupted on a busy machine before it had its time begins again, with more of the clock.
 */
export function inCpuTime<Result>(work: () => Result, mostMs: number): { result: Result } | null {
  let waitedMs = 0;
  for (let timeout = mostMs; ; ) {
    const begunMs = threadCpuMs();
    const done = inBoundedTime(work, timeout);
    if (done) return done;
    const usedMs = threadCpuMs() - begunMs;
    waitedMs += timeout;
    const leftMs = mostMs * MOST_STRETCH - waitedMs;
    if (usedMs >= mostMs * NEARLY || leftMs <= 0) return null;
    timeout = Math.ceil(Math.min(leftMs, (timeout * mostMs * 1.5) / Math.max(usedMs, 1)));
  }
}
