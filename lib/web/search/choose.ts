/** Chooses the search service: the one in `BANYAN_SEARCH`, else the first with a key or an address. */
import { PROVIDERS, type ProviderSettings } from "@/lib/models/providers/table";
import { anthropicSearch, type ModelAccess } from "./anthropic";
import { braveSearch } from "./brave";
import type { SearchName } from "./names";
import { openaiSearch } from "./openai";
import type { SearchProvider } from "./provider";
import { searxngSearch } from "./searxng";
import { tavilySearch } from "./tavily";

export interface SearchSettings {
  /** `BANYAN_SEARCH`; absent: the first of Brave, Tavily and SearXNG that is configured. */
  name?: SearchName;
  /** `SEARXNG_URL`. */
  searxngUrl?: string;
  /** The tree's usual model, as `provider/model`, for the search of its provider. */
  model?: string;
  providers?: ProviderSettings;
  /** Other addresses of the services, for gateways and tests. */
  baseUrls?: { brave?: string; tavily?: string };
}

/** Returns a secret by its name, or null. Read at each search, so that a new key needs no restart. */
export type SecretOf = (name: string) => string | null;

/** Returns the provider, or one sentence that says why there is none and what to do. */
export function chooseSearch(settings: SearchSettings, secret: SecretOf): SearchProvider | string {
  const name = settings.name ?? configured(settings, secret);
  if (name === "none") {
    if (settings.name === "none") return "Searching the web is switched off here (BANYAN_SEARCH=none).";
    return "No search service is set up: a person must add the secret brave_api_key or tavily_api_key, or set SEARXNG_URL or BANYAN_SEARCH=model.";
  }
  if (name === "searxng") {
    if (!settings.searxngUrl) return "BANYAN_SEARCH is searxng, but SEARXNG_URL is not set; a person must set it.";
    return searxngSearch(settings.searxngUrl);
  }
  if (name === "model") return modelSearch(settings);
  const key = secret(`${name}_api_key`);
  if (!key) return `BANYAN_SEARCH is ${name}, but there is no secret ${name}_api_key; a person must add it.`;
  return name === "brave" ? braveSearch(key, settings.baseUrls?.brave) : tavilySearch(key, settings.baseUrls?.tavily);
}

function configured(settings: SearchSettings, secret: SecretOf): SearchName {
  if (secret("brave_api_key")) return "brave";
  if (secret("tavily_api_key")) return "tavily";
  return settings.searxngUrl ? "searxng" : "none";
}

function modelSearch({ model = "", providers = {} }: SearchSettings): SearchProvider | string {
  const at = model.indexOf("/");
  const provider = model.slice(0, Math.max(0, at));
  const name = model.slice(at + 1);
  if (provider !== "anthropic" && provider !== "openai") {
    return `BANYAN_SEARCH is model, but ${model || "the default model"} has no built-in search; choose another service, or an anthropic or openai model.`;
  }
  const { key: apiKey, baseUrl } = providers[provider] ?? {};
  if (!apiKey) {
    return `BANYAN_SEARCH is model, but there is no key for ${provider}: set ${PROVIDERS[provider].keySetting}.`;
  }
  const access: ModelAccess = { model: name, apiKey, baseUrl };
  return provider === "anthropic" ? anthropicSearch(access) : openaiSearch(access);
}
