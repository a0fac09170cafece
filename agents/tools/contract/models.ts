/** How a tool lets the programs that it starts reach models, at the cost of the calling task. */

export interface ModelsOptions {
  /** The models that they may use, as `provider/model`; absent: the task's own. */
  models?: readonly string[];
  /**
   * The path of a unix socket to listen on besides 127.0.0.1, for a sandbox without a network. The folder must exist;
   * a socket that is left over there is replaced.
   */
  socket?: string;
}

/** What the programs of the call have used so far. */
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
  /** Whether the grant did not cover the last request. */
  isSpent(): boolean;
  /** Ends the token at once and cuts what is running. Resolves when all of it is charged. */
  revoke(): Promise<void>;
}
