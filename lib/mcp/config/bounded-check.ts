/**
 * Runs a check of a stranger's schema with a time limit. The duration depends on the schema and the value together, so
 * looking at the schema alone cannot tell it. A check that takes too long is interrupted.
 */
import vm from "node:vm";

/** Honest checks take less than a millisecond, but a busy machine may pause for some hundred. */
const MOST_MS = 2_000;

const context = vm.createContext({ work: () => undefined });
const script = new vm.Script("work()");

/**
 * Returns null when the work was interrupted, and passes on what it throws. The work must be synchronous, and must not
 * change state that an interruption could corrupt.
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
