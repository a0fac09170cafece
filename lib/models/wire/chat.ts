/** Reads answers of chat completions, as OpenAI and the many servers with that protocol send them. */
import { type CallBook, createCallBook, isWhole } from "./calls";
import {
  AnswerFault,
  type Asked,
  argumentsOf,
  countIn,
  errorIn,
  grown,
  isJson,
  type Json,
  jsonOf,
  listOf,
  placeOf,
  shown,
  type Tell,
  type WireReader,
  wordOf,
} from "./reader";

interface State {
  tell: Tell;
  book: CallBook;
  chunks: number;
  id: string | undefined;
  finish: string | undefined;
  usage: Json;
  hasBegun: boolean;
  hasText: boolean;
  hasFailed: boolean;
  /** A count without a choice comes at the end; some servers count in every chunk. */
  hasClosed: boolean;
  /** An event that is no part of this protocol. */
  strange: Json | undefined;
}

export function chatReader(tell: Tell, { names }: Asked): WireReader {
  const state: State = {
    tell,
    book: createCallBook(names),
    chunks: 0,
    id: undefined,
    finish: undefined,
    usage: {},
    hasBegun: false,
    hasText: false,
    hasFailed: false,
    hasClosed: false,
    strange: undefined,
  };
  return {
    read: (event) => read(state, event),
    end: (isDone) => end(state, isDone),
    whole: (body) => [...read(state, body), ...(end(state, true) ?? [])],
  };
}

function read(state: State, event: Json): Json[] {
  state.chunks += 1;
  const choice = jsonOf(listOf(event.choices)[0]);
  const error = errorIn(event) ?? errorIn({ error: choice.error });
  if (error) {
    state.hasFailed = true;
    return [{ error }];
  }
  if (!("choices" in event) && !("usage" in event)) state.strange ??= event;
  state.id ??= wordOf(event.id);
  count(state, event.usage ?? choice.usage ?? jsonOf(event.x_groq).usage);
  state.hasClosed ||= isJson(event.usage) && state.hasBegun && Object.keys(choice).length === 0;
  state.finish = wordOf(choice.finish_reason) ?? state.finish;
  const delta = deltaOf(state, choice);
  if (Object.keys(delta).length === 0) return [];
  state.hasBegun = true;
  const { tool_calls: calls, ...words } = delta;
  for (const call of listOf(calls)) addCall(state, jsonOf(call));
  return [chunkOf(state, words)];
}

function count(state: State, usage: unknown): void {
  state.usage = grown(state.usage, withCached(jsonOf(usage)));
  const details = jsonOf(state.usage.prompt_tokens_details);
  state.tell.onTokens({
    inputTokens: countIn(state.usage, "prompt_tokens"),
    cacheReadTokens: countIn(details, "cached_tokens"),
    cacheWriteTokens: countIn(details, "cache_write_tokens"),
    outputTokens: countIn(state.usage, "completion_tokens"),
  });
}

/** Some servers leave out of the input what came from the cache: then the parts make the total only with it. */
function withCached(usage: Json): Json {
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = usage;
  const cached = countIn(jsonOf(usage.prompt_tokens_details), "cached_tokens");
  if (typeof input !== "number" || cached === 0) return usage;
  const isApart = cached > input || (typeof output === "number" && total === input + cached + output);
  return isApart ? { ...usage, prompt_tokens: input + cached } : usage;
}

/** Returns what a choice adds, with the fields that are known. A last chunk may repeat the whole message. */
function deltaOf(state: State, choice: Json): Json {
  const [delta, message] = [jsonOf(choice.delta), jsonOf(choice.message)];
  const from = Object.keys(delta).length > 0 ? delta : message;
  const isRepeated = from === message && state.hasText;
  const content = isRepeated ? undefined : (contentOf(from.content) ?? wordsOf(choice.text));
  const thoughts = isRepeated ? undefined : (wordsOf(from.reasoning_content) ?? wordsOf(from.reasoning));
  const refusal = isRepeated ? undefined : wordsOf(from.refusal);
  const legacy = [delta, message].flatMap(({ function_call: call }) =>
    isJson(call) ? [{ index: 0, function: call }] : [],
  );
  const calls = [...listOf(delta.tool_calls), ...listOf(message.tool_calls), ...legacy].filter(isJson);
  state.hasText ||= content !== undefined || thoughts !== undefined;
  return {
    ...(content !== undefined && { content }),
    ...(thoughts !== undefined && { reasoning_content: thoughts }),
    ...(refusal !== undefined && { refusal }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function wordsOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A text, or the parts of one: Mistral's models send thoughts as parts. */
function contentOf(content: unknown): unknown {
  if (typeof content === "string") return wordsOf(content);
  const parts = listOf(content).filter((part) => isJson(part) && typeof part.type === "string");
  return parts.length > 0 ? parts : undefined;
}

function addCall(state: State, call: Json): void {
  const own = isJson(call.function) ? call.function : call;
  const text = argumentsOf(own.arguments ?? own.parameters);
  const more = isJson(call.extra_content) ? { extra_content: call.extra_content } : undefined;
  const [id, name] = [wordOf(call.id), wordOf(own.name)];
  state.tell.onOutput(text.length);
  state.book.add({ chunk: state.chunks, index: placeOf(call.index), id, name, text, more });
}

function chunkOf(state: State, delta: Json, finish: string | null = null): Json {
  return { id: state.id ?? null, choices: [{ index: 0, delta, finish_reason: finish }] };
}

function end(state: State, isDone: boolean): Json[] | null {
  if (state.hasFailed) return [];
  const calls = state.book.calls();
  const isEmpty = !state.hasBegun && state.finish === undefined && Object.keys(state.usage).length === 0;
  if (isEmpty && state.strange) throw new AnswerFault(`it sent ${shown(state.strange)}, which has no “choices”`);
  if (isEmpty && isDone) throw new AnswerFault("it ended without a word, a call or a reason");
  // Whole arguments cannot go on, so a stream that ends after them was not cut within them.
  const isAll = isDone || state.hasClosed || (calls.length > 0 && calls.every(({ text }) => isWhole(text)));
  const finish = state.finish ?? (isAll ? (calls.length > 0 ? "tool_calls" : "stop") : null);
  const tool_calls = calls.map(({ id, name, text, more }, index) => ({
    index,
    ...(id !== undefined && { id }),
    type: "function",
    function: { name, arguments: text },
    ...more,
  }));
  if (finish === null) return null;
  const last = chunkOf(state, tool_calls.length > 0 ? { tool_calls } : {}, finish);
  return Object.keys(state.usage).length > 0 ? [last, { choices: [], usage: usageOf(state.usage) }] : [last];
}

/** The package takes whole objects and numbers only. */
function usageOf(usage: Json): Json {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => typeof value === "number" || isJson(value)));
}
