/** OpenAI's Responses API. The current GPT models accept tools only there. */
import { createOpenAI } from "@ai-sdk/openai";
import type { LanguageModelV3, LanguageModelV3Message } from "@ai-sdk/provider";
import { ModelError, type ModelErrorDetails, type ModelPort, type ModelRequest } from "@/core/log/model";
import { offerTools } from "../schemas/offer";
import { OPENAI_SCHEMAS } from "../schemas/rules";
import { mendedFetch } from "../wire/mended-fetch";
import { responsesReader } from "../wire/responses";
import type { CallSite } from "./errors";
import type { ModelProvider } from "./model-provider";
import { promptOf, toolsOf } from "./prompt";
import { exchange } from "./reply";

export interface ResponsesSettings {
  provider: ModelProvider;
  apiKey: string | undefined;
  /** With `/v1`. When absent, OpenAI's own address is used, which needs a key. */
  baseUrl: string | undefined;
}

/** Models that think by themselves. Only they take options for reasoning, and return it encrypted. */
const reasons = /^(?:gpt-(?:[5-9]|\d\d)(?!-chat)|o\d)/;

export function openaiResponsesModels(settings: ResponsesSettings): ModelPort {
  const { label, keySetting, address } = settings.provider;
  const baseUrl = (settings.baseUrl ?? address).replace(/\/+$/, "");
  const apiKey = settings.apiKey ?? "";
  // Without a key the package would read the environment itself, and send that key to an address of somebody else.
  const provider = createOpenAI({
    apiKey: apiKey === "" ? "none" : apiKey,
    baseURL: baseUrl,
    fetch: mendedFetch(responsesReader),
  });
  const models = new Map<string, LanguageModelV3>();
  // Ids of reasoning items that the service could not read with this key. They are never sent again.
  const unreadable = new Set<string>();
  // An organization that has not verified itself gets no summaries, and its requests for them are refused.
  let givesSummaries = true;

  return {
    async respond(request, options) {
      if (apiKey === "" && settings.baseUrl === undefined) {
        throw new ModelError(
          "no_key",
          `There is no key for ${label}: set ${keySetting}, or choose another model with BANYAN_MODEL.`,
        );
      }
      const name = request.model.slice(request.model.indexOf("/") + 1);
      const model = models.get(name) ?? provider.responses(name);
      models.set(name, model);
      const site: CallSite = { ...settings.provider, baseUrl, model: request.model, secrets: [apiKey] };
      const offer = offerTools(request, OPENAI_SCHEMAS);
      // The service makes schemas strict unless told otherwise, and optional arguments would become required.
      const tools = toolsOf(offer.tools).map((tool) => ({ ...tool, strict: false }));
      const prompt = promptOf(offer.request, { files: "in results" }).map(withoutItemIds);
      const send = (withSummary: boolean) =>
        exchange({
          ...options,
          model,
          request,
          site,
          offer,
          call: {
            prompt: prompt.map((message) => withoutThoughts(message, unreadable)),
            ...(tools.length > 0 && { tools }),
            maxOutputTokens: Math.max(LEAST_OUTPUT_TOKENS, request.maxOutputTokens),
            providerOptions: {
              openai: { store: false, ...cacheKeyOf(request), ...reasoningOf(name, request, withSummary) },
            },
          },
        });
      let withSummary = givesSummaries;
      for (;;) {
        try {
          return await send(withSummary);
        } catch (error) {
          const details: ModelErrorDetails = error instanceof ModelError ? error.details : {};
          const fresh = details.unreadableThoughts ? thoughtsIn(prompt).filter((id) => !unreadable.has(id)) : [];
          const isSummary = details.noSummaries === true && withSummary;
          if (fresh.length === 0 && !isSummary) throw error;
          for (const id of fresh) unreadable.add(id);
          if (isSummary) givesSummaries = withSummary = false;
        }
      }
    },
  };
}

/** Returns the ids of the reasoning items of a prompt. */
function thoughtsIn(prompt: readonly LanguageModelV3Message[]): string[] {
  return prompt.flatMap((message) =>
    message.role === "assistant" ? message.content.flatMap((part) => thoughtId(part) ?? []) : [],
  );
}

type AssistantPart = Extract<LanguageModelV3Message, { role: "assistant" }>["content"][number];

function thoughtId(part: AssistantPart): string | null {
  const id = part.type === "reasoning" ? part.providerOptions?.openai?.itemId : undefined;
  return typeof id === "string" ? id : null;
}

/** Leaves out reasoning items that the service could not read, with the ids of the calls that name such an item. */
function withoutThoughts(message: LanguageModelV3Message, unreadable: ReadonlySet<string>): LanguageModelV3Message {
  if (message.role !== "assistant" || unreadable.size === 0) return message;
  const kept = message.content.filter((part) => !unreadable.has(thoughtId(part) ?? ""));
  if (kept.length === message.content.length) return message;
  return { ...message, content: kept.map(withoutItemId) };
}

function withoutItemId(part: AssistantPart): AssistantPart {
  const own = part.providerOptions?.openai;
  if (own?.itemId === undefined) return part;
  const { itemId: _, ...rest } = own;
  return { ...part, providerOptions: { ...part.providerOptions, openai: rest } };
}

/** Without it the service finds the cache of a task only by the first tokens, which many tasks share. */
function cacheKeyOf({ cacheKey }: ModelRequest) {
  return cacheKey === undefined ? {} : { promptCacheKey: cacheKey };
}

function reasoningOf(name: string, { effort }: ModelRequest, withSummary: boolean) {
  if (!reasons.test(name)) return {};
  return { ...(withSummary && { reasoningSummary: "auto" }), ...(effort && { reasoningEffort: effort }) };
}

/** The service refuses smaller limits. */
const LEAST_OUTPUT_TOKENS = 16;

/**
 * Drops what the service cannot use without its own storage: the ids of texts, and reasoning without encrypted content.
 * An id of a text names the reasoning before it, so the service refuses the text when that reasoning is missing.
 */
function withoutItemIds(message: LanguageModelV3Message): LanguageModelV3Message {
  if (message.role !== "assistant") return message;
  return {
    ...message,
    content: message.content.flatMap((part) => {
      const own = part.providerOptions?.openai;
      if (part.type === "reasoning" && typeof own?.reasoningEncryptedContent !== "string") return [];
      return [part.type === "text" ? withoutItemId(part) : part];
    }),
  };
}
