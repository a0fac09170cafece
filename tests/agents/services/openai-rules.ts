/** What OpenAI refuses by both of its protocols. */
import { OPENAI_RULES, OPENAI_STRICT_RULES, schemaRefusal } from "./schema-rules";
import type { Rule } from "./stand-in";

export interface OfferedFunction {
  name: string;
  description?: string;
  parameters?: unknown;
  strict?: boolean;
}

/** The most output tokens that a model of OpenAI's writes: https://platform.openai.com/docs/models */
const MOST_OUTPUT: [RegExp, number][] = [
  [/^gpt-4o/, 16_384],
  [/^gpt-4\.1/, 32_768],
  [/^o\d/, 100_000],
  [/^gpt-[5-9]/, 128_000],
];

export const reasons = (model: string) => /^(?:gpt-[5-9](?!.*chat)|o\d)/.test(model);

export function outputRefusal(model: string, tokens: unknown, name: string): string | undefined {
  if (tokens === undefined) return undefined;
  if (!Number.isInteger(tokens)) return `Invalid type for '${name}': expected an integer.`;
  const most = MOST_OUTPUT.find(([names]) => names.test(model))?.[1] ?? Number.POSITIVE_INFINITY;
  return (tokens as number) <= most
    ? undefined
    : `${name} is too large: ${tokens}. This model supports at most ${most} completion tokens.`;
}

/** The rules for a list of functions. `strictByDefault`: https://platform.openai.com/docs/guides/migrate-to-responses */
export function functionRules(strictByDefault: boolean): Rule<OfferedFunction[]>[] {
  return [
    {
      source: "https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools",
      refuses: (tools) =>
        tools.length > 128
          ? `Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length ${tools.length} instead.`
          : undefined,
    },
    {
      source: "https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools, 'function.name'",
      refuses: (tools) => {
        const at = tools.findIndex(({ name }) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name));
        return at < 0
          ? undefined
          : `Invalid 'tools[${at}].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
      },
    },
    {
      source:
        "https://github.com/langchain-ai/langchainjs/issues/9804, https://github.com/bnb-chain/bnbchain-mcp/issues/68",
      refuses(tools) {
        for (const { name, parameters, strict = strictByDefault } of tools) {
          const rules = strict ? [...OPENAI_RULES, ...OPENAI_STRICT_RULES] : OPENAI_RULES;
          const refusal = schemaRefusal(rules, parameters);
          if (refusal) return `Invalid schema for function '${name}': ${refusal}`;
        }
        return undefined;
      },
    },
  ];
}
