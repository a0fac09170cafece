/** Shared by the scripted protocols. */
import type { Reply, ScriptedCall, ScriptedMessage } from "./script";

/** A request as its protocol's reader understood it. */
export interface ReadRequest {
  model: string;
  system: string;
  messages: ScriptedMessage[];
  tools: string[];
  stream: boolean;
  /** Why the real service would refuse the request; undefined when it would not. */
  refusal: string | undefined;
}

/** One answer, both as the frames of a stream and as one body. */
export interface ProtocolAnswer {
  events: string[];
  /** The frames without which a stream is not finished. */
  closing: string[];
  body: unknown;
  /** What the service sends when it fails in the middle of a stream. */
  errorEvent: string;
  /** Sent by the service, or a gateway in front of it, so that the connection does not count as dead. */
  heartbeat: string;
  /** Absent: events of server-sent events, in UTF-8. */
  stream?: { type: string; encoding: "utf8" | "latin1" };
}

export interface FullUsage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
}

/** The scripted usage; what it leaves out is a token for every four characters. */
export function usageOf(reply: Reply, rawBody: string): FullUsage {
  const output = (reply.text ?? "") + (reply.thinking ?? "") + JSON.stringify(reply.calls ?? []);
  return {
    inputTokens: Math.ceil(rawBody.length / 4),
    outputTokens: Math.ceil(output.length / 4),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    ...reply.usage,
  };
}

/** The arguments as the model writes them: cut in the middle under the fault `invalid_json`. */
export function callArguments(reply: Reply, call: ScriptedCall): string {
  const json = call.rawArguments ?? JSON.stringify(call.input ?? {});
  if (reply.fault?.type !== "invalid_json") return json;
  return `${json.slice(0, Math.max(1, Math.floor(json.length / 2)))}`;
}

/** Returns the text itself when it is not JSON. */
export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
