/** Reads answers of OpenAI's Responses API, and of the servers that speak it. */
import { isSame, isWhole } from "./calls";
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
  placeOf,
  shown,
  type Tell,
  type ToldError,
  type WireReader,
  wordOf,
} from "./reader";

interface Held {
  itemId: string | undefined;
  callId: string | undefined;
  name: string | undefined;
  namespace: string | undefined;
  index: number | undefined;
  pieces: string[];
  /** The arguments that an event gave as a whole. */
  given: string | null;
  isPassed: boolean;
}

interface State {
  tell: Tell;
  /** Items of texts and thoughts that were begun, by their ids. */
  items: Map<string, "message" | "reasoning">;
  /** Items whose text came, and all their text. */
  texts: Map<string, string>;
  lastMessage: string;
  calls: Held[];
  passed: number;
  usage: Json;
  hasBegun: boolean;
  hasEnded: boolean;
  hasFailed: boolean;
  strange: Json | undefined;
}

export function responsesReader(tell: Tell): WireReader {
  const state: State = {
    tell,
    items: new Map(),
    texts: new Map(),
    lastMessage: "msg_0",
    calls: [],
    passed: 0,
    usage: {},
    hasBegun: false,
    hasEnded: false,
    hasFailed: false,
    strange: undefined,
  };
  return {
    read: (event) => read(state, event),
    end: (isDone) => end(state, isDone),
    whole: (body) => whole(state, body),
  };
}

function read(state: State, event: Json): Json[] {
  const type = wordOf(event.type) ?? "";
  const error = type.startsWith("response.") ? null : errorIn(event);
  if (error) return failed(state, error);
  const item = jsonOf(event.item);
  switch (type) {
    case "response.created":
    case "response.in_progress":
    case "response.queued":
      count(state, jsonOf(event.response).usage);
      return begin(state, jsonOf(event.response));
    case "response.output_item.added":
      return [...begin(state), ...startItem(state, item, placeOf(event.output_index))];
    case "response.output_item.done":
      return [...begin(state), ...finishItem(state, item, placeOf(event.output_index))];
    case "response.function_call_arguments.delta":
    case "response.function_call_arguments.done":
      extendCall(state, event);
      return begin(state);
    case "response.output_text.delta":
    case "response.refusal.delta":
      return [...begin(state), ...addText(state, type, wordOf(event.item_id), event.delta)];
    case "response.output_text.done":
      return [...begin(state), ...missingText(state, wordOf(event.item_id), event.text)];
    case "response.refusal.done":
      return [...begin(state), ...refusedText(state, wordOf(event.item_id), event.refusal)];
    case "response.reasoning_summary_part.added":
    case "response.reasoning_summary_text.delta":
    case "response.reasoning_summary_part.done":
      return thought(state, type, event);
    case "response.completed":
    case "response.incomplete":
    case "response.done":
      return finish(state, jsonOf(event.response));
    case "response.failed":
      return failed(
        state,
        errorIn(jsonOf(event.response)) ?? errorIn(event) ?? { type: "failed", message: "no reason given" },
      );
    default:
      if (!type.startsWith("response.") && type !== "keepalive" && type !== "ping") state.strange ??= event;
      return [];
  }
}

/** The service tells the kind of an error by its code. */
function failed(state: State, { type, message }: ToldError): Json[] {
  if (state.hasFailed) return [];
  state.hasFailed = true;
  return [{ type: "error", sequence_number: 0, code: type, message }];
}

function count(state: State, usage: unknown): void {
  state.usage = grown(state.usage, usage);
  const details = jsonOf(state.usage.input_tokens_details);
  state.tell.onTokens({
    inputTokens: countIn(state.usage, "input_tokens"),
    cacheReadTokens: countIn(details, "cached_tokens"),
    cacheWriteTokens: countIn(details, "cache_write_tokens"),
    outputTokens: countIn(state.usage, "output_tokens"),
  });
}

function begin(state: State, response: Json = {}): Json[] {
  if (state.hasBegun) return [];
  state.hasBegun = true;
  const { created_at: madeAt } = response;
  const created_at = typeof madeAt === "number" ? madeAt : 0;
  return [
    {
      type: "response.created",
      response: { id: wordOf(response.id) ?? "resp", created_at, model: wordOf(response.model) ?? "" },
    },
  ];
}

function startItem(state: State, item: Json, index: number | undefined): Json[] {
  if (item.type === "function_call") {
    callOf(state, item, index);
    return [];
  }
  if (item.type !== "message" && item.type !== "reasoning") return [];
  const id = idOf(state, item);
  if (state.items.has(id)) return [];
  state.items.set(id, item.type);
  if (item.type === "message") state.lastMessage = id;
  const item_ = { ...phaseOf(item), ...encryptedIn(item), type: item.type, id };
  return [{ type: "response.output_item.added", output_index: index ?? state.items.size, item: item_ }];
}

