/**
 * Limits the outputs that the model reads of a turn's calls: together no more than its context has left. Pure. The
 * whole output stays stored, and the agent can page through it (`read_output`).
 */
import type { Limits } from "./facts";
import { MOST_NAME_CHARS, safeCallId } from "./ids";
import { attachmentsOf } from "./log/attachments";
import type { ModelMessage } from "./log/model";
import { outputAsk } from "./output-ask";
import type { TaskState } from "./state";

/** Most characters that a model reads of one result; the middle of a longer result is left out. */
export const OUTPUT_CHARS = 60_000;
/** Least characters, however little room is left: less would be useless, and compaction or shortening makes room instead. */
export const LEAST_OUTPUT_CHARS = 2_000;
/** English text has about four, but outputs are also tables, numbers and code. */
const CHARS_PER_TOKEN = 3;
/** Share of the context that the conversation may take; the rest allows for errors of the estimate. */
export const CONTEXT_SHARE = 0.9;

type ContextLimits = Pick<Limits, "contextTokens" | "maxOutputTokens" | "outputTokens">;

/** Returns the characters for the next call's output: an equal part of what is left for all open calls. */
export function outputShare(state: TaskState, limits: ContextLimits): number {
  const room = CONTEXT_SHARE * (limits.contextTokens - outputAsk(state, limits)) - state.lastInputTokens;
  const left = room * CHARS_PER_TOKEN - state.charsSinceReply;
  const share = Math.floor(left / Math.max(1, state.open.size));
  return Math.min(OUTPUT_CHARS, Math.max(LEAST_OUTPUT_CHARS, share));
}

/**
 * Returns the new limit for outputs of a conversation that does not fit and cannot be summarized; null when no output
 * is long and none has a file.
 */
export function shorterOutputs(messages: readonly ModelMessage[]): number | null {
  const longest = messages.reduce(
    (most, message) => (message.role === "tool" ? Math.max(most, message.content.length) : most),
    0,
  );
  // Files are left out, too, which may be enough.
  const hasFiles = attachmentsOf(messages).length > 0;
  return longest > LEAST_OUTPUT_CHARS || hasFiles ? Math.max(LEAST_OUTPUT_CHARS, Math.floor(longest / 2)) : null;
}

/** Room for the note in the middle. */
const NOTE_CHARS = 300;

/**
 * Returns at most `most` characters (at least LEAST_OUTPUT_CHARS): beginning and end, which say most, with a note in place
 * of the middle. `howToRead` says how the reader gets the middle, which follows `head`.
 */
export function withoutMiddle(text: string, most: number, howToRead?: (head: string) => string): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - NOTE_CHARS) / 2);
  const head = text.slice(0, half);
  const how = howToRead ? `: ${howToRead(head)}` : "";
  return `${head}\n[… ${text.length - 2 * half} characters left out${how} …]\n${text.slice(-half)}`;
}

/** Returns a call's output without its middle, which the agent can read by the call's id; see `db/records/outputs.ts`. */
export function cutOutput(text: string, most: number, callId: string): string {
  const id = JSON.stringify(callId.length <= MOST_NAME_CHARS ? callId : safeCallId(callId));
  return withoutMiddle(text, most, ({ length }) => `read_output with call ${id} and offset ${length} shows them`);
}
