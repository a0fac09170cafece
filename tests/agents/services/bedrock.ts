/** Amazon Bedrock's `converse-stream`, seen from the server. */
import { crc32 } from "node:zlib";
import { pieces } from "./anthropic";
import { thinkingSignature } from "./anthropic-rules";
import { BEDROCK_RULES, type BedrockBody } from "./bedrock-rules";
import type { Fault, Reply, ScriptedMessage, ScriptedRequest } from "./script";
import { firstRefusal, type StandIn } from "./stand-in";
import { callArguments, type ProtocolAnswer, type ReadRequest, usageOf } from "./wire";

function read(raw: Record<string, unknown>, path: string): ReadRequest {
  const model = decodeURIComponent(/model\/([^/]+)\//.exec(path)?.[1] ?? "");
  const body = raw as BedrockBody;
  const toolNames = new Map<string, string>();
  const messages: ScriptedMessage[] = [];
  for (const { role, content } of body.messages ?? []) {
    const text = content.map((block) => block.text ?? "").join("");
    if (role === "assistant") {
      const calls = content.flatMap(({ toolUse }) =>
        toolUse ? [{ id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input }] : [],
      );
      for (const call of calls) toolNames.set(call.id, call.name);
      const thinking = content.map((block) => block.reasoningContent?.reasoningText?.text ?? "").join("");
      messages.push({ role: "assistant", text, thinking, calls });
      continue;
    }
    for (const block of content) {
      if (block.text !== undefined) messages.push({ role: "user", text: block.text });
      if (!block.toolResult) continue;
      const { toolUseId: callId, content: parts = [], status } = block.toolResult;
      const said = parts.map((part) => part.text ?? JSON.stringify(part.json)).join("");
      const toolName = toolNames.get(callId) ?? "";
      messages.push({ role: "tool", callId, toolName, content: said, isError: status === "error" });
    }
  }
  return {
    model,
    system: (body.system ?? []).map((block) => block.text ?? "").join("\n"),
    messages,
    tools: (body.toolConfig?.tools ?? []).flatMap((tool) => tool.toolSpec?.name ?? []),
    stream: path.includes("converse-stream"),
    refusal: firstRefusal(BEDROCK_RULES, body),
  };
}

/** One message of AWS's binary event stream: https://smithy.io/2.0/aws/amazon-eventstream.html */
function eventMessage(headers: Record<string, string>, payload: unknown): string {
  const body = Buffer.from(JSON.stringify(payload));
  const head = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(Buffer.byteLength(value));
      return Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(name),
        Buffer.from([7]),
        length,
        Buffer.from(value),
      ]);
    }),
  );
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(12 + head.length + body.length + 4, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const whole = Buffer.concat([prelude, head, body]);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(whole), 0);
  return Buffer.concat([whole, end]).toString("latin1");
}

const event = (type: string, payload: unknown) =>
  eventMessage({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, payload);

function blockEvents(reply: Reply, serial: number): string[] {
  const blocks: { start?: unknown; deltas: unknown[] }[] = [];
  if (reply.thinking !== undefined) {
    const deltas: unknown[] = pieces(reply.thinking).map((text) => ({ reasoningContent: { text } }));
    deltas.push({ reasoningContent: { signature: thinkingSignature(reply.thinking) } });
    blocks.push({ deltas });
  }
  if (reply.text !== undefined) blocks.push({ deltas: pieces(reply.text, reply.pieces).map((text) => ({ text })) });
  for (const [at, call] of (reply.calls ?? []).entries()) {
    const toolUse = { toolUseId: call.id ?? `tooluse_${serial}_${at}`, name: call.name };
    const deltas = pieces(callArguments(reply, call)).map((input) => ({ toolUse: { input } }));
    blocks.push({ start: { toolUse }, deltas });
  }
  return blocks.flatMap(({ start, deltas }, contentBlockIndex) => [
    ...(start ? [event("contentBlockStart", { contentBlockIndex, start })] : []),
    ...deltas.map((delta) => event("contentBlockDelta", { contentBlockIndex, delta })),
    event("contentBlockStop", { contentBlockIndex }),
  ]);
}

function answer(reply: Reply, request: ScriptedRequest, serial: number): ProtocolAnswer {
  const usage = usageOf(reply, request.rawBody);
  const stopReason =
    reply.fault?.type === "refusal"
      ? "guardrail_intervened"
      : (reply.stopReason ?? (reply.calls?.length ? "tool_use" : "end_turn"));
  const counted = {
    inputTokens: usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.inputTokens + usage.outputTokens,
    cacheReadInputTokens: usage.cacheReadTokens,
    cacheWriteInputTokens: usage.cacheWriteTokens,
  };
  return {
    events: [event("messageStart", { role: "assistant" }), ...blockEvents(reply, serial)],
    closing: [event("messageStop", { stopReason }), event("metadata", { usage: counted, metrics: { latencyMs: 1 } })],
    body: {
      stopReason,
      usage: counted,
      output: { message: { role: "assistant", content: [{ text: reply.text ?? "" }] } },
    },
    heartbeat: "",
    errorEvent: eventMessage(
      { ":exception-type": "throttlingException", ":content-type": "application/json", ":message-type": "exception" },
      { message: "Too many requests, please wait before trying again." },
    ),
    stream: { type: "application/vnd.amazon.eventstream", encoding: "latin1" },
  };
}

const SAID: Partial<Record<Fault["type"], [number, string, string]>> = {
  rate_limit: [429, "ThrottlingException", "Too many requests, please wait before trying again."],
  quota: [429, "ThrottlingException", "Too many tokens per day, please wait before trying again."],
  overloaded: [503, "ServiceUnavailableException", "Bedrock is unable to process your request."],
  server_error: [500, "InternalServerException", "The system encountered an unexpected error during processing."],
  unauthorized: [403, "UnrecognizedClientException", "The security token included in the request is invalid."],
  unknown_model: [400, "ValidationException", "The provided model identifier is invalid."],
  too_long: [
    400,
    "ValidationException",
    "The model returned the following errors: prompt is too long: 208310 tokens > 200000 maximum",
  ],
};

export const bedrockStandIn: StandIn = {
  read,
  answer,
  error(fault) {
    const said =
      fault.type === "status" ? ([fault.status, "ValidationException", fault.message] as const) : SAID[fault.type];
    if (!said) return undefined;
    const [status, type, message] = said;
    return { status, headers: { "x-amzn-errortype": type }, body: { message } };
  },
};