function idOf(state: State, { id, type }: Json): string {
  return wordOf(id) ?? `${type === "message" ? "msg" : "rs"}_${state.items.size}`;
}

const PHASES = ["commentary", "final_answer"];

function phaseOf({ phase }: Json): Json {
  return typeof phase === "string" && PHASES.includes(phase) ? { phase } : {};
}

function encryptedIn({ encrypted_content }: Json): Json {
  return typeof encrypted_content === "string" ? { encrypted_content } : {};
}

function finishItem(state: State, item: Json, index: number | undefined): Json[] {
  if (item.type === "function_call") {
    const call = callOf(state, item, index);
    if (item.arguments !== undefined && item.arguments !== null) call.given = argumentsOf(item.arguments);
    return passCall(state, call);
  }
  if (item.type !== "message" && item.type !== "reasoning") return [];
  const id = wordOf(item.id) ?? (item.type === "message" ? state.lastMessage : undefined);
  const known = id !== undefined && state.items.has(id);
  const begun = known ? [] : startItem(state, { ...item, ...(id !== undefined && { id }) }, index);
  const own = id ?? [...state.items.keys()].at(-1) ?? "";
  const text = item.type === "message" ? messageText(state, own, item) : reasoningText(state, own, item, !known);
  const done = { ...phaseOf(item), ...encryptedIn(item), type: item.type, id: own };
  state.items.delete(own);
  return [...begun, ...text, { type: "response.output_item.done", output_index: index ?? 0, item: done }];
}

/** Returns the text of a message whose pieces did not come. */
function messageText(state: State, id: string, item: Json): Json[] {
  return listOf(item.content).flatMap((part) => {
    const { type, text, refusal } = jsonOf(part);
    if (type === "output_text" || type === "text") return missingText(state, id, text);
    return type === "refusal" ? refusedText(state, id, refusal) : [];
  });
}

/** Returns the summaries of thoughts that came with the end of their item only. */
function reasoningText(state: State, id: string, item: Json, isNew: boolean): Json[] {
  if (!isNew) return [];
  const words = listOf(item.summary)
    .map((part) => wordOf(jsonOf(part).text) ?? "")
    .filter(Boolean);
  if (words.length === 0) return [];
  state.texts.set(id, words.join("\n\n"));
  const event = { type: "response.reasoning_summary_text.delta", item_id: id, summary_index: 0 };
  return [{ ...event, delta: words.join("\n\n") }];
}

function addText(state: State, type: string, itemId: string | undefined, delta: unknown): Json[] {
  if (typeof delta !== "string" || delta === "") return [];
  const id = itemId ?? state.lastMessage;
  const begun = state.items.has(id) ? [] : startItem(state, { type: "message", id }, undefined);
  state.texts.set(id, `${state.texts.get(id) ?? ""}${delta}`);
  return [...begun, { type, item_id: id, delta }];
}

function missingText(state: State, itemId: string | undefined, text: unknown): Json[] {
  const id = itemId ?? state.lastMessage;
  return state.texts.has(id) ? [] : addText(state, "response.output_text.delta", id, text);
}

function refusedText(state: State, itemId: string | undefined, refusal: unknown): Json[] {
  const id = itemId ?? state.lastMessage;
  return state.texts.has(id) ? [] : addText(state, "response.refusal.delta", id, refusal);
}

function thought(state: State, type: string, event: Json): Json[] {
  const id = wordOf(event.item_id);
  const summary_index = placeOf(event.summary_index) ?? 0;
  if (id === undefined) return [];
  const begun = state.items.has(id) ? [] : startItem(state, { type: "reasoning", id }, undefined);
  if (type !== "response.reasoning_summary_text.delta") return [...begun, { type, item_id: id, summary_index }];
  return typeof event.delta === "string" ? [...begun, { type, item_id: id, summary_index, delta: event.delta }] : begun;
}

/** Returns the call that an item is, by any of its ids, or begins it. */
function callOf(state: State, item: Json, index: number | undefined): Held {
  const [itemId, callId, name] = [wordOf(item.id), wordOf(item.call_id), wordOf(item.name)];
  const call = heldCall(state, itemId, callId, index) ?? beginCall(state, index);
  call.itemId ??= itemId;
  call.callId ??= callId;
  call.name ??= name;
  call.namespace ??= wordOf(item.namespace);
  return call;
}

function heldCall({ calls }: State, itemId: string | undefined, callId: string | undefined, index: number | undefined) {
  const byId = calls.find(
    (call) => (callId !== undefined && call.callId === callId) || (itemId !== undefined && call.itemId === itemId),
  );
  if (byId) return byId;
  const isFree = (call: Held) =>
    (callId === undefined || call.callId === undefined) && (itemId === undefined || call.itemId === undefined);
  return index === undefined ? undefined : calls.findLast((call) => call.index === index && isFree(call));
}

function beginCall(state: State, index: number | undefined): Held {
  const call: Held = {
    itemId: undefined,
    callId: undefined,
    name: undefined,
    namespace: undefined,
    index,
    pieces: [],
    given: null,
    isPassed: false,
  };
  state.calls.push(call);
  return call;
}

