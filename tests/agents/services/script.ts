/**
 * The terms in which tests script a language model: the form of a request, the replies of a script, and `agentScript`,
 * which routes by agent and turn. `scripted-provider.ts` serves them over HTTP.
 */

/** The service in whose words errors are. */
export type ScriptedProtocol = "anthropic" | "openai";

/** `openai` is chat completions, and `responses` OpenAI's newer protocol. */
export type StandInName = ScriptedProtocol | "responses" | "google" | "bedrock" | "ollama";

export interface ScriptedToolCall {
  id: string;
  name: string;
  input: unknown;
}

interface ScriptedToolResult {
  callId: string;
  toolName: string;
  content: string;
  isError: boolean;
}

/** Messages of both protocols, brought to one shape. */
export type ScriptedMessage =
  | { role: "user"; text: string }
  | { role: "assistant"; text: string; thinking: string; calls: ScriptedToolCall[] }
  | ({ role: "tool" } & ScriptedToolResult);

export interface ScriptedRequest {
  provider: StandInName;
  /** From the line `Agent: <name>` of the system prompt; empty without one. */
  agent: string;
  /** From the line `Task: <id>` of the first messages; empty without one. */
  task: string;
  /** Text of the first user message. */
  instruction: string;
  system: string;
  model: string;
  messages: ScriptedMessage[];
  /** Names of the offered tools. */
  tools: string[];
  body: Record<string, unknown>;
  /** The body's exact bytes, decoded as UTF-8. */
  rawBody: string;
  headers: Record<string, string | string[] | undefined>;
  /** How many requests of this task came before, repeated ones included. */
  index: number;
  /** How many assistant messages the conversation holds: the same when a turn is asked again after a crash or a fault. */
  turn: number;
  /** How many requests of this task with this turn came before. */
  attempt: number;
  /** Results that follow the last assistant message. */
  lastToolResults: ScriptedToolResult[];
}

interface ScriptedUsage {
  /** All input tokens, cached ones included. */
  inputTokens?: number;
  outputTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
}

export interface ScriptedCall {
  name: string;
  input?: unknown;
  /** Default: unique. `null` sends none (OpenAI's protocol only). */
  id?: string | null;
  /** Sent in place of `input`, for arguments that are not valid JSON. */
  rawArguments?: string;
}

export type Fault =
  /** 429. A number of seconds, an HTTP date, or nothing in `retry-after`. */
  | { type: "rate_limit"; retryAfter?: number | string }
  /** The quota is used up: 429 in OpenAI's wording, 400 with a date in Anthropic's; 429 with hours when `retryAfter` is given. */
  | { type: "quota"; retryAfter?: number }
  /** 529 at Anthropic, 503 elsewhere. */
  | { type: "overloaded" }
  | { type: "server_error" }
  | { type: "unauthorized" }
  | { type: "unknown_model" }
  | { type: "too_long" }
  /** 413: the request has too many bytes. */
  | { type: "too_large" }
  /** Any other status, with the provider's error shape around `message`. */
  | { type: "status"; status: number; message: string; headers?: Record<string, string> }
  /** A reply whose stop reason is the provider's word for a refusal, with its explanation where the provider has a place for one. */
  | { type: "refusal"; explanation?: string }
  /** Destroys the socket after this many events or bytes of the stream; with neither, before any byte of the answer. */
  | { type: "cut"; afterEvents?: number; afterBytes?: number }
  /** The stream opens, sends this many events (default 0), then nothing until the client goes away. */
  | { type: "stall"; afterEvents?: number }
  /** The request is accepted and never answered, not even with headers, until the client goes away. */
  | { type: "silent" }
  /** The stream ends properly as HTTP, but before the provider's last events. */
  | { type: "no_finish" }
  /** An error event in the middle of the stream, after this many events (default 3). */
  | { type: "error_event"; afterEvents?: number }
  /** The arguments of every call are cut in the middle. */
  | { type: "invalid_json" };

