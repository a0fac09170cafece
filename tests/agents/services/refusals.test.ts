/** The stand-ins refuse what the services refuse: without this, a conversation that they accept proves nothing. */
import { describe, expect, test } from "vitest";
import { strangers } from "@/lib/models/schemas/strangers";
import { ANTHROPIC_RULES, thinkingSignature } from "./anthropic-rules";
import { BEDROCK_RULES } from "./bedrock-rules";
import { CHAT_RULES } from "./chat-rules";
import { GOOGLE_RULES } from "./google-rules";
import { OLLAMA_RULES } from "./ollama";
import { encrypted, RESPONSES_RULES } from "./responses-rules";
import {
  ANTHROPIC_RULES as ANTHROPIC_SCHEMAS,
  BEDROCK_RULES as BEDROCK_SCHEMAS,
  GOOGLE_RULES as GOOGLE_SCHEMAS,
  OPENAI_RULES as OPENAI_SCHEMAS,
  schemaRefusal,
} from "./schema-rules";
import { firstRefusal, type Rule } from "./stand-in";

const schema = { type: "object", properties: {} };
type Case = [string, Record<string, unknown>, RegExp];

function describeRules<Body>(name: string, rules: readonly Rule<Body>[], good: Record<string, unknown>, cases: Case[]) {
  describe(name, () => {
    const refusal = (body: Record<string, unknown>) => firstRefusal(rules, body as Body);
    test("accepts a good request", () => expect(refusal(good)).toBeUndefined());
    test.each(cases)("refuses %s", (_, change, says) => expect(refusal({ ...good, ...change })).toMatch(says));
    test("names a source for each rule", () => {
      for (const { source } of rules) expect(source).toMatch(/https:\/\/|^see /);
    });
  });
}

const user = { role: "user", content: [{ type: "text", text: "Hello" }] };
const use = (id: string) => ({ type: "tool_use", id, name: "read", input: {} });
const result = (id: string) => ({ role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "ok" }] });
const assistant = (...content: unknown[]) => ({ role: "assistant", content });
const thought = { type: "thinking", thinking: "So.", signature: thinkingSignature("So.") };

describeRules(
  "Anthropic",
  ANTHROPIC_RULES,
  { model: "claude-sonnet-4-5", max_tokens: 64_000, messages: [user, assistant(thought, use("a")), result("a")] },
  [
    ["no limit of output", { max_tokens: undefined }, /max_tokens: Field required/],
    ["more output than the model writes", { max_tokens: 64_001 }, /64001 > 64000/],
    [
      "a conversation that begins with the assistant",
      { messages: [assistant(use("a")), result("a")] },
      /first message/,
    ],
    ["a call without a result", { messages: [user, assistant(use("a")), user] }, /without `tool_result`/],
    ["a result without a call", { messages: [user, result("a")] }, /unexpected `tool_use_id`/],
    ["an empty text", { messages: [{ role: "user", content: [{ type: "text", text: " " }] }] }, /non-empty/],
    [
      "a changed thought",
      { messages: [user, assistant({ ...thought, thinking: "No." }), user] },
      /Invalid `signature`/,
    ],
    ["half a pair of surrogates", { system: "\ud83d" }, /no low surrogate in string/],
    ["a fifth cache mark", { system: Array(5).fill({ type: "text", text: "a", cache_control: {} }) }, /maximum of 4/],
    ["two tools of one name", { tools: [{ name: "a" }, { name: "a" }] }, /unique/],
    ["a name with a dot", { tools: [{ name: "a.b" }] }, /match pattern/],
    ["a temperature with thoughts", { thinking: { type: "adaptive" }, temperature: 0.5 }, /only be set to 1/],
  ],
);

const asked = { role: "user", content: [{ type: "input_text", text: "Hello" }] };
const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: encrypted("So.", 1) };
const call = (call_id: string) => ({ type: "function_call", call_id, name: "read", arguments: "{}" });
const output = (call_id: string) => ({ type: "function_call_output", call_id, output: "ok" });
const strictTool = { type: "function", name: "read", parameters: { type: "object", properties: { a: {} } } };

