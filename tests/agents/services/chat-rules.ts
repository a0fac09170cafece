/** What OpenAI refuses on chat completions. Rules about models hold only for its own, because other servers name others. */
import { functionRules, type OfferedFunction, outputRefusal, reasons } from "./openai-rules";
import { firstRefusal, type Rule } from "./stand-in";

export interface ChatMessage {
  role: string;
  content?: string | { type: string; text?: string }[] | null;
  reasoning_content?: string;
  tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

export interface ChatBody {
  model?: string;
  messages?: ChatMessage[];
  tools?: { function: OfferedFunction }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  reasoning_effort?: string;
}

export const CHAT_RULES: Rule<ChatBody>[] = [
  {
    source: "https://platform.openai.com/docs/guides/function-calling",
    refuses: ({ messages = [] }) => unanswered(messages),
  },
  {
    source:
      "https://github.com/vllm-project/vllm/issues/6862, https://github.com/avante-corp/avante.nvim/issues/2562: Mistral's models",
    refuses({ model = "", messages = [] }) {
      if (!model.startsWith("mistral")) return undefined;
      const at = messages.findIndex(
        ({ role }, index) => role === "user" && ["user", "tool"].includes(messages[index - 1]?.role ?? ""),
      );
      return at < 0 ? undefined : `Unexpected role 'user' after role '${messages[at - 1]?.role}'`;
    },
  },
  {
    source: "https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_completion_tokens",
    refuses({ model = "", max_tokens, max_completion_tokens }) {
      if (max_tokens !== undefined && reasons(model))
        return "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
      return outputRefusal(model, max_completion_tokens ?? max_tokens, "max_tokens");
    },
  },
  {
    source: "https://platform.openai.com/docs/guides/reasoning",
    refuses: ({ model = "", temperature }) =>
      reasons(model) && temperature !== undefined && temperature !== 1
        ? "Unsupported value: 'temperature' does not support this value with this model. Only the default (1) value is supported."
        : undefined,
  },
  {
    source: "https://github.com/openai/openai-openapi/issues/541, https://github.com/BerriAI/litellm/pull/34569",
    refuses: ({ model = "", tools = [], reasoning_effort }) =>
      /^gpt-(?:5\.[4-9]|[6-9])/.test(model) && tools.length > 0 && reasoning_effort !== "none"
        ? `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`
        : undefined,
  },
  {
    source: "see openai-rules.ts",
    refuses: ({ tools = [] }) =>
      firstRefusal(
        functionRules(false),
        tools.map((tool) => tool.function),
      ),
  },
];

function unanswered(messages: ChatMessage[]): string | undefined {
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.includes(message.tool_call_id ?? "")) {
        return "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
      }
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) {
      return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(", ")}`;
    }
    for (const call of message.tool_calls ?? []) {
      if (!/^[a-zA-Z0-9_-]{1,64}$/.test(call.function.name)) {
        return `Invalid 'messages[${index}].tool_calls[0].function.name': string does not match pattern.`;
      }
      if (typeof call.function.arguments !== "string") return `Invalid type for 'messages[${index}].tool_calls'.`;
      open.push(call.id);
    }
  }
  return open.length > 0 ? "An assistant message with 'tool_calls' must be followed by tool messages." : undefined;
}
