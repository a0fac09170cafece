/** Amazon Bedrock's Converse API. */
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import type { LanguageModelV3, LanguageModelV3Message, SharedV3ProviderOptions } from "@ai-sdk/provider";
import { ModelError, type ModelPort } from "@/core/log/model";
import { offerTools } from "../schemas/offer";
import { BEDROCK_SCHEMAS } from "../schemas/rules";
import { watchedFetch } from "./activity";
import { endsOfTurns } from "./cache-marks";
import type { CallSite } from "./errors";
import type { ModelProvider } from "./model-provider";
import { promptOf, toolsOf } from "./prompt";
import { exchange } from "./reply";

export interface BedrockSettings {
  provider: ModelProvider;
  /** A bearer token of Bedrock's; when absent, requests are signed with the access key. */
  apiKey: string | undefined;
  accessKeyId: string | undefined;
  secretAccessKey: string | undefined;
  sessionToken: string | undefined;
  region: string;
  baseUrl: string;
}

/** Models that take cache points; the others refuse a request that has them. */
const caches = /anthropic\.claude-(?:3-7|3-5-haiku|[a-z]+-[4-9])|amazon\.nova/;
const cached: SharedV3ProviderOptions = { bedrock: { cachePoint: { type: "default" } } };

export function bedrockModels(settings: BedrockSettings): ModelPort {
  const { apiKey, accessKeyId, secretAccessKey, sessionToken, region } = settings;
  const { label, keySetting } = settings.provider;
  const baseUrl = settings.baseUrl.replace(/\/+$/, "");
  const provider = createAmazonBedrock({
    region,
    baseURL: baseUrl,
    // An empty text keeps the package from reading a token from the environment by itself.
    apiKey: apiKey ?? "",
    accessKeyId,
    secretAccessKey,
    sessionToken,
    fetch: watchedFetch,
  });
  const models = new Map<string, LanguageModelV3>();

  return {
    async respond(request, options) {
      if (!apiKey && !(accessKeyId && secretAccessKey)) {
        throw new ModelError(
          "no_key",
          `There are no credentials for ${label}: set ${keySetting}, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
        );
      }
      const name = request.model.slice(request.model.indexOf("/") + 1);
      const model = models.get(name) ?? provider(name);
      models.set(name, model);
      const secrets = [apiKey, secretAccessKey, sessionToken].filter((one) => one !== undefined);
      const site: CallSite = { ...settings.provider, baseUrl, model: request.model, secrets };
      const offer = offerTools(request, BEDROCK_SCHEMAS);
      const tools = toolsOf(offer.tools);
      const prompt = promptOf(offer.request);
      return exchange({
        ...options,
        model,
        request,
        site,
        offer,
        call: {
          prompt: caches.test(name) ? withCachePoints(prompt) : prompt,
          ...(tools.length > 0 && { tools }),
          maxOutputTokens: request.maxOutputTokens,
        },
      });
    },
  };
}

function withCachePoints(prompt: LanguageModelV3Message[]): LanguageModelV3Message[] {
  const marked = endsOfTurns(prompt);
  return prompt.map((message, at) => (marked.has(at) ? { ...message, providerOptions: cached } : message));
}
