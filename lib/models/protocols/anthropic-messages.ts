/** Anthropic's Messages API, and services that implement it. */
import { createAnthropic } from "@ai-sdk/anthropic";
import type { LanguageModelV3, LanguageModelV3Message, SharedV3ProviderOptions } from "@ai-sdk/provider";
import { ModelError, type ModelPort, type ModelRequest } from "@/core/log/model";
import { offerTools } from "../schemas/offer";
import { ANTHROPIC_SCHEMAS } from "../schemas/rules";
import { mendedFetch } from "../wire/mended-fetch";
import { messagesReader } from "../wire/messages";
import { endsOfTurns } from "./cache-marks";
import type { CallSite } from "./errors";
import type { ModelProvider } from "./model-provider";
import { promptOf, toolsOf } from "./prompt";
import { exchange } from "./reply";

export interface AnthropicSettings {
  provider: ModelProvider;
  apiKey: string | undefined;
  /** Without `/v1`, as Anthropic's own clients take it; an address with `/v1` works too. */
  baseUrl: string | undefined;
}

const cached: SharedV3ProviderOptions = { anthropic: { cacheControl: { type: "ephemeral" } } };

/**
 * Models that always think and sign their thoughts together with everything before them. After a compaction or a change
 * of tools the signatures no longer match, so the service is asked to drop those thoughts instead of refusing the
 * request.
 */
const bindsThinking = /^claude-(?:(?:fable|mythos)-5-\d|(?:opus|sonnet|haiku)-5-5)/;

export function anthropicModels(settings: AnthropicSettings): ModelPort {
  const baseUrl = (settings.baseUrl ?? settings.provider.address).replace(/\/+$/, "").replace(/\/v1$/, "");
  const { label } = settings.provider;
  const apiKey = settings.apiKey ?? "";
  const provider = createAnthropic({ apiKey, baseURL: `${baseUrl}/v1`, fetch: mendedFetch(messagesReader) });
  const models = new Map<string, LanguageModelV3>();

  return {
    async respond(request, options) {
      if (apiKey === "") {
        throw new ModelError(
          "no_key",
          `There is no key for ${label}: set ${settings.provider.keySetting}, or choose another model with BANYAN_MODEL.`,
        );
      }
      const name = request.model.slice(request.model.indexOf("/") + 1);
      const model = models.get(name) ?? provider(name);
      models.set(name, model);
      const offer = offerTools(request, ANTHROPIC_SCHEMAS);
      const tools = toolsOf(offer.tools);
      const lastTool = tools.at(-1);
      if (lastTool) lastTool.providerOptions = cached;
      const site: CallSite = {
        ...settings.provider,
        baseUrl,
        model: request.model,
        secrets: [apiKey],
      };
      return exchange({
        ...options,
        model,
        request,
        site,
        offer,
        call: {
          prompt: withCacheMarks(promptOf(offer.request, { files: "in results" })),
          tools,
          maxOutputTokens: request.maxOutputTokens,
          providerOptions: { anthropic: { toolStreaming: false, ...thinkingOf(name), ...effortOf(name, request) } },
        },
      });
    },
  };
}

function thinkingOf(name: string) {
  if (!bindsThinking.test(name)) return {};
  return {
    thinking: { type: "adaptive", display: "summarized", blockBinding: { prefixMismatchBehavior: "drop_block" } },
  } as const;
}

/** https://platform.claude.com/docs/en/build-with-claude/effort: other models refuse the parameter. */
const takesEffort = /^claude-(?:opus-4-[5-9]|sonnet-4-[6-9]|(?:opus|sonnet|fable|mythos)-[5-9])/;

function effortOf(name: string, { effort }: ModelRequest) {
  return effort && takesEffort.test(name) ? { effort } : {};
}

/** With the mark on the tools, all four allowed marks are in use. */
function withCacheMarks(prompt: LanguageModelV3Message[]): LanguageModelV3Message[] {
  const marked = endsOfTurns(prompt);
  return prompt.map((message, at) => (marked.has(at) ? { ...message, providerOptions: cached } : message));
}
