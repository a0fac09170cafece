/** Reads answers of Anthropic's Messages API, and of the servers that speak it. */
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
  type WireReader,
  wordOf,
} from "./reader";

interface Block {
  /** Its place in the answer that is passed on: servers may use a number twice. */
  at: number;
  type: "text" | "thinking" | "redacted_thinking" | "tool_use" | "unknown";
  /** Of a call. */
  id: string;
  name: string;
  /** Arguments that came with its beginning, and those that came after it. */
  given: string;
  pieces: string[];
}

interface State {
  tell: Tell;
  open: Map<number, Block>;
  blocks: number;
  /** The last place that an event named. */
  place: number;
  calls: Block[];
  usage: Json;
  stop: Json;
  hasBegun: boolean;
  hasStopped: boolean;
  hasFailed: boolean;
  strange: Json | undefined;
}

const KNOWN = ["text", "thinking", "redacted_thinking", "tool_use"] as const;

export function messagesReader(tell: Tell): WireReader {
  const state: State = {
    tell,
    open: new Map(),
    blocks: 0,
    place: 0,
    calls: [],
    usage: {},
    stop: {},
    hasBegun: false,
    hasStopped: false,
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
  const error = errorIn(event);
  if (error) {
    state.hasFailed = true;
    return [{ type: "error", error }];
  }
  switch (event.type) {
    case "message_start":
      return start(state, jsonOf(event.message));
    case "content_block_start":
      return startBlock(state, placeIn(state, event), jsonOf(event.content_block));
    case "content_block_delta":
      return extend(state, placeIn(state, event), jsonOf(event.delta));
    case "content_block_stop":
      return stopBlock(state, placeIn(state, event));
    case "message_delta":
      count(state, event.usage ?? jsonOf(event.delta).usage);
      for (const [name, value] of Object.entries(jsonOf(event.delta)))
        if (value !== null && value !== undefined) state.stop[name] = value;
      return [];
    case "message_stop":
      state.hasStopped = true;
      count(state, event.usage);
      return [];
    case "ping":
      return [];
    default:
      state.strange ??= event;
      return [];
  }
}

function placeIn(state: State, event: Json): number {
  state.place = placeOf(event.index) ?? state.place;
  return state.place;
}

function count(state: State, usage: unknown): void {
  state.usage = withWholeInput(state.usage, jsonOf(usage));
  const { usage: told } = state;
  const [cacheReadTokens, cacheWriteTokens] = [
    countIn(told, "cache_read_input_tokens"),
    countIn(told, "cache_creation_input_tokens"),
  ];
  state.tell.onTokens({
    inputTokens: countIn(told, "input_tokens") + cacheReadTokens + cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: countIn(told, "output_tokens"),
  });
}

const CACHED = ["cache_read_input_tokens", "cache_creation_input_tokens"];

/**
 * Returns counts that only grow. Some servers tell the whole input first, and later its parts: then the fresh input is what
 * is left of the largest whole.
 */
function withWholeInput(before: Json, told: Json): Json {
  const usage = grown(before, told);
  const wholeOf = (counts: Json) => ["input_tokens", ...CACHED].reduce((sum, name) => sum + countIn(counts, name), 0);
  const whole = Math.max(wholeOf(before), wholeOf({ ...before, ...grown({}, told) }));
  const cached = CACHED.reduce((sum, name) => sum + countIn(usage, name), 0);
  return { ...usage, input_tokens: Math.max(0, whole - cached) };
}

/** A second beginning before any content is the same answer; after content it would be another one. */
function start(state: State, message: Json): Json[] {
  count(state, message.usage);
  if (state.hasBegun && (state.blocks > 0 || state.calls.length > 0))
    throw new AnswerFault("it began a second answer within the first");
  const first = state.hasBegun ? [] : begin(state, message);
  const content = listOf(message.content).filter(isJson);
  return [...first, ...content.flatMap((block, at) => wholeBlock(state, at, block))];
}

function begin(state: State, message: Json = {}): Json[] {
  if (state.hasBegun) return [];
  state.hasBegun = true;
  const usage = { input_tokens: 0, ...numbersOf(state.usage) };
  return [
    { type: "message_start", message: { id: wordOf(message.id) ?? null, model: wordOf(message.model) ?? null, usage } },
  ];
}

/** Reads a block that came complete. */
function wholeBlock(state: State, place: number, block: Json): Json[] {
  return [...startBlock(state, place, block), ...stopBlock(state, place)];
}

function startBlock(state: State, place: number, block: Json): Json[] {
  const closed = [...begin(state), ...stopBlock(state, place)];
  const type = KNOWN.find((known) => known === block.type) ?? "unknown";
  const at = state.blocks;
  const [id, name] = [wordOf(block.id) ?? "", wordOf(block.name) ?? "unnamed_call"];
  const held: Block = { at, type, id, name, given: argumentsOf(block.input), pieces: [] };
  state.open.set(place, held);
  if (type === "unknown") return closed;
  state.blocks += 1;
  const passOn = (content_block: Json) => [...closed, { type: "content_block_start", index: at, content_block }];
  if (type === "text") return [...passOn({ type, text: "" }), ...textOf(at, block.text)];
  if (type === "thinking")
    return [...passOn({ type, thinking: "" }), ...thoughtOf(at, block.thinking), ...signatureOf(at, block.signature)];
  if (type === "redacted_thinking") return passOn({ type, data: wordOf(block.data) ?? "" });
  if (held.given !== "") state.tell.onOutput(held.given.length);
  return closed;
}

function textOf(index: number, text: unknown): Json[] {
  if (typeof text !== "string" || text === "") return [];
  return [{ type: "content_block_delta", index, delta: { type: "text_delta", text } }];
}

function thoughtOf(index: number, thinking: unknown): Json[] {
  if (typeof thinking !== "string" || thinking === "") return [];
  return [{ type: "content_block_delta", index, delta: { type: "thinking_delta", thinking } }];
}

function signatureOf(index: number, signature: unknown): Json[] {
  if (typeof signature !== "string" || signature === "") return [];
  return [{ type: "content_block_delta", index, delta: { type: "signature_delta", signature } }];
}

function extend(state: State, place: number, delta: Json): Json[] {
  const begun = state.open.has(place) ? [] : implied(state, place, delta);
  const block = state.open.get(place);
  if (!block || block.type === "unknown") return begun;
  switch (delta.type) {
    case "text_delta":
      return [...begun, ...(block.type === "text" ? textOf(block.at, delta.text) : [])];
    case "thinking_delta":
      return [...begun, ...(block.type === "thinking" ? thoughtOf(block.at, delta.thinking) : [])];
    case "signature_delta":
      return [...begun, ...(block.type === "thinking" ? signatureOf(block.at, delta.signature) : [])];
    case "input_json_delta": {
      const text = argumentsOf(delta.partial_json);
      if (block.type !== "tool_use") throw new AnswerFault("a piece of arguments belongs to no call");
      state.tell.onOutput(text.length);
      if (text !== "") block.pieces.push(text);
      return begun;
    }
    default:
      return begun;
  }
}

/** Some servers leave out the beginning of a text, which says nothing that its pieces do not say. */
function implied(state: State, place: number, { type }: Json): Json[] {
  if (type === "text_delta") return startBlock(state, place, { type: "text" });
  if (type === "thinking_delta") return startBlock(state, place, { type: "thinking" });
  if (type === "input_json_delta") throw new AnswerFault("a piece of arguments belongs to no call");
  return [];
}

function stopBlock(state: State, place: number): Json[] {
  const block = state.open.get(place);
  if (!block) return [];
  state.open.delete(place);
  const { at, type } = block;
  if (type === "unknown") return [];
  if (type !== "tool_use") return [{ type: "content_block_stop", index: at }];
  const isRepeated = state.calls.some(
    (call) =>
      call.id === block.id && call.id !== "" && call.name === block.name && isSame(inputOf(call), inputOf(block)),
  );
  if (isRepeated) return [];
  state.calls.push(block);
  return [
    { type: "content_block_start", index: at, content_block: { type, id: block.id, name: block.name, input: {} } },
    { type: "content_block_delta", index: at, delta: { type: "input_json_delta", partial_json: inputOf(block) } },
    { type: "content_block_stop", index: at },
  ];
}

/** Returns the arguments: those of the beginning, which servers that stream leave empty, or those of the pieces. */
function inputOf({ given, pieces }: Block): string {
  const text = pieces.join("");
  if (text.trim() === "") return given === "" ? "{}" : given;
  if (given === "" || /^\s*\{\s*\}\s*$/.test(given) || isSame(given, text)) return text;
  const last = pieces.at(-1) ?? "";
  // Two objects that differ: whoever reads the text says so.
  return isWhole(last) && isSame(given, last) ? given : given + text;
}

function end(state: State, isDone: boolean): Json[] | null {
  if (state.hasFailed) return [];
  if (!state.hasBegun && state.strange)
    throw new AnswerFault(`it sent ${shown(state.strange)}, which is no event of the protocol`);
  const hasReason = wordOf(state.stop.stop_reason) !== undefined;
  const isAll = state.hasStopped || hasReason || (isDone && state.hasBegun);
  if (!isAll) return wholeCallsOf(state);
  const rest = [...begin(state), ...[...state.open.keys()].flatMap((place) => stopBlock(state, place))];
  return [...rest, ...finish(state)];
}

/** Calls that came complete cannot go on, so a stream that ends after them was not cut within them. */
function wholeCallsOf(state: State): Json[] | null {
  const isWithin = (block: Block) => block.type !== "tool_use" || !isWhole(inputOf(block));
  if ([...state.open.values()].some(isWithin)) return null;
  const rest = [...state.open.keys()].flatMap((place) => stopBlock(state, place));
  const areWhole = state.calls.length > 0 && state.calls.every((call) => isWhole(inputOf(call)));
  return areWhole ? [...rest, ...finish(state)] : null;
}

function finish(state: State): Json[] {
  const reason = wordOf(state.stop.stop_reason) ?? (state.calls.length > 0 ? "tool_use" : "end_turn");
  const usage = { output_tokens: 0, ...numbersOf(state.usage) };
  const details = isJson(state.stop.stop_details) ? { stop_details: state.stop.stop_details } : {};
  const delta = { stop_reason: reason, stop_sequence: wordOf(state.stop.stop_sequence) ?? null, ...details };
  return [{ type: "message_delta", delta, usage }, { type: "message_stop" }];
}

const COUNTS = ["input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"];

function numbersOf(usage: Json): Json {
  return Object.fromEntries(
    Object.entries(usage).filter(([name, value]) => COUNTS.includes(name) && typeof value === "number"),
  );
}

function whole(state: State, body: Json): Json[] {
  if (errorIn(body)) return read(state, body);
  if (!Array.isArray(body.content)) throw new AnswerFault(`it sent ${shown(body)}, which has no “content”`);
  const { stop_reason, stop_sequence, stop_details } = body;
  state.stop = { stop_reason, stop_sequence, stop_details };
  return [...start(state, body), ...(end(state, true) ?? [])];
}
