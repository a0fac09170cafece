/** Sends one request through a provider package and collects its stream into a ModelReply. */
import { setMaxListeners } from "node:events";
import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
  LanguageModelV3ToolCall,
  LanguageModelV3Usage,
  SharedV3ProviderMetadata,
} from "@ai-sdk/provider";
import { safeCallId } from "@/core/ids";
import {
  ModelError,
  type ModelReply,
  type ModelRequest,
  type ProviderData,
  type ReplyPart,
  type RespondOptions,
  type ToolCallRequest,
  type Usage,
} from "@/core/log/model";
import { readCalls } from "../arguments/read-call";
import type { Offer } from "../schemas/offer";
import { watchActivity } from "../wire/activity";
import type { ToldTokens } from "../wire/reader";
import { addressProblem, type CallSite, modelErrorOf, redact } from "./errors";
import { originKey } from "./prompt";
import { ended } from "./provider-message";
import { quotasIn } from "./quotas";

/** Values that an adapter reads from the provider's raw events, because the package hides them. */
export interface RawReading {
  /** Call ids that the provider sent itself; when absent, every id counts as sent. */
  sentIds?: Set<string>;
  /** Whether nothing came but empty parts, from a provider that leaves out the end of such a reply. */
  isEmpty?: boolean;
  /** The text of a refusal that the provider sent outside of its answer's text. */
  refusal?: string;
  /** Tokens written to the provider's cache. */
  cacheWriteTokens?: number;
  /** Tokens of output, thoughts included, where the provider's own count may leave thoughts out. */
  outputTokens?: number;
}

export interface Exchange extends RespondOptions {
  model: LanguageModelV3;
  call: Omit<LanguageModelV3CallOptions, "abortSignal">;
  request: ModelRequest;
  site: CallSite;
  /** Whether the answer is read before its package reads it, so that the characters of its calls are told from there. */
  isRead?: false;
  /** Gives the calls of the reply the tools' own names and argument keys; absent: they were offered as they are. */
  offer?: Pick<Offer, "callOf">;
  readRaw?: (chunk: unknown, reading: RawReading) => void;
}

/** Resolves with the whole reply; rejects with a ModelError, or immediately with the signal's reason when it aborts. */
export async function exchange(options: Exchange): Promise<ModelReply> {
  const { signal } = options;
  signal.throwIfAborted();
  const problem = addressProblem(options.site);
  if (problem) throw new ModelError("bad_request", problem);
  // `fetch` keeps its listeners on a signal until garbage collection, so each call gets its own signal.
  const call = new AbortController();
  const { onActivity, onQuotas } = options;
  const gathering = new ReplyGathering(options);
  watchActivity(call.signal, {
    ...(onActivity && { onActivity }),
    ...(onQuotas && { onHeaders: (headers) => onQuotas(quotasIn(headers, Date.now())) }),
    onOutput: (chars) => gathering.grows(chars),
    onTokens: (tokens) => gathering.tells(tokens),
  });
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason);
      call.abort(signal.reason);
    };
    // Many parallel calls may share a signal, so its many listeners are no leak to warn about.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", stop, { once: true });
  });
  aborted.catch(() => {});
  try {
    return await receive(options, gathering, call.signal, aborted);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // A provider that failed in the middle may keep its stream open, so the call is aborted.
    call.abort();
    throw gathering.charged(modelErrorOf(error, options.site, gathering.begun, Date.now()));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function receive(
  options: Exchange,
  gathering: ReplyGathering,
  abortSignal: AbortSignal,
  aborted: Promise<never>,
): Promise<ModelReply> {
  const sent = Promise.resolve(
    options.model.doStream({
      ...options.call,
      abortSignal,
      includeRawChunks: options.readRaw !== undefined,
    }),
  );
  sent.catch(() => {});
  const { stream } = await Promise.race([sent, aborted]);
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), aborted]);
      if (done) break;
      gathering.add(value);
    }
    return gathering.reply();
  } finally {
    // Closes the socket when reading stopped early; does nothing after the end of the stream.
    reader.cancel().catch(() => {});
  }
}

/** Collects one reply: stream parts in, a ModelReply out. */
class ReplyGathering {
  /** Whether the provider has begun to reply, and so charges for the call. */
  begun = false;
  private readonly parts: ReplyPart[] = [];
  private readonly calls: ToolCallRequest[] = [];
  private readonly openParts = new Map<string, Extract<ReplyPart, { text: string }>>();
  private readonly usedIds: Set<string>;
  private readonly raw: RawReading = {};
  private finish: Extract<LanguageModelV3StreamPart, { type: "finish" }> | undefined;
  private told: ToldTokens | undefined;
  private chars = 0;

  constructor(private readonly options: Exchange) {
    this.usedIds = idsIn(options.request);
  }

