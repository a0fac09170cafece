/** Anthropic's Messages protocol, seen from the server: requests in, events and bodies out. */
import {
  ANTHROPIC_RULES,
  type Block,
  type AnthropicBody as Body,
  blocksOf,
  thinkingSignature,
} from "./anthropic-rules";
import type { Reply, ScriptedMessage, ScriptedToolCall } from "./script";
import { firstRefusal } from "./stand-in";
import { callArguments, type ProtocolAnswer, type ReadRequest, usageOf } from "./wire";

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
    refusal: firstRefusal(ANTHROPIC_RULES, body),
  };
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
  const explanation = reply.fault?.type === "refusal" ? reply.fault.explanation : undefined;
  const explained = explanation !== undefined && { type: "refusal", category: "other", explanation };
  const closing = [
    event({
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: null, ...(explained && { stop_details: explained }) },
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
