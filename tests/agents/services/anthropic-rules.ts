/** What Anthropic's Messages API refuses, in its words. */
import { createHash } from "node:crypto";
import { ANTHROPIC_RULES as SCHEMA_RULES, schemaRefusal } from "./schema-rules";
import { holdsHalfPair, type Rule } from "./stand-in";

export interface Block {
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

export interface AnthropicBody {
  model?: string;
  system?: string | Block[];
  messages?: { role: string; content: string | Block[] }[];
  tools?: { name: string; description?: string; input_schema?: unknown }[];
  stream?: boolean;
  max_tokens?: number;
  thinking?: { type: string; budget_tokens?: number };
  temperature?: number;
  output_config?: { effort?: string };
}

/** The signature that this server gives to a thinking block, and demands back with it. */
export function thinkingSignature(thinking: string): string {
  return createHash("sha256").update(`signed:${thinking}`).digest("base64");
}

export function blocksOf(content: string | Block[] | undefined): Block[] {
  if (content === undefined) return [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** https://docs.claude.com/en/docs/about-claude/models/overview */
const MOST_OUTPUT: [RegExp, number][] = [
  [/^claude-3-5-haiku/, 8_192],
  [/^claude-opus-4(?:-[01])?(?:-\d{8})?$/, 32_000],
  [/^claude-(?:sonnet-4|haiku-4-5|opus-4-5)(?:-[05])?(?:-\d{8})?$/, 64_000],
  [/^claude-/, 128_000],
];

const TAKES_EFFORT = /^claude-(?:opus-4-[5-9]|sonnet-4-[6-9]|(?:opus|sonnet|fable|mythos)-[5-9])/;

export const ANTHROPIC_RULES: Rule<AnthropicBody>[] = [
  {
    source: "https://github.com/anthropics/claude-code/issues/3277",
    refuses: (body) =>
      holdsHalfPair(body)
        ? "The request body is not valid JSON: no low surrogate in string: line 1 column 2 (char 1)"
        : undefined,
  },
  {
    source: "https://platform.claude.com/docs/en/build-with-claude/effort",
    refuses: ({ output_config, model = "" }) =>
      output_config?.effort && !TAKES_EFFORT.test(model)
        ? "This model does not support the effort parameter."
        : undefined,
  },
  {
    source: "https://docs.claude.com/en/api/messages",
    refuses({ max_tokens: tokens, model = "", messages = [] }) {
      if (typeof tokens !== "number") return "max_tokens: Field required";
      const most = MOST_OUTPUT.find(([names]) => names.test(model))?.[1] ?? Number.POSITIVE_INFINITY;
      if (tokens > most)
        return `max_tokens: ${tokens} > ${most}, which is the maximum allowed number of output tokens for ${model}`;
      if (messages.length === 0) return "messages: at least one message is required";
      return messages[0]?.role === "user" ? undefined : 'messages: first message must use the "user" role';
    },
  },
  {
    source: "https://docs.claude.com/en/docs/build-with-claude/prompt-caching#cache-limitations",
    refuses: (body) =>
      JSON.stringify(body).split('"cache_control"').length - 1 > 4
        ? "A maximum of 4 blocks with cache_control may be provided."
        : undefined,
  },
  {
    source: "https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
    refuses({ thinking, max_tokens = 0, temperature }) {
      if (thinking === undefined || thinking.type === "disabled") return undefined;
      if (temperature !== undefined && temperature !== 1)
        return "`temperature` may only be set to 1 when thinking is enabled.";
      if (thinking.type !== "enabled") return undefined;
      if ((thinking.budget_tokens ?? 0) < 1024)
        return "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024";
      return max_tokens > (thinking.budget_tokens ?? 0)
        ? undefined
        : "`max_tokens` must be greater than `thinking.budget_tokens`.";
    },
  },
  {
    source: "https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use",
    refuses({ tools = [] }) {
      const names = tools.map(({ name }) => name);
      const wrong = names.findIndex((name) => !/^[a-zA-Z0-9_-]{1,128}$/.test(name));
      if (wrong >= 0) return `tools.${wrong}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
      return new Set(names).size < names.length ? "tools: Tool names must be unique." : undefined;
    },
  },
  {
    source: "see schema-rules.ts",
    refuses({ tools = [] }) {
      for (const [at, { input_schema: schema }] of tools.entries()) {
        const refusal = schema === undefined ? undefined : schemaRefusal(SCHEMA_RULES, schema);
        if (refusal) return `tools.${at}.custom.input_schema${refusal}`;
      }
      return undefined;
    },
  },
  {
    source:
      "https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use, https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
    refuses: ({ messages = [] }) => invalidMessages(messages),
  },
];

function invalidMessages(messages: NonNullable<AnthropicBody["messages"]>): string | undefined {
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
