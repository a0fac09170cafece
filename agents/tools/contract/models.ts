/** How a tool lets the programs that it starts reach models, at the cost of the calling task. */
import type { RequestLack } from "@/core/rules/request-lack";

export interface ModelsOptions {
  /** The models that they may use, as `provider/model`; absent: the task's own. */
  models?: readonly string[];
  /**
   * The path of a unix socket to listen on besides 127.0.0.1, for a sandbox without a network. The folder must exist;
   * a socket that is left over there is replaced.
   */
  socket?: string;
}

/**
 * Why the last request of an access got no answer:
 * - `spent`: the task's grant did not cover it
 * - `limit`: a limit of the provider, or of the day
 * - `key`: the provider does not accept Banyan's key
 * - `paused`: the task is paused
 * - `silent`: the provider did not answer in time, or broke off
 * - `provider`: it failed, or could not be reached
 * - `protocol`: it came in a protocol that the task's model does not speak
 */
export type ModelTrouble = "spent" | "limit" | "key" | "paused" | "silent" | "provider" | "protocol";

/** A protocol in which a request came, and the providers that speak it. */
export interface SpokenProtocol {
  form: string;
  providers: readonly string[];
}

/** What the programs of one access have used so far. */
export interface ModelUse {
  requests: number;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
}

/**
 * An address that speaks Anthropic's Messages, OpenAI's Responses and Chat Completions, and Google's generateContent. It
 * ends with the call.
 */
export interface ModelAccess {
  /** `http://127.0.0.1:<port>`. OpenAI's clients take it with `/v1`, the others as it is. */
  url: string;
  /** Takes the place of the key. It is worth nothing once it is revoked. */
  token: string;
  socket: string | null;
  usage(): ModelUse;
  /** Null when the last request was answered, or when it was its own fault that it was not. */
  trouble(): ModelTrouble | null;
  /** The protocol of the last request, when the trouble is `protocol`. */
  spoken(): SpokenProtocol | null;
  /** What the last request lacked, when the trouble is `spent`. */
  lack(): RequestLack | null;
  /** What a request of so many input tokens would lack while no other one runs; null when the grant covers it. */
  lackFor(inputTokens: number): RequestLack | null;
  /** The input tokens that were counted for the first request; null: none was sent. */
  firstInputTokens(): number | null;
  /** Whether a request waits for the provider. */
  isWaiting(): boolean;
  /** What the task's grant has left for its programs; null: it has no cap of money. */
  leftMicroUsd(): number | null;
  /** Ends the token at once and cuts what is running. Resolves when all of it is charged. */
  revoke(): Promise<void>;
}
