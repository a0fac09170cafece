/** OpenAI's Responses. */
import { apiBase } from "@/lib/models/providers/openai";
import { Contents, isJson, kept, limitOf, objectsIn, shown, tokensOf } from "./fields";
import type { Asked, Json, Problem, Reading, WireForm } from "./form";
import { openaiError, openaiHeaders } from "./openai";

const FIELDS = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "temperature",
  "top_p",
  "reasoning",
  "text",
  "stream",
  "stream_options",
  "include",
  "metadata",
  "truncation",
  "user",
  "prompt_cache_key",
  "safety_identifier",
  "top_logprobs",
]);

/** Tools that the agent runs itself. */
const AGENT_TOOLS = new Set(["function", "custom", "local_shell", "apply_patch"]);

/** What a conversation has with the agent's own tools only. Others belong to a tool of the provider, or to its store. */
const ITEMS = new Set([
  "message",
  "reasoning",
  "compaction",
  "compaction_summary",
  "function_call",
  "function_call_output",
  "custom_tool_call",
  "custom_tool_call_output",
  "local_shell_call",
  "local_shell_call_output",
  "apply_patch_call",
  "apply_patch_call_output",
  "computer_call",
  "computer_call_output",
]);

/** Parts that are what their bytes say. */
const TEXTS = new Set(["input_text", "output_text", "text", "refusal", "summary_text", "reasoning_text"]);

/** The service refuses a smaller limit. */
const LEAST_OUTPUT_TOKENS = 16;

export const responses: WireForm = {
  label: "OpenAI's Responses",
  providers: ["openai"],
  read,
  // A stored reply could be read by every other task with the same key.
  withOutput: ({ body }, model, outputTokens) => ({ ...body, model, store: false, max_output_tokens: outputTokens }),
  address: (base) => `${apiBase(base)}/responses`,
  headers: openaiHeaders,
  usageIn,
  error: openaiError,
};

function read(given: Json): Asked | Problem {
  const contents = new Contents();
  const isSet = (name: string) => given[name] !== undefined && given[name] !== null;
  if (isSet("previous_response_id") || isSet("conversation")) contents.stored("an earlier reply by its id");
  if (isSet("prompt")) contents.stored("a stored prompt");
  if (given.background === true) return { problem: "The gateway passes on no requests in the background." };
  const body = kept(given, FIELDS);
  for (const { type } of contents.tools(body.tools)) {
    if (!AGENT_TOOLS.has(String(type))) contents.providerTool(shown(type));
  }
  for (const item of objectsIn(body.input)) {
    if (item.type === "item_reference") contents.stored("an earlier item by its id");
    else if (item.type !== undefined && !ITEMS.has(String(item.type))) contents.providerTool(shown(item.type));
    // A list of parts, or a single one.
    for (const part of objectsIn([item.content, item.output].flat())) collect(contents, part);
  }
  if (contents.problem !== null) return { problem: contents.problem };
  return {
    model: String(body.model),
    isStream: body.stream === true,
    body,
    outputTokens: limitOf(given.max_output_tokens),
    leastOutputTokens: LEAST_OUTPUT_TOKENS,
    media: contents.media,
  };
}

function collect(contents: Contents, part: Json): void {
  if (part.file_id !== undefined && part.file_id !== null) contents.stored("a file by its id");
  else if (part.type === "input_image" || part.type === "computer_screenshot") contents.imageAt(part.image_url);
  else if (!TEXTS.has(String(part.type))) contents.open();
}

function usageIn(document: Json): Reading | null {
  const response = isJson(document.response) ? document.response : document;
  const { usage } = response;
  if (!isJson(usage)) return null;
  const inputTokens = tokensOf(usage.input_tokens);
  const outputTokens = tokensOf(usage.output_tokens);
  if (inputTokens === undefined || outputTokens === undefined) return null;
  const details = isJson(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const cacheReadTokens = tokensOf(details.cached_tokens) ?? 0;
  const isFinal = response.status !== "in_progress" && response.status !== "queued";
  const cacheWriteTokens = tokensOf(details.cache_write_tokens) ?? 0;
  return { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, isFinal };
}
