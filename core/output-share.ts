/**
 * How much of their outputs the calls of one turn may put before the model: together no more than its context has left. Pure.
 * What is left out stays kept and can be paged (`read_output`).
 */
import type { Limits } from "./facts";
import type { ModelMessage } from "./log/model";
import { outputAsk } from "./output-ask";
import type { TaskState } from "./state";

/** What a model reads of one result; the middle of a longer one is left out. */
export const OUTPUT_CHARS = 60_000;
/** However little is left: below it nothing useful could be said, and the conversation is compacted or shortened instead. */
export const LEAST_OUTPUT_CHARS = 2_000;
/** Fewer than the four of English text, because outputs are also tables, numbers and code. */
const CHARS_PER_TOKEN = 3;
/** The share of the context that the conversation may take: the rest is for the error of the estimate. */
export const CONTEXT_SHARE = 0.9;

type ContextLimits = Pick<Limits, "contextTokens" | "maxOutputTokens" | "outputTokens">;

/** Characters for the output of the next call that is answered: an even part of what is left for it and those after it. */
export function outputShare(state: TaskState, limits: ContextLimits): number {
  const room = CONTEXT_SHARE * (limits.contextTokens - outputAsk(state, limits)) - state.lastInputTokens;
  const left = room * CHARS_PER_TOKEN - state.charsSinceReply;
  const share = Math.floor(left / Math.max(1, state.open.size));
  return Math.min(OUTPUT_CHARS, Math.max(LEAST_OUTPUT_CHARS, share));
}

/**
 * To how many characters the longest outputs of a conversation are shortened that does not fit although nothing of it can be
 * summarised; null: there is none that is long.
 */
export function shorterOutputs(messages: readonly ModelMessage[]): number | null {
  const longest = messages.reduce((most, one) => (one.role === "tool" ? Math.max(most, one.content.length) : most), 0);
  return longest > LEAST_OUTPUT_CHARS ? Math.max(LEAST_OUTPUT_CHARS, Math.floor(longest / 2)) : null;
}

/** Room for the sentence in the middle. */
const NOTE_CHARS = 300;

/** The middle is left out, and said to be: beginning and end say most. At most `most` characters, for a `most` from LEAST_OUTPUT_CHARS on. */
export function cutOutput(text: string, most: number, callId: string): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - NOTE_CHARS) / 2);
  const left = text.length - 2 * half;
  const how = `read_output with call ${JSON.stringify(callId.slice(0, 100))} and offset ${half} shows them`;
  return `${text.slice(0, half)}\n[… ${left} characters left out: ${how} …]\n${text.slice(-half)}`;
}