describeRules(
  "OpenAI's Responses API",
  RESPONSES_RULES,
  {
    model: "gpt-5.5",
    store: false,
    input: [asked, reasoning, call("a"), output("a")],
    tools: [{ ...strictTool, strict: false }],
  },
  [
    ["the limit's old name", { max_tokens: 100 }, /moved to 'max_output_tokens'/],
    ["a limit below 16", { max_output_tokens: 10 }, />= 16/],
    ["more output than the model writes", { max_output_tokens: 200_000 }, /at most 128000/],
    ["a temperature for a model that reasons", { temperature: 0 }, /'temperature' is not supported/],
    ["reasoning of a model that has none", { model: "gpt-4o", reasoning: { effort: "low" } }, /'reasoning.effort'/],
    ["an output without a call", { input: [asked, output("a")] }, /No tool call found/],
    ["a call without an output", { input: [asked, call("a"), asked] }, /No tool output found/],
    ["an id of 65 characters", { input: [asked, call("a".repeat(65)), output("a".repeat(65))] }, /maximum length 64/],
    [
      "reasoning by its id alone",
      { input: [asked, { ...reasoning, encrypted_content: null }, call("a"), output("a")] },
      /not found/,
    ],
    [
      "changed reasoning",
      { input: [asked, { ...reasoning, encrypted_content: "gAAAA.1.x" }, call("a"), output("a")] },
      /could not be verified/,
    ],
    ["reasoning at the end", { input: [asked, reasoning, asked] }, /required following item/],
    [
      "a text whose reasoning is missing",
      { input: [asked, { role: "assistant", id: "msg_1_r", content: [] }] },
      /required 'reasoning' item/,
    ],
    ["a tool that is strict by default", { tools: [strictTool] }, /'additionalProperties' is required/],
    ["129 tools", { tools: Array(129).fill({ ...strictTool, strict: false }) }, /maximum length 128/],
  ],
);

const chatCall = {
  role: "assistant",
  tool_calls: [{ id: "a", type: "function", function: { name: "read", arguments: "{}" } }],
};
const chatTool = { function: { name: "read", parameters: schema } };

describeRules(
  "Chat completions",
  CHAT_RULES,
  {
    model: "gpt-5",
    messages: [{ role: "user", content: "Hello" }, chatCall, { role: "tool", tool_call_id: "a" }],
    tools: [chatTool],
  },
  [
    ["the limit's old name for a model that reasons", { max_tokens: 100 }, /Use 'max_completion_tokens'/],
    ["more output than the model writes", { model: "gpt-4o", max_tokens: 20_000 }, /at most 16384/],
    ["a temperature for a model that reasons", { temperature: 0.2 }, /Only the default/],
    ["tools for a model that has them on responses only", { model: "gpt-5.6-terra" }, /use \/v1\/responses/],
    [
      "a call without a result",
      { messages: [chatCall, { role: "user", content: "" }] },
      /did not have response messages/,
    ],
    ["a result without a call", { messages: [{ role: "tool", tool_call_id: "a" }] }, /must be a response/],
  ],
);

const said = (role: string, ...parts: unknown[]) => ({ role, parts });
const functionCall = { functionCall: { name: "read", args: {} } };
const functionResponse = { functionResponse: { name: "read", response: {} } };
const skip = { ...functionCall, thoughtSignature: "skip_thought_signature_validator" };

describeRules(
  "Google",
  GOOGLE_RULES,
  {
    model: "gemini-3-pro",
    contents: [said("user", { text: "Hello" }), said("model", skip), said("user", functionResponse)],
  },
  [
    [
      "fewer results than calls",
      { contents: [said("user", { text: "a" }), said("model", skip, functionCall), said("user", functionResponse)] },
      /equal to the number/,
    ],
    [
      "results in two turns",
      {
        contents: [
          said("user", { text: "a" }),
          said("model", skip, functionCall),
          said("user", functionResponse),
          said("user", functionResponse),
        ],
      },
      /equal to the number/,
    ],
    ["a result without a call", { contents: [said("user", functionResponse)] }, /immediately after a function call/],
    [
      "a call at the beginning",
      { contents: [said("model", skip), said("user", functionResponse)] },
      /immediately after a user turn/,
    ],
    [
      "a call without its signature",
      { contents: [said("user", { text: "a" }), said("model", functionCall), said("user", functionResponse)] },
      /missing a thought_signature/,
    ],
    [
      "a wrong signature",
      {
        contents: [
          said("user", { text: "a" }),
          said("model", { ...skip, thoughtSignature: "x" }),
          said("user", functionResponse),
        ],
      },
      /not valid/,
    ],
    ["an empty text", { contents: [said("user", { text: "" })] }, /must have a text parameter/],
    ["an unknown role", { contents: [said("assistant", { text: "a" })] }, /valid role/],
    [
      "a name that begins with a number",
      { tools: [{ functionDeclarations: [{ name: "7a" }] }] },
      /Invalid function name/,
    ],
    ["more output than the model writes", { generationConfig: { maxOutputTokens: 70_000 } }, /supported range/],
  ],
);

