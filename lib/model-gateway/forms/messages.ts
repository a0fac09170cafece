/** Anthropic's Messages. */
import { Contents, isJson, kept, limitOf, objectsIn, shown, tokensOf } from "./fields";
import type { Asked, Json, Problem, Reading, WireForm } from "./form";

const FIELDS = new Set([
  "model",
  "max_tokens",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "stream",
  "metadata",
  "thinking",
  "output_config",
  "output_format",
  "context_management",
]);

/** Tools that the agent runs itself. */
const AGENT_TOOL = /^(?:custom|(?:bash|text_editor|computer|memory)_\d{8})$/;

/** Betas that raise the price of a request, or let the provider reach out. */
const REFUSED_BETA = /^(?:context-1m|fast-mode|mcp-client|files-api|code-execution|web-|skills|compact)/;

export const messages: WireForm = {
  label: "Anthropic's Messages",
  providers: ["anthropic"],
  read,
  withOutput: ({ body }, model, outputTokens) => ({ ...body, model, max_tokens: outputTokens }),
  address: (base) => `${base.replace(/\/+$/, "").replace(/\/v1$/, "")}/v1/messages`,
  headers({ key = "" }, given) {
    const version = String(given["anthropic-version"] ?? "");
    const betas = String(given["anthropic-beta"] ?? "").split(",");
    const passed = betas
      .map((beta) => beta.trim())
      .filter((item) => /^[\w.-]+$/.test(item) && !REFUSED_BETA.test(item));
    return {
      "x-api-key": key,
      "anthropic-version": /^\d{4}-\d\d-\d\d$/.test(version) ? version : "2023-06-01",
      ...(passed.length > 0 && { "anthropic-beta": passed.join(",") }),
    };
  },
  usageIn,
  error: (status, message) => ({ type: "error", error: { type: ERRORS[status] ?? "api_error", message } }),
};

const ERRORS: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
};

function read(given: Json): Asked | Problem {
  const contents = new Contents();
  if (objectsIn(given.mcp_servers).length > 0) contents.providerTool("mcp_servers");
  if (given.container !== undefined && given.container !== null) contents.stored("a container");
  const body = kept(given, FIELDS);
  for (const tool of contents.tools(body.tools)) {
    shortCache(tool);
    if (tool.type !== undefined && !AGENT_TOOL.test(String(tool.type))) contents.providerTool(shown(tool.type));
  }
  collect(contents, body.system);
  for (const message of objectsIn(body.messages)) collect(contents, message.content);
  if (isJson(body.context_management)) body.context_management = withoutCompaction(body.context_management);
  if (contents.problem !== null) return { problem: contents.problem };
  const thinking = isJson(body.thinking) ? (tokensOf(body.thinking.budget_tokens) ?? 0) : 0;
  return {
    model: String(body.model),
    isStream: body.stream === true,
    body,
    outputTokens: limitOf(body.max_tokens),
    leastOutputTokens: thinking + 1,
    media: contents.media,
  };
}

/** Blocks that are what their bytes say. */
const TEXTS = new Set([
  "text",
  "thinking",
  "redacted_thinking",
  "tool_use",
  "search_result",
  "tool_reference",
  "server_tool_use",
  "web_search_tool_result",
  "web_fetch_tool_result",
  "tool_search_tool_result",
]);

function collect(contents: Contents, content: unknown): void {
  for (const block of objectsIn(content)) {
    shortCache(block);
    if (TEXTS.has(String(block.type))) continue;
    if (block.type === "container_upload") contents.stored("an uploaded file");
    if (block.type === "tool_result") {
      collect(contents, block.content);
      continue;
    }
    if (block.type !== "image" && block.type !== "document") {
      contents.open();
      continue;
    }
    const source = isJson(block.source) ? block.source : {};
    if (source.type === "text") continue;
    if (source.type === "file") contents.stored("a file by its id");
    else if (source.type === "content") collect(contents, source.content);
    else if (source.type === "base64" && block.type === "image") contents.image(source.data);
    else contents.open();
  }
}

/** A cache of an hour costs more than the price that is known, so it becomes the usual one of five minutes. */
function shortCache(block: Json): void {
  if (isJson(block.cache_control)) block.cache_control = { type: "ephemeral" };
}

/** The provider bills a compaction as a further reply, which the answer's usage leaves out. */
function withoutCompaction(management: Json): Json {
  return { ...management, edits: objectsIn(management.edits).filter(({ type }) => !/^compact/.test(String(type))) };
}

function usageIn(document: Json): Reading | null {
  const { type } = document;
  if (type === "message_start" && isJson(document.message)) return reading(document.message.usage, false);
  if (type === "message") return reading(document.usage, true);
  if (type !== "message_delta") return null;
  const delta = isJson(document.delta) ? document.delta : {};
  return reading(document.usage, typeof delta.stop_reason === "string");
}

function reading(usage: unknown, isFinal: boolean): Reading | null {
  if (!isJson(usage)) return null;
  const outputTokens = tokensOf(usage.output_tokens);
  // The piece at the beginning counts the first token only.
  const output = outputTokens !== undefined && { outputTokens };
  const fresh = tokensOf(usage.input_tokens);
  if (fresh === undefined) return { ...output, isFinal };
  const cacheReadTokens = tokensOf(usage.cache_read_input_tokens) ?? 0;
  const cacheWriteTokens = tokensOf(usage.cache_creation_input_tokens) ?? 0;
  const inputTokens = fresh + cacheReadTokens + cacheWriteTokens;
  return { inputTokens, cacheReadTokens, cacheWriteTokens, ...output, isFinal };
}
