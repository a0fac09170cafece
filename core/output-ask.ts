/** Decides how long a reply a task asks its model for. Pure. */
import type { Limits } from "./facts";
import type { TaskState } from "./state";

/** A reply that was cut off at its limit is asked for again with this many times the limit. */
const AFTER_CUT = 4;
/** Below this a shorter reply helps less than a shorter conversation. */
const LEAST_ASK = 2_000;

/**
 * Returns the tokens of output to ask for: what the agent or the installation sets, more after a reply that was cut, less
 * after a request whose input and output together were too long, and never more than the model can write.
 */
export function outputAsk(state: TaskState, limits: Pick<Limits, "maxOutputTokens" | "outputTokens">): number {
  const usual = state.setup.outputTokens ?? limits.outputTokens;
  const wanted = Math.min(limits.maxOutputTokens, usual * AFTER_CUT ** state.cutReplies);
  return state.outputCap === null ? wanted : Math.min(wanted, state.outputCap);
}

/** What to ask for after `asked` and the input together were too long; null: the conversation has to become shorter. */
export function shorterAsk(asked: number): number | null {
  const half = Math.floor(asked / 2);
  return half < LEAST_ASK ? null : half;
}