function extendCall(state: State, event: Json): void {
  const [itemId, index] = [wordOf(event.item_id), placeOf(event.output_index)];
  const known = heldCall(state, itemId, wordOf(event.call_id), index);
  const open = state.calls.filter((call) => !call.isPassed);
  const isNamed = itemId !== undefined || index !== undefined;
  if (!known && !isNamed && open.length > 1)
    throw new AnswerFault(`a piece of arguments does not say which of ${open.length} calls it belongs to`);
  const call = known ?? (isNamed ? beginCall(state, index) : open[0]);
  if (!call) throw new AnswerFault("a piece of arguments belongs to no call");
  call.itemId ??= itemId;
  call.name ??= wordOf(event.name);
  if (event.type === "response.function_call_arguments.done") {
    call.given = argumentsOf(event.arguments);
    return;
  }
  const text = argumentsOf(event.delta);
  state.tell.onOutput(text.length);
  if (text !== "") call.pieces.push(text);
}

function inputOf({ given, pieces }: Held): string {
  const text = pieces.join("");
  if (given === null || given.trim() === "") return text;
  if (text.trim() === "" || isSame(given, text)) return given;
  // Two objects that differ: whoever reads the text says so.
  return isWhole(text) && isWhole(given) ? text + given : isWhole(given) ? given : text;
}

/** Passes a call on, unless it was passed on before. */
function passCall(state: State, call: Held): Json[] {
  if (call.isPassed) return [];
  call.isPassed = true;
  const output_index = state.passed;
  state.passed += 1;
  const call_id = call.callId ?? call.itemId ?? `call_${output_index}`;
  const item = {
    type: "function_call",
    id: call.itemId ?? call_id,
    call_id,
    name: call.name ?? "unnamed_call",
    ...(call.namespace !== undefined && { namespace: call.namespace }),
  };
  return [
    { type: "response.output_item.added", output_index, item: { ...item, arguments: "" } },
    {
      type: "response.output_item.done",
      output_index,
      item: { ...item, arguments: inputOf(call), status: "completed" },
    },
  ];
}

/** Reads the end, which holds all items again: those that did not come before are passed on. */
function finish(state: State, response: Json): Json[] {
  if (state.hasEnded) return [];
  state.hasEnded = true;
  count(state, response.usage);
  const begun = begin(state, response);
  const hadText = state.texts.size > 0 || state.items.size > 0;
  const items = listOf(response.output).filter(isJson);
  const late = items.flatMap((item, index) => {
    if (item.type === "function_call") return lateCall(state, item, index);
    return hadText || item.type !== "message" ? [] : finishItem(state, item, index);
  });
  const open = state.calls.flatMap((call) => passCall(state, call));
  const details = jsonOf(response.incomplete_details);
  const reason = wordOf(details.reason);
  const usage = Object.keys(state.usage).length > 0 ? { usage: usageOf(state.usage) } : {};
  const type = reason === undefined ? "response.completed" : "response.incomplete";
  const end = { ...(reason !== undefined && { incomplete_details: { reason } }), ...usage };
  return [...begun, ...late, ...open, { type, response: end }];
}

/** The same call may come under another id at the end, when a server makes its ids anew. */
function lateCall(state: State, item: Json, index: number): Json[] {
  const given = argumentsOf(item.arguments);
  const isKnown = state.calls.some(
    (call) => call.name === item.name && isSame(inputOf(call), given) && call.index === index,
  );
  return isKnown ? [] : finishItem(state, item, index);
}

function usageOf(usage: Json): Json {
  return { input_tokens: 0, output_tokens: 0, ...numbersOf(usage) };
}

function numbersOf(object: Json): Json {
  const kept = Object.entries(object).map(([name, value]) => [name, isJson(value) ? numbersOf(value) : value] as const);
  return Object.fromEntries(kept.filter(([, value]) => typeof value !== "undefined" && typeof value !== "string"));
}

function end(state: State, isDone: boolean): Json[] | null {
  if (state.hasFailed || state.hasEnded) return [];
  if (!state.hasBegun && state.strange)
    throw new AnswerFault(`it sent ${shown(state.strange)}, which is no event of the Responses API`);
  const areWhole = state.calls.length > 0 && state.calls.every((call) => isWhole(inputOf(call)));
  const isAll = (isDone && (state.calls.length > 0 || state.texts.size > 0)) || areWhole;
  return isAll ? finish(state, {}) : null;
}

function whole(state: State, body: Json): Json[] {
  const error = errorIn(body);
  if (error) return failed(state, error);
  if (!Array.isArray(body.output)) throw new AnswerFault(`it sent ${shown(body)}, which has no “output”`);
  const items = body.output.filter(isJson).flatMap((item, index) => finishItem(state, item, index));
  return [...begin(state, body), ...items, ...finish(state, { ...body, output: [] })];
}
