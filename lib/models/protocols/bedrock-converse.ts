/** Amazon Bedrock's Converse API. */
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import type { LanguageModelV3, LanguageModelV3Message, SharedV3ProviderOptions } from "@ai-sdk/provider";
import { ModelError, type ModelPort } from "@/core/log/model";
import { type AwsCredentials, AwsError } from "../aws/credential-sources";
import type { AwsCredentialFinder } from "../aws/credentials";
import { offerTools } from "../schemas/offer";
import { BEDROCK_SCHEMAS } from "../schemas/rules";
import { framedFetch } from "../wire/frames";
import { endsOfTurns } from "./cache-marks";
import type { CallSite } from "./errors";
import type { ModelProvider } from "./model-provider";
import { promptOf, toolsOf } from "./prompt";
import { exchange } from "./reply";

export interface BedrockSettings {
  provider: ModelProvider;
  /** A bearer token of Bedrock's; when absent, requests are signed. */
  apiKey: string | undefined;
  /** For signing. */
  credentials: AwsCredentialFinder;
  region: string;
  baseUrl: string;
}

/** Models that take cache points; the others refuse a request that has them. */
const caches = /anthropic\.claude-(?:3-7|3-5-haiku|[a-z]+-[4-9])|amazon\.nova/;
const cached: SharedV3ProviderOptions = { bedrock: { cachePoint: { type: "default" } } };

export function bedrockModels(settings: BedrockSettings): ModelPort {
  const { apiKey, credentials, region } = settings;
  const baseUrl = settings.baseUrl.replace(/\/+$/, "");
  const provider = createAmazonBedrock({
    region,
    baseURL: baseUrl,
    // An empty text keeps the package from reading a token from the environment by itself.
    apiKey: apiKey ?? "",
    credentialProvider: credentials.find,
    fetch: framedFetch,
  });
  const models = new Map<string, LanguageModelV3>();

  return {
    async respond(request, options) {
      const found = () => credentials.find().catch(asModelError);
      const signing = apiKey ? null : await found();
      const name = request.model.slice(request.model.indexOf("/") + 1);
      const model = models.get(name) ?? provider(name);
      models.set(name, model);
      const secrets = apiKey ? [apiKey] : signing ? secretsOf(signing) : [];
      const site: CallSite = { ...settings.provider, baseUrl, model: request.model, secrets };
      const offer = offerTools(request, BEDROCK_SCHEMAS);
      const tools = toolsOf(offer.tools);
      const prompt = promptOf(offer.request, { files: "in results" }).map(withoutFileNames);
      const send = () =>
        exchange({
          ...options,
          model,
          request,
          site,
          offer,
          isRead: false,
          call: {
            prompt: caches.test(name) ? withCachePoints(prompt) : prompt,
            ...(tools.length > 0 && { tools }),
            maxOutputTokens: request.maxOutputTokens,
          },
        });
      try {
        return await send();
      } catch (error) {
        const isRefused = error instanceof ModelError && error.kind === "no_key";
        if (!isRefused || !signing) throw error;
        // Credentials can end before their time, and some do not tell it.
        credentials.forget();
        const fresh = await found();
        if (secretsOf(fresh).join() === secretsOf(signing).join()) throw error;
        site.secrets.push(...secretsOf(fresh));
        return send();
      }
    },
  };
}

function secretsOf({ secretAccessKey, sessionToken }: AwsCredentials): string[] {
  return [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
}

/** The service refuses some names and the same name twice; without one the package numbers the documents. */
function withoutFileNames(message: LanguageModelV3Message): LanguageModelV3Message {
  if (message.role !== "tool") return message;
  const content = message.content.map((part) => {
    if (part.type !== "tool-result" || part.output.type !== "content") return part;
    const value = part.output.value.map((content) =>
      content.type === "file-data" ? { ...content, filename: undefined } : content,
    );
    return { ...part, output: { ...part.output, value } };
  });
  return { ...message, content };
}

/** Without credentials no call can be made; a service that gives them and is down for now may give them later. */
function asModelError(error: unknown): never {
  if (error instanceof AwsError) throw new ModelError(error.isPassing ? "retry" : "no_key", error.message);
  throw error;
}

function withCachePoints(prompt: LanguageModelV3Message[]): LanguageModelV3Message[] {
  const marked = endsOfTurns(prompt);
  return prompt.map((message, at) => (marked.has(at) ? { ...message, providerOptions: cached } : message));
}
