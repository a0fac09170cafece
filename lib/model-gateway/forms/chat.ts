/** OpenAI's Chat Completions, and the servers that implement it. */
import { takesCompletionTokens } from "@/lib/models/protocols/completion-tokens";
import { apiBase } from "@/lib/models/providers/openai";
import { Contents, isJson, kept, limitOf, objectsIn, shown, tokensOf } from "./fields";
import type { Asked, Json, Problem, Reading, WireForm } from "./form";
import { openaiError, openaiHeaders } from "./openai";

const FIELDS = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "functions",
  "function_call",
  "temperature",
  "top_p",
  "frequency_penalty",
  "presence_penalty",
  "stop",
  "seed",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "response_format",
  "stream",
  "reasoning_effort",
  "reasoning",
  "thinking",
  "verbosity",
  "chat_template_kwargs",
  "user",
  "prompt_cache_key",
]);

export const chat: WireForm = {
  label: "OpenAI's Chat Completions",
  providers: ["openai", "ollama"],
  read,
  withOutput({ body, isStream }, model, outputTokens) {
    const limit = takesCompletionTokens(model) ? "max_completion_tokens" : "max_tokens";
    // Without this a stream does not tell its usage.
    return { ...body, model, [limit]: outputTokens, ...(isStream && { stream_options: { include_usage: true } }) };
  },
  address(base, _, { provider }) {
    const root = apiBase(base);
    return provider === "ollama" ? `${root.replace(/\/v1$/, "")}/v1/chat/completions` : `${root}/chat/completions`;
  },
  headers: openaiHeaders,
  usageIn,
  error: openaiError,
};

function read(given: Json): Asked | Problem {
  const contents = new Contents();
  const body = kept(given, FIELDS);
  if (given.n !== undefined && given.n !== null && given.n !== 1) {
    return { problem: "The gateway passes on requests for one reply: leave out n." };
  }
  for (const { type } of contents.tools(body.tools)) {
    if (type !== "function" && type !== "custom") contents.providerTool(shown(type));
  }
  for (const message of objectsIn(body.messages)) {
    if (message.audio !== undefined && message.audio !== null) contents.stored("an earlier recording by its id");
    for (const part of objectsIn(message.content)) collect(contents, part);
  }
  if (contents.problem !== null) return { problem: contents.problem };
  return {
    model: String(body.model),
    isStream: body.stream === true,
    body,
    outputTokens: limitOf(given.max_completion_tokens, given.max_tokens),
    leastOutputTokens: 1,
    media: contents.media,
  };
}

function collect(contents: Contents, part: Json): void {
  const { type } = part;
  if (type === undefined || type === "text" || type === "refusal") return;
  if (type === "image_url") contents.imageAt(isJson(part.image_url) ? part.image_url.url : part.image_url);
  else if (isJson(part.file) && part.file.file_id !== undefined) contents.stored("a file by its id");
  else contents.open();
}

/** Some servers leave out of the input what came from the cache: then the parts make the total only with it. */
function cachedApart(usage: Json, input: number): number {
  const details = isJson(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const cached = tokensOf(details.cached_tokens) ?? 0;
  const isWhole = usage.total_tokens === input + cached + (tokensOf(usage.completion_tokens) ?? 0);
  return cached > input || (cached > 0 && isWhole) ? cached : 0;
}

function usageIn(document: Json): Reading | null {
  const { usage } = document;
  if (!isJson(usage)) return null;
  const told = tokensOf(usage.prompt_tokens);
  if (told === undefined) return null;
  const inputTokens = told + cachedApart(usage, told);
  // xAI, and gateways to Gemini, count the tokens of thoughts in the total alone.
  const [written, total] = [tokensOf(usage.completion_tokens), tokensOf(usage.total_tokens)];
  if (written === undefined && total === undefined) return null;
  const outputTokens = Math.max(written ?? 0, (total ?? 0) - inputTokens);
  const details = isJson(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const choices = objectsIn(document.choices);
  // Some servers count in every piece of a stream; only the last one has no choices left, or a reason to end.
  const isFinal =
    document.object === "chat.completion" || choices.every((choice) => typeof choice.finish_reason === "string");
  const cacheReadTokens = tokensOf(details.cached_tokens) ?? 0;
  const cacheWriteTokens = tokensOf(details.cache_write_tokens) ?? 0;
  return { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, isFinal };
}
