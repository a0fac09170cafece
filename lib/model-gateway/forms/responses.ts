/** OpenAI's Responses. */
import { apiBase } from "@/lib/models/providers/openai";
import { Contents, isJson, kept, limitOf, objectsIn, shown, tokensOf } from "./fields";
import type { Asked, Json, Problem, Reading, WireForm } from "./form";
import { openaiError, openaiHeaders } from "./openai";

const FIELDS = new Set([
  ...["model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "temperature", "top_p"],
  ...["reasoning", "text", "stream", "stream_options", "include", "metadata", "truncation", "user"],
  ...["prompt_cache_key", "safety_identifier", "top_logprobs"],
]);

/** Tools that the agent runs itself. */
const AGENT_TOOLS = new Set(["function", "custom", "local_shell", "apply_patch"]);

/** The service refuses a smaller limit. */
const LEAST_OUTPUT_TOKENS = 16;

export const responses: WireForm = {
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
  for (const { type } of objectsIn(body.tools)) {
    if (!AGENT_TOOLS.has(String(type))) contents.providerTool(shown(type));
  }
  for (const item of objectsIn(body.input)) {
    if (item.type === "item_reference") contents.stored("an earlier item by its id");
    for (const part of [item.content, item.output].flatMap(objectsIn)) look(contents, part);
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

function look(contents: Contents, part: Json): void {
  if (part.file_id !== undefined && part.file_id !== null) contents.stored("a file by its id");
  else if (part.type === "input_image" || part.type === "computer_screenshot") contents.imageAt(part.image_url);
  else if (part.type === "input_file" || part.type === "input_audio") contents.open();
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
  return { inputTokens, cacheReadTokens, cacheWriteTokens: 0, outputTokens, isFinal };
}
