/** OpenAI's chat completions protocol, seen from the server, with the habits of Ollama and other servers that speak it. */
import { pieces } from "./anthropic";
import { type ChatBody as Body, CHAT_RULES, type ChatMessage as Message } from "./chat-rules";
import type { Reply, ScriptedMessage } from "./script";
import { firstRefusal } from "./stand-in";
import { callArguments, type ProtocolAnswer, parsedJson, type ReadRequest, usageOf } from "./wire";

function textOf(content: Message["content"]): string {
  if (content === undefined || content === null) return "";
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
}

export function readOpenAIRequest(raw: Record<string, unknown>): ReadRequest {
  const body = raw as Body;
  const messages: ScriptedMessage[] = [];
  const toolNames = new Map<string, string>();
  const system: string[] = [];
  for (const message of body.messages ?? []) {
    const text = textOf(message.content);
    if (message.role === "system" || message.role === "developer") system.push(text);
    else if (message.role === "user") messages.push({ role: "user", text });
    else if (message.role === "assistant") {
      const calls = (message.tool_calls ?? []).map((call) => {
        toolNames.set(call.id, call.function.name);
        return { id: call.id, name: call.function.name, input: parsedJson(call.function.arguments) };
      });
      messages.push({ role: "assistant", text, thinking: message.reasoning_content ?? "", calls });
    } else {
      const callId = message.tool_call_id ?? "";
      // The protocol has no flag for errors, so they are in the content.
      messages.push({ role: "tool", callId, toolName: toolNames.get(callId) ?? "", content: text, isError: false });
    }
  }
  return {
    model: body.model ?? "",
    system: system.join("\n"),
    messages,
    tools: (body.tools ?? []).map((tool) => tool.function.name),
    stream: body.stream === true,
    refusal: firstRefusal(CHAT_RULES, body),
  };
}

interface ToolCallDelta {
  index: number;
  id?: string;
  type?: "function";
  function: { name?: string; arguments: string };
}

function callDeltas(reply: Reply, serial: number): ToolCallDelta[][] {
  return (reply.calls ?? []).map((call, at) => {
    const json = callArguments(reply, call);
    const index = reply.quirks?.sameCallIndex ? 0 : at;
    const id = call.id === null ? {} : { id: call.id ?? `call_${serial}_${at}` };
    const whole = reply.quirks?.wholeCalls || reply.quirks?.sameCallIndex;
    const first: ToolCallDelta = {
      index,
      ...id,
      type: "function",
      function: { name: call.name, arguments: whole ? json : "" },
    };
    if (whole) return [first];
    return [first, ...pieces(json).map((piece) => ({ index, function: { arguments: piece } }))];
  });
}

function frame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The whole answer, as stream events and as one body. */
export function answerOpenAI(
  reply: Reply,
  request: { model: string; rawBody: string; body: Record<string, unknown> },
  serial: number,
): ProtocolAnswer {
  const deltas: unknown[] = [{ role: "assistant", content: "" }];
  for (const piece of pieces(reply.thinking ?? "")) deltas.push({ reasoning_content: piece });
  for (const piece of pieces(reply.text ?? "", reply.pieces)) deltas.push({ content: piece });
  const { fault } = reply;
  if (fault?.type === "refusal" && fault.explanation) deltas.push({ refusal: fault.explanation });
  const calls = callDeltas(reply, serial);
  for (const delta of calls.flat()) deltas.push({ tool_calls: [delta] });

  const head = { id: `chatcmpl-${serial}`, created: 1_700_000_000, model: request.model };
  const chunk = (delta: unknown, finishReason: string | null) =>
    frame({
      ...head,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    });
  const finishReason = finishReasonOf(reply);
  const usage = wireUsage(reply, request.rawBody);
  const closing = [chunk({}, finishReason)];
  const wantsUsage = (request.body as Body).stream_options?.include_usage === true;
  if (wantsUsage && !reply.quirks?.noUsage) {
    closing.push(frame({ ...head, object: "chat.completion.chunk", choices: [], usage }));
  }
  closing.push("data: [DONE]\n\n");
  const message = {
    role: "assistant",
    content: reply.text ?? null,
    ...(reply.thinking === undefined ? {} : { reasoning_content: reply.thinking }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(([first], at) => ({
            ...(first?.id === undefined ? {} : { id: first.id }),
            type: "function",
            function: { name: reply.calls?.[at]?.name, arguments: callArguments(reply, reply.calls![at]!) },
          })),
        }),
  };
  return {
    events: deltas.map((delta) => chunk(delta, null)),
    closing,
    body: {
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: finishReason }],
      ...(reply.quirks?.noUsage ? {} : { usage }),
    },
    heartbeat: ": keep-alive\n\n",
    errorEvent: frame({
      error: { message: "The server had an error while processing your request.", type: "server_error", code: null },
    }),
  };
}

function wireUsage(reply: Reply, rawBody: string) {
  const usage = usageOf(reply, rawBody);
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens + (reply.quirks?.thoughtTokens ?? 0),
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
  };
}

function finishReasonOf(reply: Reply): string {
  if (reply.fault?.type === "refusal") return "content_filter";
  return reply.stopReason ?? (reply.calls?.length ? "tool_calls" : "stop");
}
