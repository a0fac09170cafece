/**
 * The port through which the runtime sees language models. Adapters in `lib/models` implement it;
 * nothing here knows a provider. All shapes are plain JSON, so that they can stand in the log.
 */

/** Opaque data of a provider (signatures of thinking blocks and the like), kept so that a turn can be continued exactly. */
export type ProviderData = Record<string, Record<string, unknown>>;

export type ReplyPart =
  | { type: "text"; text: string; provider?: ProviderData }
  | { type: "reasoning"; text: string; provider?: ProviderData }
  /** Marks where a tool call stood among the parts; the call itself is in `ModelReply.calls` under the same id. */
  | { type: "call"; id: string; provider?: ProviderData };

export interface ToolCallRequest {
  /** Unique within a task's log. Adapters make one where a provider sends none, or one twice. */
  id: string;
  name: string;
  /** The parsed arguments, or the raw text when it is not valid JSON (`malformed` is then true). */
  input: unknown;
  malformed?: boolean;
}

export interface Usage {
  /** All input tokens, those read from or written to the provider's cache included. */
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
}

export type ModelMessage =
  | { role: "user"; content: string }
  | { role: "assistant"; parts: ReplyPart[]; calls: ToolCallRequest[] }
  | { role: "tool"; callId: string; toolName: string; content: string; isError: boolean };

export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema of the input: an object schema. */
  inputSchema: Record<string, unknown>;
}

export interface ModelRequest {
  /** `provider/model` as in the setting BANYAN_MODEL, or `runbook`. */
  model: string;
  system: string;
  tools: ToolSpec[];
  messages: ModelMessage[];
  maxOutputTokens: number;
}

export interface ModelReply {
  parts: ReplyPart[];
  calls: ToolCallRequest[];
  usage: Usage;
  stopReason: "stop" | "tool_calls" | "length" | "refusal" | "other";
}

/** One streamed piece of text or reasoning, for people who watch; the reply that is returned at the end is what counts. */
export interface Draft {
  type: "text" | "reasoning";
  text: string;
}

export interface RespondOptions {
  signal: AbortSignal;
  /** Called for every streamed piece; must not throw. */
  onDraft: (draft: Draft) => void;
  /**
   * Called for everything that arrives from the provider: the headers of its answer, every piece of the stream (text,
   * reasoning, input of tools, errors) and keep-alive pings, of which nothing else is seen. While it is called, the
   * provider lives, however long it thinks; must not throw. Ports that answer at once need not call it.
   */
  onActivity?(): void;
  /** Called with the number of characters of every piece of output: text, reasoning, arguments of tools. Must not throw. */
  onOutput?(chars: number): void;
}

/**
 * Sends one request and resolves with the whole reply; rejects with `ModelError`, or with the signal's reason when aborted.
 * No retries and no tool loop inside: the runtime owns both.
 */
export interface ModelPort {
  respond(request: ModelRequest, options: RespondOptions): Promise<ModelReply>;
}

/**
 * What went wrong with a model call, sorted by what to do next:
 * - `retry`: 408, 429, 5xx, 529, time-outs, broken streams, no connection: again after `retryAfterMs` or a back-off
 * - `timeout`: the runtime's own time-out ended the call: like `retry`
 * - `quota`: a quota is used up until `retryAfterMs` from now (minutes or hours): the task parks
 * - `too_long`: the conversation does not fit: compact it once, then again
 * - `refused`: the provider or model refused to answer
 * - `unknown_model`: the provider does not know the model (any more): the task parks until it gets another one
 * - `bad_request`: the request can never succeed (invalid parameter)
 * - `no_key`: the key is missing or is not accepted
 */
export type ModelErrorKind =
  | "timeout"
  | "retry"
  | "quota"
  | "too_long"
  | "refused"
  | "unknown_model"
  | "bad_request"
  | "no_key";

export interface ModelErrorDetails {
  status?: number;
  retryAfterMs?: number;
  /** The provider had begun its reply, and charges for it. */
  firstPartSeen?: boolean;
  /** What the provider charges, where it said so. */
  usage?: Usage;
  /** Of `too_long`: the input would fit if less output were asked for. */
  outputToo?: boolean;
}

export class ModelError extends Error {
  override name = "ModelError";
  constructor(
    readonly kind: ModelErrorKind,
    /** One sentence for the person who meets it, with what to do. Never contains a key. */
    message: string,
    readonly details: ModelErrorDetails = {},
  ) {
    super(message);
  }
}
