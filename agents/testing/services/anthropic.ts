/** Anthropic's Messages protocol, seen from the server: requests in, events and bodies out. */
import { createHash } from "node:crypto";
import type { Reply, ScriptedMessage, ScriptedToolCall } from "./script";
import { callArguments, type ProtocolAnswer, type ReadRequest, usageOf } from "./wire";

interface Block {
  type: string;
  text?: string;
  thinking?: string;
  signature?: string;
  data?: string;
  id?: string;
  name?: string;
  input?: unknown;
  tool_use_id?: string;
  content?: string | Block[];
  is_error?: boolean;
}

interface Body {
  model?: string;
  system?: string | Block[];
  messages?: { role: string; content: string | Block[] }[];
  tools?: { name: string }[];
  stream?: boolean;
  max_tokens?: number;
}

/** The signature that this server gives to a thinking block, and demands back with it. */
function thinkingSignature(thinking: string): string {
  return createHash("sha256").update(`signed:${thinking}`).digest("base64");
}

function blocksOf(content: string | Block[] | undefined): Block[] {
  if (content === undefined) return [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function textOf(content: string | Block[] | undefined): string {
  return blocksOf(content)
    .map((block) => block.text ?? "")
    .join("");
}

export function readAnthropicRequest(raw: Record<string, unknown>): ReadRequest {
  const body = raw as Body;
  const messages: ScriptedMessage[] = [];
  const toolNames = new Map<string, string>();
  for (const { role, content } of body.messages ?? []) {
    const blocks = blocksOf(content);
    if (role === "assistant") {
      const calls: ScriptedToolCall[] = [];
      for (const block of blocks) {
        if (block.type !== "tool_use") continue;
        calls.push({ id: block.id ?? "", name: block.name ?? "", input: block.input });
        toolNames.set(block.id ?? "", block.name ?? "");
      }
      const thinking = blocks.map((block) => block.thinking ?? "").join("");
      messages.push({ role: "assistant", text: textOf(blocks), thinking, calls });
      continue;
    }
    for (const block of blocks) {
      if (block.type === "text") messages.push({ role: "user", text: block.text ?? "" });
      if (block.type !== "tool_result") continue;
      const callId = block.tool_use_id ?? "";
      messages.push({
        role: "tool",
        callId,
        toolName: toolNames.get(callId) ?? "",
        content: textOf(block.content),
        isError: block.is_error === true,
      });
    }
  }
  return {
    model: body.model ?? "",
    system: textOf(body.system),
    messages,
    tools: (body.tools ?? []).map((tool) => tool.name),
    stream: body.stream === true,
    refusal: invalid(body),
  };
}

/** What the real service refuses in a conversation, in its words; undefined when it would accept it. */
function invalid(body: Body): string | undefined {
  if (typeof body.max_tokens !== "number") return "max_tokens: Field required";
  const messages = body.messages ?? [];
  if (messages.length === 0) return "messages: at least one message is required";
  if (JSON.stringify(body).split('"cache_control"').length - 1 > 4) {
    return "A maximum of 4 blocks with cache_control may be provided.";
  }
  let open: string[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const blocks = blocksOf(content);
    if (blocks.length === 0) return `messages.${index}: all messages must have non-empty content`;
    const results = blocks.filter((block) => block.type === "tool_result").map((block) => block.tool_use_id ?? "");
    const unanswered = open.filter((id) => !results.includes(id));
    if (unanswered.length > 0) {
      return `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${unanswered.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    }
    const unexpected = results.find((id) => !open.includes(id));
    if (unexpected !== undefined) {
      return `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${unexpected}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    }
    open = [];
    for (const [at, block] of blocks.entries()) {
      const wrong = invalidBlock(block, open);
      if (wrong) return `messages.${index}.content.${at}: ${wrong}`;
      if (block.type === "tool_use" && role === "assistant") open.push(block.id ?? "");
    }
  }
  return open.length > 0 ? "`tool_use` ids were found without `tool_result` blocks immediately after" : undefined;
}

function invalidBlock(block: Block, open: string[]): string | undefined {
  switch (block.type) {
    case "text":
      return block.text?.trim() ? undefined : "text content blocks must be non-empty";
    case "thinking":
      return block.signature === thinkingSignature(block.thinking ?? "")
        ? undefined
        : "Invalid `signature` in `thinking` block";
    case "tool_use":
      if (!/^[a-zA-Z0-9_-]+$/.test(block.id ?? "")) return "tool_use.id: String should match pattern";
      if (!/^[a-zA-Z0-9_-]{1,128}$/.test(block.name ?? "")) return "tool_use.name: String should match pattern";
      if (open.includes(block.id ?? "")) return "`tool_use` ids must be unique";
      return typeof block.input === "object" && block.input !== null && !Array.isArray(block.input)
        ? undefined
        : "tool_use.input: Input should be a valid dictionary";
    default:
      return undefined;
  }
}

interface Content {
  start: Block;
  deltas: Record<string, string>[];
  whole: Block;
}

function contents(reply: Reply, serial: number): Content[] {
  const all: Content[] = [];
  if (reply.thinking !== undefined) {
    const signature = thinkingSignature(reply.thinking);
    const start = { type: "thinking", thinking: "", signature: "" };
    const deltas: Record<string, string>[] = pieces(reply.thinking).map((thinking) => ({
      type: "thinking_delta",
      thinking,
    }));
    deltas.push({ type: "signature_delta", signature });
    all.push({ start, deltas, whole: { type: "thinking", thinking: reply.thinking, signature } });
  }
  if (reply.redactedThinking !== undefined) {
    const whole = { type: "redacted_thinking", data: reply.redactedThinking };
    all.push({ start: whole, deltas: [], whole });
  }
  if (reply.text !== undefined) {
    const deltas = pieces(reply.text, reply.pieces).map((text) => ({ type: "text_delta", text }));
    all.push({ start: { type: "text", text: "" }, deltas, whole: { type: "text", text: reply.text } });
  }
  for (const [at, call] of (reply.calls ?? []).entries()) {
    const json = callArguments(reply, call);
    const id = call.id ?? `toolu_${serial}_${at}`;
    // The real service opens the arguments with an empty piece.
    const deltas = ["", ...pieces(json)].map((partial_json) => ({ type: "input_json_delta", partial_json }));
    const start = { type: "tool_use", id, name: call.name, input: {} };
    all.push({ start, deltas, whole: { ...start, input: call.input ?? {} } });
  }
  return all;
}

/** Cuts a text into a few pieces, as a stream would. */
export function pieces(text: string, count = 4): string[] {
  const size = Math.max(1, Math.ceil(text.length / count));
  const all: string[] = [];
  for (let at = 0; at < text.length; at += size) all.push(text.slice(at, at + size));
  return all;
}

function event(data: { type: string; [key: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The whole answer, as stream events and as one body. */
export function answerAnthropic(
  reply: Reply,
  request: { model: string; rawBody: string },
  serial: number,
): ProtocolAnswer {
  const all = contents(reply, serial);
  const usage = usageOf(reply, request.rawBody);
  const stopReason = stopReasonOf(reply);
  const inputUsage = {
    input_tokens: usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
  };
  const message = { id: `msg_${serial}`, type: "message", role: "assistant", model: request.model };
  const body = {
    ...message,
    content: all.map((content) => content.whole),
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { ...inputUsage, output_tokens: usage.outputTokens },
  };
  const open = {
    ...message,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...inputUsage, output_tokens: 1 },
  };
  const events = [event({ type: "message_start", message: open })];
  for (const [index, content] of all.entries()) {
    events.push(event({ type: "content_block_start", index, content_block: content.start }));
    if (index === 0) events.push(event({ type: "ping" }));
    for (const delta of content.deltas) events.push(event({ type: "content_block_delta", index, delta }));
    events.push(event({ type: "content_block_stop", index }));
  }
  const closing = [
    event({
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: usage.outputTokens },
    }),
    event({ type: "message_stop" }),
  ];
  return {
    events,
    closing,
    body,
    heartbeat: event({ type: "ping" }),
    errorEvent: event({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
  };
}

function stopReasonOf(reply: Reply): string {
  if (reply.fault?.type === "refusal") return "refusal";
  return reply.stopReason ?? (reply.calls?.length ? "tool_use" : "end_turn");
}
