/** What Amazon Bedrock's Converse API, and Claude behind it, refuse. */
import { thinkingSignature } from "./anthropic-rules";
import { BEDROCK_RULES as SCHEMA_RULES, schemaRefusal } from "./schema-rules";
import type { Rule } from "./stand-in";

interface Block {
  text?: string;
  toolUse?: { toolUseId: string; name: string; input: unknown };
  toolResult?: { toolUseId: string; content?: { text?: string; json?: unknown }[]; status?: string };
  reasoningContent?: { reasoningText?: { text: string; signature?: string }; redactedContent?: string };
  cachePoint?: { type: string };
}

export interface BedrockBody {
  system?: Block[];
  messages?: { role: string; content: Block[] }[];
  toolConfig?: {
    tools?: {
      toolSpec?: { name: string; description?: string; inputSchema?: { json?: unknown } };
      cachePoint?: unknown;
    }[];
  };
  inferenceConfig?: { maxTokens?: number };
}

const usesIn = (blocks: Block[]) => blocks.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []);
const resultsIn = (blocks: Block[]) => blocks.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []);

export const BEDROCK_RULES: Rule<BedrockBody>[] = [
  {
    source: "https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html",
    refuses({ messages = [] }) {
      if (messages[0]?.role !== "user")
        return "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
      const wrong = messages.findIndex(({ role }, at) => at > 0 && role === messages[at - 1]?.role);
      return wrong < 0
        ? undefined
        : `A conversation must alternate between user and assistant roles (messages.${wrong}).`;
    },
  },
  {
    source: "https://github.com/NousResearch/hermes-agent/issues/55092, https://github.com/earendil-works/pi/pull/3443",
    refuses({ messages = [], system = [] }) {
      const isBlank = (block: Block) => block.text !== undefined && block.text.trim() === "";
      if (system.some(isBlank)) return "The text field in the SystemContentBlock object is blank.";
      for (const [at, { content }] of messages.entries()) {
        if (content.length === 0)
          return `The content field in the Message object at messages.${at} is empty. Add a ContentBlock object to the content field and try again.`;
        const blank = content.findIndex(isBlank);
        if (blank >= 0)
          return `The text field in the ContentBlock object at messages.${at}.content.${blank} is blank. Add text to the text field, and try again.`;
      }
      return undefined;
    },
  },
  {
    source: "https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html",
    refuses({ messages = [] }) {
      for (const [at, { content }] of messages.entries()) {
        const uses = usesIn(content);
        const results = resultsIn(messages[at + 1]?.content ?? []);
        if (uses.some((id) => !results.includes(id)))
          return `Expected toolResult blocks at messages.${at + 1}.content for the following Ids: ${uses.join(", ")}`;
        if (results.length > uses.length)
          return `The number of toolResult blocks at messages.${at + 1}.content exceeds the number of toolUse blocks of previous turn.`;
      }
      return undefined;
    },
  },
  {
    source: "https://github.com/aws-samples/sample-multi-agent-orchestration-chat-on-agentcore/issues/15",
    refuses({ messages = [] }) {
      const all = messages.flatMap(({ content }) => content.flatMap(({ toolResult }) => toolResult ?? []));
      return all.some(({ status, content = [] }) => status === "error" && content.length === 0)
        ? "The content field at toolResult cannot be empty when status value is error."
        : undefined;
    },
  },
  {
    source:
      "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html, API_runtime_ToolUseBlock.html",
    refuses({ messages = [], toolConfig }) {
      const ids = messages.flatMap(({ content }) => [...usesIn(content), ...resultsIn(content)]);
      if (ids.some((id) => !/^[a-zA-Z0-9_.:-]{1,64}$/.test(id)))
        return "Value at 'toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+";
      const tools = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => toolSpec ?? []);
      if (tools.some(({ name }) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name)))
        return "Value at 'toolConfig.tools.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+";
      if (tools.some(({ description }) => description === ""))
        return "Value at 'toolConfig.tools.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1";
      for (const { inputSchema } of tools) {
        const refusal = schemaRefusal(SCHEMA_RULES, inputSchema?.json);
        if (refusal) return `The model returned the following errors: tools.custom.input_schema${refusal}`;
      }
      return undefined;
    },
  },
  {
    source:
      "https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html; the words are those of the service",
    refuses({ messages = [], toolConfig }) {
      const uses = messages.some(({ content }) => usesIn(content).length + resultsIn(content).length > 0);
      return uses && !toolConfig?.tools?.length
        ? "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        : undefined;
    },
  },
  {
    source: "https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
    refuses({ messages = [] }) {
      const texts = messages.flatMap(({ content }) =>
        content.flatMap((block) => block.reasoningContent?.reasoningText ?? []),
      );
      return texts.some(({ text, signature }) => signature !== thinkingSignature(text))
        ? "The model returned the following errors: Invalid `signature` in `thinking` block"
        : undefined;
    },
  },
  {
    source: "https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html",
    refuses: (body) =>
      JSON.stringify(body).split('"cachePoint"').length - 1 > 4
        ? "You have exceeded the maximum of 4 cache points."
        : undefined,
  },
];