  add(part: LanguageModelV3StreamPart): void {
    switch (part.type) {
      case "raw":
        this.options.readRaw?.(part.rawValue, this.raw);
        return;
      case "response-metadata":
      case "tool-input-start":
        this.begins();
        return;
      case "text-start":
        this.open(part.id, { type: "text", text: "", provider: dataOf(part.providerMetadata) });
        return;
      case "reasoning-start": {
        const origin = { [originKey]: { model: this.options.request.model } };
        this.open(part.id, { type: "reasoning", text: "", provider: { ...origin, ...dataOf(part.providerMetadata) } });
        return;
      }
      case "tool-input-delta":
        if (this.options.isRead === false) this.grows(part.delta.length);
        return;
      case "text-delta":
      case "reasoning-delta":
        this.grows(part.delta.length);
        this.extend(part, part.delta);
        return;
      // OpenAI sends the encrypted content of its reasoning with the end of a part.
      case "text-end":
      case "reasoning-end":
        this.extend(part, "");
        return;
      case "tool-call":
        this.addCall(part);
        return;
      case "error":
        throw part.error;
      case "finish":
        this.finish = part;
        return;
      default:
        return;
    }
  }

  grows(chars: number): void {
    if (chars > 0) this.begins();
    this.chars += chars;
    this.options.onOutput?.(chars);
  }

  tells(tokens: ToldTokens): void {
    this.told = tokens;
  }

  /** Returns the error with what the provider charges for the call, as far as it has told its tokens. */
  charged(error: ModelError): ModelError {
    if (error.details.usage || !this.told?.inputTokens) return error;
    const outputTokens = Math.max(counted(this.told.outputTokens) ?? 0, Math.ceil(this.chars / CHARS_PER_TOKEN));
    const inputTokens = counted(this.told.inputTokens);
    if (inputTokens === undefined) return error;
    const usage: Usage = {
      inputTokens,
      cacheReadTokens: counted(this.told.cacheReadTokens) ?? 0,
      cacheWriteTokens: counted(this.told.cacheWriteTokens) ?? 0,
      outputTokens,
    };
    return new ModelError(error.kind, error.message, { ...error.details, usage });
  }

  private begins(): void {
    if (!this.begun) this.options.onBegin?.();
    this.begun = true;
  }

  private open(id: string, part: Extract<ReplyPart, { text: string }>): void {
    this.begins();
    this.openParts.set(id, part);
    // Ollama opens an empty text before the thoughts that come first.
    const last = this.parts.at(-1);
    const isEarly = part.type === "reasoning" && last?.type === "text" && last.text === "";
    this.parts.splice(isEarly ? -1 : this.parts.length, 0, part);
  }

  private extend(part: { id: string; providerMetadata?: SharedV3ProviderMetadata }, delta: string): void {
    const open = this.openParts.get(part.id);
    if (!open) return;
    open.text += delta;
    for (const [key, data] of Object.entries(dataOf(part.providerMetadata) ?? {})) {
      open.provider = { ...open.provider, [key]: { ...open.provider?.[key], ...data } };
    }
    if (delta !== "") this.options.onDraft({ type: open.type, text: delta });
  }

  private addCall(part: LanguageModelV3ToolCall): void {
    this.begins();
    // A tool of the provider's own has run there.
    if (part.providerExecuted) return;
    const { call, offer, request } = this.options;
    const offered = (call.tools ?? []).flatMap((tool) => (tool.type === "function" ? [tool] : []));
    const reading = { offered, own: request.tools, callOf: offer?.callOf ?? ((same) => same) };
    for (const read of readCalls(part.toolName, part.input, reading)) this.addRead(part, read);
  }

  private addRead(part: LanguageModelV3ToolCall, call: Omit<ToolCallRequest, "id">): void {
    const sent = this.raw.sentIds === undefined || this.raw.sentIds.has(part.toolCallId);
    const id = uniqueId(sent ? part.toolCallId : "", this.usedIds);
    this.usedIds.add(id);
    this.calls.push({ id, ...call });
    // An id that others would have to shorten is still the server's own.
    const isOwn = id === part.toolCallId && safeCallId(id) !== id;
    const origin = isOwn && { [originKey]: { model: this.options.request.model } };
    const provider: ProviderData = { ...origin, ...dataOf(part.providerMetadata) };
    this.parts.push({ type: "call", id, ...(Object.keys(provider).length > 0 && { provider }) });
  }

  reply(): ModelReply {
    const { finish } = this;
    const { site, request } = this.options;
    if (!finish || (isBroken(finish.finishReason) && !this.raw.isEmpty)) {
      throw new ModelError("retry", `${site.label} ended its answer before it was complete.`, {
        firstPartSeen: this.begun,
      });
    }
    const usage = usageOf(finish.usage, this.raw, request, this.parts, this.calls);
    if (finish.finishReason.unified === "content-filter" || this.raw.refusal) {
      const text = this.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
      const words = this.raw.refusal ?? explanationIn(finish.providerMetadata) ?? text;
      const reason = words.trim() === "" ? "." : `: ${ended(words)}`;
      const sentence = `${site.model} refused to answer${reason} Change the task, or choose another model.`;
      throw new ModelError("refused", redact(sentence, site.secrets), { firstPartSeen: true, usage });
    }
    const parts = this.parts.filter((part) => part.type !== "text" || part.text.trim() !== "").map(withoutEmptyData);
    const stopReason = this.stopReason(finish.finishReason);
    const calls = stopReason === "length" ? withCutCall(this.calls, this.parts.at(-1)) : this.calls;
    return { parts, calls, usage, stopReason };
  }