export interface Reply {
  text?: string;
  /** Number of pieces in which the text is streamed; default 4. */
  pieces?: number;
  thinking?: string;
  /** Data of a redacted thinking block (Anthropic). */
  redactedThinking?: string;
  calls?: ScriptedCall[];
  usage?: ScriptedUsage;
  /** The provider's own word; default: what fits the reply. */
  stopReason?: string;
  /** Wait before the answer begins. */
  delayMs?: number;
  /** This many keep-alive frames come before the first event: pings of Anthropic's, comment lines of OpenAI's protocol. */
  heartbeats?: number;
  /** Wait before each frame after the first. */
  chunkDelayMs?: number;
  /** Each frame, keep-alive ones included, is sent when this resolves; 0 is the first. */
  beforeFrame?(at: number): Promise<void>;
  fault?: Fault;
  /** Sent in place of a stream that follows the protocol: its events or chunks as JSON; a text is sent byte for byte. */
  raw?: readonly unknown[];
  /** A whole answer as JSON, though a stream was asked for. */
  isWhole?: boolean;
  /** Further headers of the answer, such as rate limits. */
  headers?: Record<string, string>;
  /** Habits of Ollama and other servers of OpenAI's protocol. */
  quirks?: {
    noUsage?: boolean;
    wholeCalls?: boolean;
    sameCallIndex?: boolean;
    /** Tokens of thoughts that only the total counts. */
    thoughtTokens?: number;
  };
}

export type ProviderScript = (request: ScriptedRequest) => Reply | Promise<Reply>;

/** Thrown by scripts for requests they did not expect; the server answers 400 with the message. */
export class UnscriptedRequest extends Error {
  override name = "UnscriptedRequest";
}

type AgentReplies = Reply | Reply[] | ProviderScript;

/**
 * A script that routes by agent name, `*` for all others. Each agent has one reply for every turn, a list with one
 * reply per turn (0 is the first), or a function. A turn past the end of a list is an UnscriptedRequest.
 */
export function agentScript(agents: Record<string, AgentReplies>): ProviderScript {
  return (request) => {
    const replies = Object.hasOwn(agents, request.agent) ? agents[request.agent] : agents["*"];
    if (replies === undefined) {
      throw new UnscriptedRequest(`The script has no agent "${request.agent}" (task ${request.task}).`);
    }
    if (typeof replies === "function") return replies(request);
    if (!Array.isArray(replies)) return replies;
    const reply = replies[request.turn];
    if (reply === undefined) {
      throw new UnscriptedRequest(
        `The script has ${replies.length} turns for agent "${request.agent}", and turn ${request.turn} was asked for (task ${request.task}).`,
      );
    }
    return reply;
  };
}

/** One rule of a script that is given as JSON. Fields that are absent match everything; the first rule that matches is used. */
export interface ScriptRule {
  agent?: string;
  task?: string;
  turn?: number;
  attempt?: number;
  /** Must occur in the instruction. */
  instruction?: string;
  reply: Reply;
}

/** Returns the script for a list of rules. */
export function ruleScript(rules: ScriptRule[]): ProviderScript {
  return (request) => {
    const rule = rules.find(
      (candidate) =>
        (candidate.agent === undefined || candidate.agent === "*" || candidate.agent === request.agent) &&
        (candidate.task === undefined || candidate.task === request.task) &&
        (candidate.turn === undefined || candidate.turn === request.turn) &&
        (candidate.attempt === undefined || candidate.attempt === request.attempt) &&
        (candidate.instruction === undefined || request.instruction.includes(candidate.instruction)),
    );
    if (!rule) {
      throw new UnscriptedRequest(
        `No rule matches agent "${request.agent}", turn ${request.turn}, attempt ${request.attempt} (task ${request.task}).`,
      );
    }
    return rule.reply;
  };
}
