/** OpenAI's chat completions API and the many that speak it: Ollama, vLLM, gateways. */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV3, LanguageModelV3Message } from "@ai-sdk/provider";
import { ModelError, type ModelPort } from "@/agents/core/model";
import { watchedFetch } from "./activity";
import type { CallSite } from "./errors";
import { promptOf, toolsOf } from "./prompt";
import { exchange, type RawReading } from "./reply";

export interface OpenAICompatibleSettings {
  /** `openai` or `ollama`. */
  provider: "openai" | "ollama";
  apiKey: string | undefined;
  /** With `/v1` for OpenAI's protocol, as its clients take it; for Ollama with or without. */
  baseUrl: string | undefined;
}

const openaiBaseUrl = "https://api.openai.com/v1";
const ollamaBaseUrl = "http://127.0.0.1:11434/v1";

/** Models that take only the newer name of the output limit. Servers of others' models know only the older one. */
const takesCompletionTokens = /^(?:gpt-[5-9]|o\d)/;

export function openaiCompatibleModels(settings: OpenAICompatibleSettings): ModelPort {
  const isOllama = settings.provider === "ollama";
  const baseUrl = baseUrlOf(settings);
  const apiKey = settings.apiKey ?? "";
  const provider = createOpenAICompatible({
    name: settings.provider,
    baseURL: baseUrl,
    includeUsage: true,
    ...(apiKey === "" ? {} : { apiKey }),
    transformRequestBody: limitName,
    fetch: watchedFetch,
  });
  const models = new Map<string, LanguageModelV3>();

  return {
    async respond(request, options) {
      // A server of one's own often has no keys, so that only OpenAI itself must have one.
      if (apiKey === "" && !isOllama && settings.baseUrl === undefined) {
        throw new ModelError(
          "no_key",
          "There is no key for OpenAI: set OPENAI_API_KEY, or choose another model with BANYAN_MODEL.",
        );
      }
      const name = request.model.slice(request.model.indexOf("/") + 1);
      const model = models.get(name) ?? provider.chatModel(name);
      models.set(name, model);
      const site: CallSite = {
        label: isOllama ? "Ollama" : "OpenAI",
        keySetting: "OPENAI_API_KEY",
        urlSetting: isOllama ? "OLLAMA_BASE_URL" : "OPENAI_BASE_URL",
        baseUrl,
        model: request.model,
        secrets: [apiKey],
      };
      const tools = toolsOf(request.tools);
      return exchange({
        ...options,
        model,
        request,
        site,
        readRaw,
        call: {
          prompt: promptOf(request).map(withThoughtSignatures),
          ...(tools.length > 0 && { tools }),
          maxOutputTokens: request.maxOutputTokens,
        },
      });
    },
  };
}

function baseUrlOf({ provider, baseUrl }: OpenAICompatibleSettings): string {
  if (provider === "openai") return (baseUrl ?? openaiBaseUrl).replace(/\/+$/, "");
  const url = (baseUrl ?? ollamaBaseUrl).replace(/\/+$/, "");
  return url.endsWith("/v1") ? url : `${url}/v1`;
}

function limitName(body: Record<string, unknown>): Record<string, unknown> {
  const { model, max_tokens, ...rest } = body;
  if (typeof model !== "string" || !takesCompletionTokens.test(model)) return body;
  return { model, max_completion_tokens: max_tokens, ...rest };
}

interface RawChunk {
  choices?: { delta?: { refusal?: string | null; tool_calls?: { id?: string | null }[] | null } }[];
}

/** The package makes up ids where the server sends none or one twice, and leaves out refusals: both are read here. */
function readRaw(chunk: unknown, reading: RawReading): void {
  reading.sentIds ??= new Set();
  const delta = (chunk as RawChunk | undefined)?.choices?.[0]?.delta;
  for (const call of delta?.tool_calls ?? []) if (call.id) reading.sentIds.add(call.id);
  if (delta?.refusal) reading.refusal = (reading.refusal ?? "") + delta.refusal;
}

/** Gemini's signatures arrive under this provider's name and are read back under Google's. */
function withThoughtSignatures(message: LanguageModelV3Message): LanguageModelV3Message {
  if (message.role !== "assistant") return message;
  return {
    ...message,
    content: message.content.map((part) => {
      if (part.type !== "tool-call") return part;
      const thoughtSignature = part.providerOptions?.openai?.thoughtSignature;
      if (thoughtSignature === undefined) return part;
      return { ...part, providerOptions: { google: { thoughtSignature } } };
    }),
  };
}
