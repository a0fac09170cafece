/**
 * Work with a stranger's schema, which ends: how long a check takes depends on the schema and on the value together, so that no look at
 * the schema alone tells. What takes too long is broken off wherever it is.
 */
import vm from "node:vm";

/** Honest checks take less than a millisecond; a machine that is busy with other things may stand still for some hundred. */
const MOST_MS = 2_000;

const context = vm.createContext({ work: () => undefined });
const script = new vm.Script("work()");

/** null: it was broken off. What it throws is passed on. It must be synchronous, and hold nothing that half of it could spoil. */
export function inBoundedTime<Result>(work: () => Result, mostMs = MOST_MS): { result: Result } | null {
  let done: { result: Result } | null = null;
  context.work = () => {
    done = { result: work() };
  };
  try {
    script.runInContext(context, { timeout: mostMs });
    return done;
  } catch (error) {
    // It is an error of the other context, so of another class.
    if ((error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return null;
    throw error;
  } finally {
    context.work = () => undefined;
  }
}
