/**
 * The interface between the runtime and language models. Adapters in `lib/models` implement it; nothing here depends on
 * a provider. All shapes but the bytes of files are plain JSON, so that the log can store them.
 */
import type { GoalChange } from "./goal";

/** How much a model reasons before it answers, for models that let one choose. */
export const EFFORTS = ["low", "medium", "high"] as const;
/** How much a model should think. */
export type Effort = (typeof EFFORTS)[number];

/** Opaque data of a provider, such as signatures of thinking blocks, which is needed to continue a turn exactly. */
export type ProviderData = Record<string, Record<string, unknown>>;

export type ReplyPart =
  | { type: "text"; text: string; provider?: ProviderData }
  | { type: "reasoning"; text: string; provider?: ProviderData }
  /** The position of a tool call among the parts. The call itself is in `ModelReply.calls` under the same id. */
  | { type: "call"; id: string; provider?: ProviderData };

export interface ToolCallRequest {
  /** Unique within a task's log. Adapters make an id when a provider sends none or repeats one. */
  id: string;
  name: string;
  /** The parsed arguments, or the raw text when it is not valid JSON; then `malformed` is true. */
  input: unknown;
  malformed?: boolean;
  /** Of malformed arguments: what is wrong with them and where, as a sentence without a full stop. */
  fault?: string;
}

/** The tokens of one or several model calls. */
export interface Usage {
  /** All input tokens, including tokens read from or written to the provider's cache. */
  inputTokens: number;
  /** Input tokens that came from the provider's cache. */
  cacheReadTokens: number;
  /** Input tokens that were written to the provider's cache. */
  cacheWriteTokens: number;
  /** Tokens of the reply, including those of reasoning. */
  outputTokens: number;
}

/** Events whose text ends with JSON for programs. Everything else that a user message says is only words to them. */
export const TOLD_EVENTS = ["subtask_ended", "question", "answered"] as const;

export interface UserMessage {
  role: "user";
  content: string;
  /** Set for words of a person. Everything else that the host writes is its own, or quotes what others wrote. */
  isPersons?: true;
  /** Set when the host wrote the text for such an event: programs believe its JSON. */
  event?: (typeof TOLD_EVENTS)[number];
  /** What a person changed of the goal that the task pursues. Programs read it instead of the text. */
  change?: GoalChange;
  /** The snapshot of the files at the start of the goal that the task pursues, for an attempt that follows another. */
  goalStart?: string;
}

/** The types of files, besides text, that models can read. */
const MEDIA_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** What a model reads besides text. */
export const MEDIA = ["image", "pdf"] as const;
/** What a model can read besides text. */
export type Media = (typeof MEDIA)[number];

/** An image or a PDF file that came with a tool's response. Its bytes are stored beside the log. */
export interface Attachment {
  /** SHA-256 of the bytes, in hexadecimal. */
  id: string;
  name: string;
  mediaType: MediaType;
  bytes: number;
  /** Likely input tokens of a model that reads it. */
  tokens: number;
  /** Width and height of an image, in pixels. */
  size?: [number, number];
  /** Pages of a PDF file, as far as it says. */
  pages?: number;
  /** Why the model did not get it, as a sentence; then it is stored for people only. */
  notShown?: string;
}

export interface ToolMessage {
  role: "tool";
  callId: string;
  toolName: string;
  content: string;
  isError: boolean;
  attachments?: Attachment[];
  /** Set when the host answered the call early: programs wait for its outcome. It is not sent to providers. */
  early?: true;
  /** Set when its process ended before it answered: a program may repeat the call. It is not sent to providers. */
  interrupted?: true;
}

export type ModelMessage =
  | UserMessage
  | { role: "assistant"; parts: ReplyPart[]; calls: ToolCallRequest[] }
  | ToolMessage;

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
  /** The same for all calls that begin with the same bytes, so that a provider finds its cache; holds no secret. */
  cacheKey?: string;
  /** How much the model reasons; absent: as its provider sets it. */
  effort?: Effort;
  /** The bytes of all attachments of `messages`, by their ids. Only in memory. */
  files?: ReadonlyMap<string, Uint8Array>;
}