const toolUse = { toolUse: { toolUseId: "a", name: "read", input: {} } };
const toolResult = { toolResult: { toolUseId: "a", content: [] } };
const turn = (role: string, ...content: unknown[]) => ({ role, content });
const toolConfig = { tools: [{ toolSpec: { name: "read", description: "Reads.", inputSchema: { json: schema } } }] };

describeRules(
  "Amazon Bedrock",
  BEDROCK_RULES,
  { messages: [turn("user", { text: "Hello" }), turn("assistant", toolUse), turn("user", toolResult)], toolConfig },
  [
    [
      "a conversation that begins with the assistant",
      { messages: [turn("assistant", { text: "a" })] },
      /start with a user message/,
    ],
    ["two turns of one role", { messages: [turn("user", { text: "a" }), turn("user", { text: "b" })] }, /alternate/],
    ["a blank text", { messages: [turn("user", { text: " " })] }, /is blank/],
    ["an empty message", { messages: [turn("user")] }, /is empty/],
    [
      "a call without a result",
      { messages: [turn("user", { text: "a" }), turn("assistant", toolUse)] },
      /Expected toolResult/,
    ],
    [
      "more results than calls",
      { messages: [turn("user", { text: "a" }), turn("assistant", { text: "b" }), turn("user", toolResult)] },
      /exceeds the number/,
    ],
    [
      "an error without words",
      {
        messages: [
          turn("user", { text: "a" }),
          turn("assistant", toolUse),
          turn("user", { toolResult: { ...toolResult.toolResult, status: "error" } }),
        ],
      },
      /cannot be empty when status/,
    ],
    ["calls without tools", { toolConfig: undefined }, /toolConfig field must be defined/],
    [
      "a tool without a description",
      { toolConfig: { tools: [{ toolSpec: { name: "a", description: "" } }] } },
      /length greater than/,
    ],
  ],
);

describeRules(
  "Ollama",
  OLLAMA_RULES,
  { messages: [{ role: "user", content: "Hello" }], truncate: false, options: { num_ctx: 8_192 } },
  [
    [
      "a conversation that it would cut",
      { messages: [{ role: "user", content: "a".repeat(50_000) }] },
      /exceeds the context length/,
    ],
    ["a request that lets it cut", { truncate: undefined }, /cut in silence/],
    [
      "arguments as a text",
      { messages: [{ role: "assistant", content: "", tool_calls: [{ function: { name: "a", arguments: "{}" } }] }] },
      /cannot unmarshal string/,
    ],
    ["content as a list", { messages: [{ role: "user", content: [] }] }, /cannot unmarshal array/],
    ["thoughts of a model that has none", { model: "plain", think: true }, /does not support thinking/],
  ],
);

describe.each([
  ["Schemas for Anthropic", ANTHROPIC_SCHEMAS, 14],
  ["Schemas for OpenAI", OPENAI_SCHEMAS, 14],
  ["Schemas for Google", GOOGLE_SCHEMAS, 40],
  ["Schemas for Amazon Bedrock", BEDROCK_SCHEMAS, 14],
] as const)("%s", (_, rules, least) => {
  test(`are refused for at least ${least} schemas of strangers as they are published`, () => {
    const refused = strangers.filter((tool) => schemaRefusal(rules, tool.inputSchema) !== undefined);
    expect(refused.length).toBeGreaterThanOrEqual(least);
  });

  test("have a source for each rule, or say that it is assumed", () => {
    for (const { source } of rules) expect(source).toMatch(/https:\/\/|^assumed/);
  });
});
