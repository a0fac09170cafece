/** Google's generateContent and streamGenerateContent. */
import { Contents, isJson, limitOf, objectsIn, shown, tokensOf } from "./fields";
import type { Asked, Json, Problem, Reading, WireForm } from "./form";

const FIELDS = new Set(["contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings"]);

const CONFIG_FIELDS = new Set([
  "temperature",
  "topP",
  "topK",
  "stopSequences",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "responseLogprobs",
  "logprobs",
  "thinkingConfig",
]);

/** What a part may hold whose size this process can tell. */
const PART_FIELDS = new Set([
  "text",
  "thought",
  "thoughtSignature",
  "functionCall",
  "functionResponse",
  "inlineData",
  "fileData",
  "executableCode",
  "codeExecutionResult",
  "videoMetadata",
  "mediaResolution",
  "partMetadata",
]);

export const generate: WireForm = {
  label: "Google's generateContent",
  providers: ["google"],
  read,
  withOutput: ({ body }, _, outputTokens) => {
    const config = isJson(body.generationConfig) ? body.generationConfig : {};
    return { ...body, generationConfig: { ...config, maxOutputTokens: outputTokens } };
  },
  address(base, { isStream }, { model }) {
    const root = base.replace(/\/+$/, "").replace(/\/v1beta$/, "");
    const method = isStream ? "streamGenerateContent?alt=sse" : "generateContent";
    return `${root}/v1beta/models/${encodeURIComponent(model)}:${method}`;
  },
  headers: ({ key = "" }) => ({ "x-goog-api-key": key }),
  usageIn,
  error: (code, message) => ({ error: { code, message, status: STATUSES[code] ?? "UNAVAILABLE" } }),
};

const STATUSES: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  402: "FAILED_PRECONDITION",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
};

function read(given: Json, { model = "", isStream = false }: { model?: string; isStream?: boolean }): Asked | Problem {
  const contents = new Contents();
  const all = inCamelCase(given);
  if (all.cachedContent !== undefined) contents.stored("cached content");
  const config = isJson(all.generationConfig) ? inCamelCase(all.generationConfig) : {};
  if (config.candidateCount !== undefined && config.candidateCount !== 1)
    return { problem: "The gateway passes on requests for one reply: leave out candidateCount." };
  const body = Object.fromEntries(Object.entries(all).filter(([name]) => FIELDS.has(name)));
  body.generationConfig = Object.fromEntries(Object.entries(config).filter(([name]) => CONFIG_FIELDS.has(name)));
  // The service takes a single tool in place of a list, and a single content below.
  for (const tool of contents.tools(isJson(body.tools) ? [body.tools] : body.tools)) {
    for (const name of Object.keys(inCamelCase(tool)))
      if (name !== "functionDeclarations") contents.providerTool(shown(name));
  }
  for (const content of objectsIn([body.contents, body.systemInstruction].flat())) collect(contents, content.parts);
  if (contents.problem !== null) return { problem: contents.problem };
  const outputTokens = limitOf(config.maxOutputTokens);
  return { model, isStream, body, outputTokens, leastOutputTokens: 1, media: contents.media };
}

function collect(contents: Contents, parts: unknown): void {
  for (const given of objectsIn([parts].flat())) {
    const part = inCamelCase(given);
    if (part.fileData !== undefined) contents.stored("a file by its address");
    if (Object.keys(part).some((name) => !PART_FIELDS.has(name))) contents.open();
    if (isJson(part.functionResponse)) collect(contents, part.functionResponse.parts);
    if (!isJson(part.inlineData)) continue;
    const { mimeType, data } = inCamelCase(part.inlineData);
    if (String(mimeType).startsWith("image/")) contents.image(data);
    else contents.open();
  }
}

/** The service takes each field in both spellings, so the gateway brings them to one before it judges them. */
function inCamelCase(object: Json): Json {
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [camel(name), value]));
}

function usageIn(document: Json): Reading | null {
  const usage = document.usageMetadata;
  if (!isJson(usage)) return null;
  const promptTokens = tokensOf(usage.promptTokenCount);
  if (promptTokens === undefined) return null;
  const inputTokens = promptTokens + (tokensOf(usage.toolUsePromptTokenCount) ?? 0);
  const outputTokens = (tokensOf(usage.candidatesTokenCount) ?? 0) + (tokensOf(usage.thoughtsTokenCount) ?? 0);
  const isEnded = objectsIn(document.candidates).some((candidate) => typeof candidate.finishReason === "string");
  const isBlocked = isJson(document.promptFeedback) && document.promptFeedback.blockReason !== undefined;
  const cacheReadTokens = tokensOf(usage.cachedContentTokenCount) ?? 0;
  return { inputTokens, cacheReadTokens, cacheWriteTokens: 0, outputTokens, isFinal: isEnded || isBlocked };
}