  private stopReason({ unified, raw = "" }: FinishReason): ModelReply["stopReason"] {
    if (unified === "length") return "length";
    // Some servers say "stop" although the reply has calls.
    if (this.calls.length > 0) return "tool_calls";
    if (UNUSABLE_CALL.test(raw)) return "unusable_call";
    return unified === "stop" ? "stop" : "other";
  }
}

/**
 * Returns the calls of a reply that its limit cut. A cut between the name of the last call and its arguments leaves none,
 * which packages and servers turn into an empty object: the call would run with other arguments than the model meant.
 */
function withCutCall(calls: ToolCallRequest[], lastPart: ReplyPart | undefined): ToolCallRequest[] {
  const last = calls.at(-1);
  if (!last || lastPart?.type !== "call" || lastPart.id !== last.id) return calls;
  const isEmpty = typeof last.input === "object" && last.input !== null && Object.keys(last.input).length === 0;
  return isEmpty ? [...calls.slice(0, -1), { ...last, input: "", malformed: true }] : calls;
}

/** Returns why Anthropic or Google refused, where they say it. */
function explanationIn(metadata: SharedV3ProviderMetadata | undefined): string | undefined {
  const { stopDetails } = metadata?.anthropic ?? {};
  const told =
    stopDetails && typeof stopDetails === "object" && "explanation" in stopDetails && stopDetails.explanation;
  const words = told || metadata?.google?.finishMessage;
  return typeof words === "string" ? words : undefined;
}

type FinishReason = Extract<LanguageModelV3StreamPart, { type: "finish" }>["finishReason"];

/** Words of Google's and Bedrock's: MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL, TOO_MANY_TOOL_CALLS, malformed_tool_use. */
const UNUSABLE_CALL = /(?:malformed|unexpected|too_many)_(?:function|tool)/i;

/** Packages end a stream that broke off without a word of the provider's, or with the word `error`. */
function isBroken({ unified, raw }: FinishReason): boolean {
  return raw === undefined ? unified === "error" || unified === "other" : raw === "error";
}

function idsIn(request: ModelRequest): Set<string> {
  const ids = new Set<string>();
  for (const message of request.messages) {
    if (message.role === "assistant") for (const call of message.calls) ids.add(call.id);
  }
  return ids;
}

/** Returns the provider's id, with a number added when the conversation already has it; `call_<n>` for an empty id. */
function uniqueId(id: string, used: Set<string>): string {
  const base = id.trim() === "" ? "call" : id;
  let number = id.trim() === "" ? used.size + 1 : 1;
  let unique = base === id ? id : `${base}_${number}`;
  while (used.has(unique)) {
    number += 1;
    unique = `${base}_${number}`;
  }
  return unique;
}

function dataOf(metadata: SharedV3ProviderMetadata | undefined): ProviderData | undefined {
  return metadata as ProviderData | undefined;
}

function withoutEmptyData(part: ReplyPart): ReplyPart {
  if (part.provider !== undefined) return part;
  const { provider: _, ...rest } = part;
  return rest;
}

/** More tokens than any call can use: a higher number is a wrong unit or a fault, so it is ignored. */
const MOST_TOKENS = 100_000_000;

/** Returns a reported token count as a whole number; undefined when it is not a plausible number. */
function counted(tokens: unknown): number | undefined {
  return typeof tokens === "number" && tokens >= 0 && tokens <= MOST_TOKENS ? Math.ceil(tokens) : undefined;
}

const CHARS_PER_TOKEN = 4;

/** Servers that report no usage are charged one token for every four characters, so that limits apply to them too. */
function usageOf(
  usage: LanguageModelV3Usage,
  raw: RawReading,
  request: ModelRequest,
  parts: ReplyPart[],
  calls: ToolCallRequest[],
): Usage {
  const { inputTokens } = usage;
  const outputTokens = Math.max(counted(usage.outputTokens.total) ?? 0, counted(raw.outputTokens) ?? 0);
  // A package makes 0 of a count that the provider left out.
  const isUncounted = outputTokens === 0 && parts.some((part) => part.type === "call" || part.text !== "");
  return {
    inputTokens: counted(inputTokens.total) || estimatedTokens([request.system, request.tools, request.messages]),
    cacheReadTokens: counted(inputTokens.cacheRead) ?? 0,
    cacheWriteTokens: counted(inputTokens.cacheWrite ?? raw.cacheWriteTokens) ?? 0,
    outputTokens: isUncounted ? estimatedTokens([parts, calls]) : outputTokens,
  };
}

function estimatedTokens(values: unknown[]): number {
  return Math.ceil(JSON.stringify(values).length / CHARS_PER_TOKEN);
}
