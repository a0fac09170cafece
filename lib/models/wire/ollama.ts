/** Reads answers of Ollama's own API: one JSON object a line. */
import { createRepeats } from "./calls";
import {
  AnswerFault,
  argumentsOf,
  countIn,
  errorIn,
  grown,
  isJson,
  type Json,
  jsonOf,
  listOf,
  shown,
  type Tell,
  ToldFault,
  type WireReader,
  wordOf,
} from "./reader";

/** The package takes objects only, so arguments that came as text stand under this key until they are read. */
export const AS_TEXT = "\u0000text";

interface State {
  tell: Tell;
  lines: number;
  repeats: ReturnType<typeof createRepeats>;
  counts: Json;
  hasBegun: boolean;
  strange: Json | undefined;
}

export function ollamaReader(tell: Tell): WireReader {
  const state: State = { tell, lines: 0, repeats: createRepeats(), counts: {}, hasBegun: false, strange: undefined };
  return {
    read: (event) => read(state, event),
    end: () => end(state),
    whole: (body) => [...read(state, body), ...end(state)],
  };
}

function read(state: State, event: Json): Json[] {
  state.lines += 1;
  const error = errorIn(event);
  if (error) throw new ToldFault(error);
  if (!isJson(event.message) && typeof event.done !== "boolean") {
    state.strange ??= event;
    return [];
  }
  state.hasBegun = true;
  const { eval_count, prompt_eval_count } = event;
  state.counts = grown(state.counts, { eval_count, prompt_eval_count });
  state.tell.onTokens({
    inputTokens: countIn(state.counts, "prompt_eval_count"),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: countIn(state.counts, "eval_count"),
  });
  const message = jsonOf(event.message);
  const calls = listOf(message.tool_calls).flatMap((call) => callOf(state, jsonOf(call)));
  const thinking = wordOf(message.thinking) === undefined ? {} : { thinking: message.thinking };
  return [
    {
      model: wordOf(event.model) ?? "",
      created_at: wordOf(event.created_at) ?? "",
      done: event.done === true,
      ...(wordOf(event.done_reason) !== undefined && { done_reason: event.done_reason }),
      message: {
        role: "assistant",
        content: typeof message.content === "string" ? message.content : "",
        ...thinking,
        ...(calls.length > 0 && { tool_calls: calls }),
      },
      ...state.counts,
    },
  ];
}

function callOf(state: State, call: Json): Json[] {
  const own = isJson(call.function) ? call.function : call;
  const [id, name] = [wordOf(call.id), wordOf(own.name) ?? "unnamed_call"];
  const text = argumentsOf(own.arguments ?? own.parameters);
  state.tell.onOutput(text.length);
  if (state.repeats({ chunk: state.lines, id, name, text })) return [];
  const given = isJson(own.arguments) ? own.arguments : { [AS_TEXT]: text };
  return [{ ...(id !== undefined && { id }), function: { name, arguments: given } }];
}

function end(state: State): Json[] {
  if (!state.hasBegun && state.strange)
    throw new AnswerFault(`it sent ${shown(state.strange)}, which has no “message”`);
  return [];
}
