/** OpenAI's chat completions API, and the many servers that implement it: Ollama, vLLM, gateways. */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV3, LanguageModelV3Message } from "@ai-sdk/provider";
import { ModelError, type ModelPort } from "@/core/log/model";
import { offerTools } from "../schemas/offer";
import { OPENAI_SCHEMAS } from "../schemas/rules";
import { chatReader } from "../wire/chat";
import { mendedFetch } from "../wire/mended-fetch";
import { takesCompletionTokens } from "./completion-tokens";
import type { CallSite } from "./errors";
import type { ModelProvider } from "./model-provider";
import { promptOf, toolsOf } from "./prompt";
import { exchange, type RawReading } from "./reply";
import { withBridges, withUsersJoined } from "./turn-order";

export interface ChatCompletionsSettings {
  /** The name under which the package stores the provider's own data. */
  name: string;
  provider: ModelProvider;
  apiKey: string | undefined;
  /** With `/v1`. When absent, the provider's own address is used, which needs a key. */
  baseUrl: string | undefined;
}

export function chatCompletionsModels(settings: ChatCompletionsSettings): ModelPort {
  const { label, keySetting, address } = settings.provider;
  const baseUrl = (settings.baseUrl ?? address).replace(/\/+$/, "");
  const apiKey = settings.apiKey ?? "";
  const provider = createOpenAICompatible({
    name: settings.name,
    baseURL: baseUrl,
    includeUsage: true,
    ...(apiKey === "" ? {} : { apiKey }),
    transformRequestBody: limitName,
    fetch: mendedFetch(chatReader),
  });
  const models = new Map<string, LanguageModelV3>();
  // Models whose server refused a user's message after a tool's result.
  const strict = new Set<string>();

  return {
    async respond(request, options) {
      // A self-hosted server often has no keys, so only the provider's own address requires a key.
      if (apiKey === "" && settings.baseUrl === undefined) {
        throw new ModelError(
          "no_key",
          `There is no key for ${label}: set ${keySetting}, or choose another model with BANYAN_MODEL.`,
        );
      }
      const name = request.model.slice(request.model.indexOf("/") + 1);
      const model = models.get(name) ?? provider.chatModel(name);
      models.set(name, model);
      const site: CallSite = {
        ...settings.provider,
        baseUrl,
        model: request.model,
        secrets: [apiKey],
      };
      const offer = offerTools(request, OPENAI_SCHEMAS);
      const tools = toolsOf(offer.tools);
      const sent = promptOf(offer.request, { files: "after results", ownIds: true });
      const prompt = withUsersJoined(sent).map(withThoughtSignatures);
      const bridged = withBridges(prompt);
      const send = () =>
        exchange({
          ...options,
          model,
          request,
          site,
          offer,
          readRaw,
          call: {
            prompt: strict.has(name) ? bridged : prompt,
            ...(tools.length > 0 && { tools }),
            maxOutputTokens: request.maxOutputTokens,
          },
        });
      try {
        return await send();
      } catch (error) {
        const isOrder = error instanceof ModelError && error.details.wrongOrder === true;
        if (!isOrder || strict.has(name) || bridged.length === prompt.length) throw error;
        strict.add(name);
        return send();
      }
    },
  };
}

function limitName(body: Record<string, unknown>): Record<string, unknown> {
  const { model, max_tokens, ...rest } = body;
  if (typeof model !== "string" || !takesCompletionTokens(model)) return body;
  return { model, max_completion_tokens: max_tokens, ...rest };
}

interface RawChunk {
  usage?: {
    prompt_tokens?: number | null;
    total_tokens?: number | null;
    prompt_tokens_details?: { cache_write_tokens?: number | null } | null;
  } | null;
  choices?: { delta?: { refusal?: string | null; tool_calls?: { id?: string | null }[] | null } }[];
}

/**
 * Reads what the package hides: it replaces missing or repeated call ids, and drops refusals, tokens written to the cache
 * and the total, in which alone xAI, and gateways to Gemini, count the tokens of thoughts.
 */
function readRaw(chunk: unknown, reading: RawReading): void {
  reading.sentIds ??= new Set();
  const {
    prompt_tokens: input,
    total_tokens: total,
    prompt_tokens_details,
  } = (chunk as RawChunk | undefined)?.usage ?? {};
  if (prompt_tokens_details?.cache_write_tokens) reading.cacheWriteTokens = prompt_tokens_details.cache_write_tokens;
  if (input && total) reading.outputTokens = total - input;
  const delta = (chunk as RawChunk | undefined)?.choices?.[0]?.delta;
  for (const call of delta?.tool_calls ?? []) if (call.id) reading.sentIds.add(call.id);
  if (delta?.refusal) reading.refusal = (reading.refusal ?? "") + delta.refusal;
}

/** Gemini's thought signatures arrive under this provider's name, but are accepted only under Google's. */
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
