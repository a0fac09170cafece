/** Chooses the search service: the one in `BANYAN_SEARCH`, else the first with a key or an address. */
import type { ProviderAccess } from "@/lib/models/protocols/model-provider";
import { PROVIDERS, type ProviderSettings, providerNamed } from "@/lib/models/providers/table";
import { anthropicSearch, type ModelAccess } from "./anthropic";
import { braveSearch } from "./brave";
import { googleSearch } from "./google";
import type { SearchName } from "./names";
import { openaiSearch } from "./openai";
import type { SearchProvider } from "./provider";
import { searxngSearch } from "./searxng";
import { tavilySearch } from "./tavily";

export interface SearchSettings {
  /** `BANYAN_SEARCH`; absent: the first of Brave, Tavily, SearXNG and the model's provider that is configured. */
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

/**
 * Returns the provider, or one sentence that says why there is none and what to do. `model`: the model of the task that
 * searches, whose provider comes before that of the usual model.
 */
export function chooseSearch(settings: SearchSettings, secret: SecretOf, model?: string): SearchProvider | string {
  const models = [...new Set([model, settings.model])].filter((model) => model !== undefined);
  const found = models.flatMap((model) => modelAccess(model, settings.providers) ?? []);
  const name = settings.name ?? configured(settings, secret, found);
  if (name === "none") {
    if (settings.name === "none") return "Searching the web is switched off here (BANYAN_SEARCH=none).";
    return "No search service is set up: a person must add the secret brave_api_key or tavily_api_key, or set SEARXNG_URL, or choose a model of Anthropic, OpenAI or Google.";
  }
  if (name === "searxng") {
    if (!settings.searxngUrl) return "BANYAN_SEARCH is searxng, but SEARXNG_URL is not set; a person must set it.";
    return searxngSearch(settings.searxngUrl);
  }
  if (name === "model") return modelSearch(settings, found);
  const key = secret(`${name}_api_key`);
  if (!key) return `BANYAN_SEARCH is ${name}, but there is no secret ${name}_api_key; a person must add it.`;
  return name === "brave" ? braveSearch(key, settings.baseUrls?.brave) : tavilySearch(key, settings.baseUrls?.tavily);
}

function configured(settings: SearchSettings, secret: SecretOf, found: readonly FoundAccess[]): SearchName {
  if (secret("brave_api_key")) return "brave";
  if (secret("tavily_api_key")) return "tavily";
  if (settings.searxngUrl) return "searxng";
  return found.some(({ isOfficial }) => isOfficial) ? "model" : "none";
}

const SEARCHES: Readonly<Record<string, (access: ModelAccess) => SearchProvider>> = {
  anthropic: anthropicSearch,
  openai: openaiSearch,
  google: googleSearch,
};

interface FoundAccess {
  provider: string;
  search: (access: ModelAccess) => SearchProvider;
  name: string;
  apiKey: string | undefined;
  baseUrl: string | undefined;
  /**
   * At the provider's own address. Behind another address a gateway or a local server may know nothing of a search, so
   * there it must be chosen.
   */
  isOfficial: boolean;
}

/** Returns the access of the model's provider when that provider searches. */
function modelAccess(model: string, providers: ProviderSettings = {}): FoundAccess | null {
  const at = model.indexOf("/");
  const provider = model.slice(0, Math.max(0, at));
  const search = SEARCHES[provider];
  const { key: apiKey, baseUrl }: ProviderAccess =
    (providers as Readonly<Record<string, ProviderAccess | undefined>>)[provider] ?? {};
  if (!search) return null;
  const name = model.slice(at + 1);
  const hostAt = (address?: string) => search({ model: name, apiKey: "", ...(address && { baseUrl: address }) }).host;
  const isOfficial = Boolean(apiKey) && hostAt(baseUrl) === hostAt();
  return { provider, search, name, apiKey, baseUrl, isOfficial };
}

function modelSearch({ name: chosen, model }: SearchSettings, found: readonly FoundAccess[]): SearchProvider | string {
  // Nobody chose this search, so only an official address is known to have one.
  const usable = found.filter(({ apiKey, isOfficial }) => apiKey && (chosen === "model" || isOfficial));
  const [access] = usable;
  if (access?.apiKey) return access.search({ model: access.name, apiKey: access.apiKey, baseUrl: access.baseUrl });
  const [lacking] = found;
  if (!lacking)
    return `BANYAN_SEARCH is model, but ${model || "the default model"} has no built-in search; choose another service, or a model of ${Object.keys(SEARCHES).join(", ")}.`;
  const known = providerNamed(lacking.provider);
  return `BANYAN_SEARCH is model, but there is no key for ${lacking.provider}: set ${known ? PROVIDERS[known].keySetting : "its key"}.`;
}
