/** Ollama's own `/api/chat`, seen from the server. */
import { pieces } from "./anthropic";
import type { Fault, Reply, ScriptedMessage, ScriptedRequest } from "./script";
import { firstRefusal, type Rule, type StandIn } from "./stand-in";
import { type ProtocolAnswer, type ReadRequest, usageOf } from "./wire";

interface Message {
  role: string;
  content?: unknown;
  thinking?: string;
  tool_calls?: { id?: string; function: { name: string; arguments: unknown } }[];
  tool_call_id?: string;
  tool_name?: string;
}

interface Body {
  model?: string;
  messages?: Message[];
  tools?: { function: { name: string; parameters?: { type?: string } } }[];
  stream?: boolean;
  think?: boolean;
  truncate?: boolean;
  options?: { num_ctx?: number; num_predict?: number };
  [name: string]: unknown;
}

/** Ollama's default when a request names no size: https://docs.ollama.com/context-length */
const DEFAULT_CONTEXT = 4_096;
const CHARS_PER_TOKEN = 4;

export const OLLAMA_RULES: Rule<Body>[] = [
  {
    source: "https://github.com/ollama/ollama/blob/main/api/types.go: `Content string`, `Arguments map[string]any`",
    refuses({ messages = [] }) {
      if (messages.some(({ content }) => content !== undefined && typeof content !== "string"))
        return "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string";
      const calls = messages.flatMap((message) => message.tool_calls ?? []);
      return calls.some((call) => typeof call.function.arguments !== "object" || call.function.arguments === null)
        ? "json: cannot unmarshal string into Go struct field .tool_calls.function.arguments of type api.ToolCallFunctionArguments"
        : undefined;
    },
  },
  {
    source:
      "https://docs.ollama.com/api/chat, https://github.com/ollama/ollama/blob/main/api/types.go: `Truncate *bool`",
    refuses({ messages, tools, options, truncate }) {
      // Without `truncate: false` the real service cuts the conversation in silence, which is worse than a refusal.
      if (truncate !== false) return "this conversation would be cut in silence";
      const tokens = JSON.stringify([messages, tools]).length / CHARS_PER_TOKEN;
      return tokens > (options?.num_ctx ?? DEFAULT_CONTEXT) ? "the input length exceeds the context length" : undefined;
    },
  },
  {
    source: "https://docs.ollama.com/capabilities/thinking",
    refuses: ({ model = "", think }) =>
      think && /plain/.test(model) ? `"${model}" does not support thinking` : undefined,
  },
  {
    source: "https://docs.ollama.com/capabilities/tool-calling",
    refuses({ messages = [] }) {
      let open = 0;
      for (const message of messages) {
        if (message.role === "tool" && !message.tool_name) return "a tool result does not name its tool";
        if (message.role === "tool") open -= 1;
        else if (open > 0) return "a tool call has no result";
        if (open < 0) return "a tool result has no call";
        open += message.tool_calls?.length ?? 0;
      }
      return open > 0 ? "a tool call has no result" : undefined;
    },
  },
];

function read(raw: Record<string, unknown>): ReadRequest {
  const body = raw as Body;
  const system: string[] = [];
  const messages: ScriptedMessage[] = [];
  for (const message of body.messages ?? []) {
    const text = String(message.content ?? "");
    if (message.role === "system") system.push(text);
    else if (message.role === "user") messages.push({ role: "user", text });
    else if (message.role === "tool") {
      const callId = message.tool_call_id ?? "";
      messages.push({ role: "tool", callId, toolName: message.tool_name ?? "", content: text, isError: false });
    } else {
      const calls = (message.tool_calls ?? []).map(({ id = "", function: { name, arguments: input } }) => ({
        id,
        name,
        input,
      }));
      messages.push({ role: "assistant", text, thinking: message.thinking ?? "", calls });
    }
  }
  return {
    model: body.model ?? "",
    system: system.join("\n"),
    messages,
    tools: (body.tools ?? []).map((tool) => tool.function.name),
    stream: body.stream !== false,
    refusal: firstRefusal(OLLAMA_RULES, body),
  };
}

function answer(reply: Reply, request: ScriptedRequest, serial: number): ProtocolAnswer {
  const head = { model: request.model, created_at: "2026-11-21T00:00:00Z" };
  const line = (message: Record<string, unknown>, more: Record<string, unknown> = { done: false }) =>
    `${JSON.stringify({ ...head, message: { role: "assistant", content: "", ...message }, ...more })}\n`;
  const usage = usageOf(reply, request.rawBody);
  const calls = (reply.calls ?? []).map((call, at) => ({
    ...(call.id === null ? {} : { id: call.id ?? `call_${serial}_${at}` }),
    function: { name: call.name, arguments: call.input ?? {} },
  }));
  const last = {
    done: true,
    done_reason: reply.stopReason ?? "stop",
    prompt_eval_count: usage.inputTokens,
    eval_count: usage.outputTokens,
  };
  return {
    events: [
      ...pieces(reply.thinking ?? "").map((thinking) => line({ thinking })),
      ...pieces(reply.text ?? "", reply.pieces).map((content) => line({ content })),
      ...(calls.length > 0 ? [line({ tool_calls: calls })] : []),
    ],
    closing: [line({}, last)],
    body: { ...head, message: { role: "assistant", content: reply.text ?? "", tool_calls: calls }, ...last },
    heartbeat: "\n",
    errorEvent: `${JSON.stringify({ error: "an error was encountered while running the model: CUDA error" })}\n`,
    stream: { type: "application/x-ndjson", encoding: "utf8" },
  };
}

const SAID: Partial<Record<Fault["type"], [number, string]>> = {
  unknown_model: [404, "model 'absent' not found"],
  too_long: [400, "the input length exceeds the context length"],
  server_error: [500, "model runner has unexpectedly stopped"],
  overloaded: [503, "server busy, please try again. maximum pending requests exceeded"],
};

export const ollamaStandIn: StandIn = {
  read,
  answer,
  error(fault) {
    const [status, error] = fault.type === "status" ? [fault.status, fault.message] : (SAID[fault.type] ?? []);
    return status === undefined ? undefined : { status, headers: {}, body: { error } };
  },
};