export interface ModelReply {
  parts: ReplyPart[];
  calls: ToolCallRequest[];
  usage: Usage;
  /** `unusable_call`: the model wrote a call that its provider could not make a call of. */
  stopReason: "stop" | "tool_calls" | "length" | "refusal" | "unusable_call" | "other";
}

/** A streamed piece of text or reasoning, for people who watch. Only the reply at the end counts. */
export interface Draft {
  type: "text" | "reasoning";
  text: string;
}

/** One of a provider's rate limits, as the headers of an answer tell it. */
export interface Quota {
  of: "requests" | "tokens" | "input tokens" | "output tokens";
  limit: number;
  remaining: number;
  /** When it is full again; null: the provider did not say. */
  resetAtMs: number | null;
}

export interface RespondOptions {
  signal: AbortSignal;
  /** Called for every streamed piece; must not throw. */
  onDraft: (draft: Draft) => void;
  /**
   * Called for everything that arrives from the provider: response headers, every piece of the stream (text, reasoning,
   * tool input, errors), and keep-alive pings, which cause nothing else. As long as it is called, the provider is alive,
   * however long it thinks. Must not throw. Ports that answer immediately need not call it.
   */
  onActivity?(): void;
  /** Called with the rate limits that an answer's headers tell. Must not throw. */
  onQuotas?(quotas: readonly Quota[]): void;
  /** Called when the provider begins to reply, which it then charges for. Must not throw. */
  onBegin?(): void;
  /** Called with the number of characters of every piece of output: text, reasoning, arguments of tools. Must not throw. */
  onOutput?(chars: number): void;
}

/**
 * Sends one request and resolves with the whole reply. Rejects with `ModelError`, or with the signal's reason when
 * aborted. Has no retries and no tool loop, because the runtime owns both.
 */
export interface ModelPort {
  respond(request: ModelRequest, options: RespondOptions): Promise<ModelReply>;
}

/**
 * Kinds of failure of a model call, by what to do next:
 * - `retry`: 408, 429, 5xx, 529, timeouts, broken streams, no connection: retry after `retryAfterMs` or a back-off
 * - `timeout`: the runtime's timeout ended the call: like `retry`
 * - `endless`: the reply did not end by itself and was cut: like `retry`, but twice in a row at most
 * - `quota`: a quota is used up for `retryAfterMs` (minutes or hours): park the task
 * - `too_long`: the conversation does not fit: compact it once, then retry
 * - `refused`: the provider or model refused to answer
 * - `unknown_model`: the provider does not know the model (any more): the task parks until it gets another one
 * - `bad_request`: the request can never succeed (invalid parameter)
 * - `bad_answer`: the answer is not in its protocol: asked for once more, because another reply may be; no network's fault
 * - `no_key`: the key is missing or the provider rejects it
 */
export type ModelErrorKind =
  | "timeout"
  | "endless"
  | "retry"
  | "quota"
  | "too_long"
  | "refused"
  | "unknown_model"
  | "bad_request"
  | "bad_answer"
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
  /** Of `bad_request`: the provider cannot read thoughts of earlier turns, such as those that another account wrote. */
  unreadableThoughts?: true;
  /** Of `bad_request`: the provider shows this account no summaries of thoughts. */
  noSummaries?: true;
  /** Of `bad_request`: the provider refuses the order of the messages. */
  wrongOrder?: true;
  /** Of `unknown_model`: the message without its advice, for a caller that knows what replaces the model. */
  fact?: string;
}

export class ModelError extends Error {
  override name = "ModelError";
  constructor(
    readonly kind: ModelErrorKind,
    /** One sentence for people that says what to do. Never contains a key. */
    message: string,
    readonly details: ModelErrorDetails = {},
  ) {
    super(message);
  }
}
