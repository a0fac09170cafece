/** OpenAI's Responses API, seen from the server. */
import { pieces } from "./anthropic";
import { errorAnswer } from "./faults";
import { decrypted, encrypted, type Item, RESPONSES_RULES, type ResponsesBody } from "./responses-rules";
import type { Reply, ScriptedMessage, ScriptedRequest } from "./script";
import { firstRefusal, type StandIn } from "./stand-in";
import { callArguments, type ProtocolAnswer, parsedJson, type ReadRequest, usageOf } from "./wire";

const textOf = (content: Item["content"]) =>
  typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");

function read(raw: Record<string, unknown>): ReadRequest {
  const body = raw as ResponsesBody;
  const messages: ScriptedMessage[] = [];
  const toolNames = new Map<string, string>();
  const system = [body.instructions ?? ""];
  const assistant = () => {
    const last = messages.at(-1);
    if (last?.role === "assistant") return last;
    const made = { role: "assistant" as const, text: "", thinking: "", calls: [] };
    messages.push(made);
    return made;
  };
  for (const item of body.input ?? []) {
    if (item.role === "system" || item.role === "developer") system.push(textOf(item.content));
    else if (item.role === "user") messages.push({ role: "user", text: textOf(item.content) });
    else if (item.type === "reasoning") assistant().thinking += decrypted(item.encrypted_content ?? "")?.thinking ?? "";
    else if (item.type === "function_call") {
      const id = item.call_id ?? "";
      toolNames.set(id, item.name ?? "");
      assistant().calls.push({ id, name: item.name ?? "", input: parsedJson(String(item.arguments)) });
    } else if (item.type === "function_call_output") {
      const callId = item.call_id ?? "";
      const content = typeof item.output === "string" ? item.output : JSON.stringify(item.output);
      messages.push({ role: "tool", callId, toolName: toolNames.get(callId) ?? "", content, isError: false });
    } else assistant().text += textOf(item.content);
  }
  return {
    model: body.model ?? "",
    system: system.filter((text) => text !== "").join("\n"),
    messages,
    tools: (body.tools ?? []).map((tool) => tool.name),
    stream: body.stream === true,
    refusal: firstRefusal(RESPONSES_RULES, body),
  };
}

interface Output {
  item: Record<string, unknown>;
  /** The item as it is when it is announced. */
  opening: Record<string, unknown>;
  deltas: Record<string, unknown>[];
}

function outputs(reply: Reply, serial: number): Output[] {
  const all: Output[] = [];
  const after = reply.thinking === undefined ? "" : "_r";
  if (reply.thinking !== undefined) {
    const id = `rs_${serial}`;
    const item = {
      type: "reasoning",
      id,
      summary: [] as unknown[],
      encrypted_content: encrypted(reply.thinking, serial),
    };
    const opening = { ...item, encrypted_content: "gAAAA-not-complete" };
    const part = { item_id: id, summary_index: 0 };
    const deltas = [
      { type: "response.reasoning_summary_part.added", ...part },
      ...pieces(reply.thinking).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...part, delta })),
      { type: "response.reasoning_summary_part.done", ...part },
    ];
    all.push({ item, opening, deltas });
  }
  if (reply.text !== undefined) {
    const id = `msg_${serial}${after}`;
    const item = { type: "message", id, role: "assistant", content: [{ type: "output_text", text: reply.text }] };
    const deltas = pieces(reply.text, reply.pieces).map((delta) => ({
      type: "response.output_text.delta",
      item_id: id,
      delta,
    }));
    all.push({ item, opening: { ...item, content: [] }, deltas });
  }
  for (const [at, call] of (reply.calls ?? []).entries()) {
    const json = callArguments(reply, call);
    const id = `fc_${serial}${after}_${at}`;
    const item = {
      type: "function_call",
      id,
      call_id: call.id ?? `call_${serial}_${at}`,
      name: call.name,
      arguments: json,
      status: "completed",
    };
    const deltas = pieces(json).map((delta) => ({
      type: "response.function_call_arguments.delta",
      item_id: id,
      delta,
    }));
    all.push({ item, opening: { ...item, arguments: "", status: "in_progress" }, deltas });
  }
  return all;
}

function answer(reply: Reply, request: ScriptedRequest, serial: number): ProtocolAnswer {
  let number = 0;
  const event = (data: Record<string, unknown>) => {
    number += 1;
    return `event: ${data.type}\ndata: ${JSON.stringify({ ...data, sequence_number: number })}\n\n`;
  };
  const usage = usageOf(reply, request.rawBody);
  const incomplete = incompleteReason(reply);
  const all = outputs(reply, serial);
  const response = {
    id: `resp_${serial}`,
    object: "response",
    created_at: 1_700_000_000,
    model: request.model,
    output: [] as unknown[],
  };
  const finished = {
    ...response,
    status: incomplete ? "incomplete" : "completed",
    incomplete_details: incomplete ? { reason: incomplete } : null,
    output: all.map(({ item }) => item),
    usage: {
      input_tokens: usage.inputTokens,
      input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
      output_tokens: usage.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  };
  const events = [event({ type: "response.created", response }), event({ type: "response.in_progress", response })];
  for (const [output_index, { item, opening, deltas }] of all.entries()) {
    events.push(event({ type: "response.output_item.added", output_index, item: opening }));
    for (const delta of deltas) events.push(event({ ...delta, output_index }));
    events.push(event({ type: "response.output_item.done", output_index, item }));
  }
  return {
    events,
    closing: [event({ type: incomplete ? "response.incomplete" : "response.completed", response: finished })],
    body: finished,
    heartbeat: ": keep-alive\n\n",
    errorEvent: event({
      type: "error",
      code: "server_error",
      message: "The server had an error while processing your request.",
      param: null,
    }),
  };
}

function incompleteReason(reply: Reply): string | undefined {
  if (reply.fault?.type === "refusal") return "content_filter";
  return reply.stopReason;
}

export const responsesStandIn: StandIn = {
  read,
  answer,
  error: (fault, model, nowMs) => errorAnswer(fault, "openai", model, nowMs),
};
