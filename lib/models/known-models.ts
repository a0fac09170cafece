/**
 * Facts about models, in one place: a person's own settings, the providers' lists, the table. Limits and prices are
 * read without waiting; only `confirm` and `refresh` ask providers.
 */
import { byVersion, isIn, isSameFamily } from "./known/names";
import { nearestModel } from "./known/replacement";
import { type ModelLimits, rowOf, type TieredPrices, tableNames } from "./known/table";
import { limitsFrom, type ModelSources, pricesFrom, type Source } from "./model-facts";
import { createModelLists, type ModelLists, type Unanswered } from "./model-lists";
import { createOwnModels, type OwnModels } from "./own-models";
import type { ProviderAccess } from "./protocols/model-provider";
import {
  PROVIDER_NAMES,
  PROVIDERS,
  type ProviderName,
  type ProviderSettings,
  providerNamed,
  providerOf,
} from "./providers/table";
import { CURRENT, replacementFrom, type Standing, standingFrom } from "./standing";

export interface KnownModels {
  /** The context window and the longest answer of `provider/model`; small limits for an unknown model. */
  limitsOf(model: string): ModelLimits;
  /** What a model's tokens cost; null without a price. Local models and runbooks cost nothing. */
  pricesOf(model: string): TieredPrices | null;
  /** 0 when the price of the model is known, else null. */
  priceOf(model: string): number | null;
  standingOf(model: string): Standing;
  /**
   * Like `standingOf`, but asks the provider again before it says that the provider does not have the model.
   * `isRefused`: the provider has refused the model, so it is asked whatever its list says.
   */
  confirm(model: string, options?: { isRefused?: boolean }): Promise<Standing>;
  /** The model that replaces one which its provider refuses; null when nobody knows one that is alike. */
  replacementOf(model: string): string | null;
  /** Whether a list, the table or a person's own settings hold the model, or no list could hold it. */
  isNamed(model: string): boolean;
  /** The model that tasks use when only this provider is set up; null when a person has to choose. */
  usualModel(provider: ProviderName, access: ProviderAccess): string | null;
  /** All models that are known by name, of one provider or of all. */
  all(provider?: ProviderName): FoundModel[];
  /** Asks providers whose list is older than a day, and resolves with those that gave none. Never rejects. */
  refresh(options?: { olderThanMs?: number }): Promise<Unanswered[]>;
  own: Pick<OwnModels, "all" | "set" | "problem">;
  /** Changes whenever a list or a person's settings do. */
  version(): string;
  close(): void;
}

export interface FoundModel {
  name: string;
  limits: ModelLimits;
  /** Who said so; null: assumed. */
  limitsFrom: Source | null;
  prices: TieredPrices | null;
  pricesFrom: Source | "free" | null;
  /** Whether its provider lists it; null while the provider has not answered. */
  isListed: boolean | null;
  standing: Standing;
}

export interface KnownModelsSources {
  own: OwnModels;
  lists: ModelLists;
  /** The keys and addresses that calls use now. */
  access(): ProviderSettings;
  now(): number;
}

/** Returns what is known with the files of this data folder. */
export function openKnownModels(
  dataDir: string,
  { access, now }: Pick<KnownModelsSources, "access" | "now">,
): KnownModels {
  return createKnownModels({ own: createOwnModels(dataDir), lists: createModelLists(dataDir, now), access, now });
}

const DAY_MS = 24 * 3_600_000;
/** A list this young is not asked for again before a model is refused. */
const FRESH_MS = 60_000;

/** The runbook model reads no context and writes no tokens, so these limits are high enough never to apply. */
const runbookLimits: ModelLimits = { contextTokens: 1_000_000, maxOutputTokens: 32_768 };
const FREE: TieredPrices = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

export function createKnownModels(sources: KnownModelsSources): KnownModels {
  const { own, lists, access, now } = sources;
  const sourcesOf = (model: string) => factsOf(sources, model, access());
  const pricesOf = (model: string) => (isRunbook(model) ? FREE : (priced(model, sourcesOf(model))?.prices ?? null));
  function standingOf(model: string): Standing {
    return isRunbook(model) ? CURRENT : standingFrom(model, sourcesOf(model), now());
  }
  return {
    limitsOf(model) {
      if (isRunbook(model)) return runbookLimits;
      const { from, ...limits } = limitsFrom(sourcesOf(model));
      return { ...limits, ...(from === null && { isAssumed: true }) };
    },
    pricesOf,
    priceOf: (model) => (pricesOf(model) ? 0 : null),
    standingOf,
    async confirm(model, { isRefused = false } = {}) {
      const standing = standingOf(model);
      const name = nameOfProvider(model);
      if ((standing.kind !== "missing" && !isRefused) || name === null) return standing;
      await lists.refresh(access(), { olderThanMs: FRESH_MS, only: [name] });
      return standingOf(model);
    },
    replacementOf: (model) => replacementOf(sources, model),
    isNamed: (model) => isRunbook(model) || isNamed(sources, model),
    usualModel: (provider, given) => usualModel(sources, provider, given),
    all: (provider) => (provider ? [provider] : PROVIDER_NAMES).flatMap((name) => allOf(sources, name)),
    refresh: ({ olderThanMs = DAY_MS } = {}) => lists.refresh(access(), { olderThanMs }),
    own,
    version: () => `${own.version()} ${lists.version()}`,
    close: lists.close,
  };
}

function replacementOf(sources: KnownModelsSources, model: string): string | null {
  const name = nameOfProvider(model);
  if (name === null) return null;
  const access = sources.access();
  const { listedNames } = factsOf(sources, model, access);
  const baseUrl = access[name]?.baseUrl;
  // Another server than the provider's own has other models than the table.
  if (listedNames === null && baseUrl !== undefined && !baseUrl.startsWith(PROVIDERS[name].address)) return null;
  return replacementFrom(model, listedNames, sources.now());
}

function isNamed(sources: KnownModelsSources, model: string): boolean {
  const name = nameOfProvider(model);
  if (name === null) return false;
  const { own, listed, row, isFree } = factsOf(sources, model, sources.access());
  return own !== null || listed !== null || row !== null || isFree || isUnlisted(name, model);
}

/** Whether the provider has models of this kind that its list never holds. */
function isUnlisted(provider: ProviderName, model: string): boolean {
  return PROVIDERS[provider].list.isUnlisted?.(model.slice(provider.length + 1)) ?? false;
}

function isRunbook(model: string): boolean {
  return model === "runbook" || model.startsWith("runbook/");
}

function nameOfProvider(model: string): ProviderName | null {
  return providerNamed(model.slice(0, Math.max(0, model.indexOf("/"))));
}

type Facts = ModelSources & { listedNames: readonly string[] | null; isFree: boolean };

function factsOf({ own, lists }: KnownModelsSources, model: string, providers: ProviderSettings): Facts {
  const name = nameOfProvider(model);
  const list = name && lists.of(name, providers[name] ?? {});
  const id = model.slice(model.indexOf("/") + 1);
  return {
    own: own.of(model),
    listed: list?.models.find((model) => model.id === id) ?? list?.models.find((model) => isIn([model.id], id)) ?? null,
    row: rowOf(model),
    listedNames: name && list && !isUnlisted(name, model) ? list.models.map((model) => `${name}/${model.id}`) : null,
    isFree: providerOf(model)?.isFree === true,
  };
}

/** A price that a person set counts for a local model too. */
function priced(model: string, facts: Facts): { prices: TieredPrices; from: Source | "free" } | null {
  return pricesFrom(facts) ?? (providerOf(model)?.isFree ? { prices: FREE, from: "free" } : null);
}

/**
 * The provider's usual model while the provider has it; else the newest of its family. A newer one of the family is
 * taken when its price is known, because limits on money need a price.
 */
function usualModel(sources: KnownModelsSources, provider: ProviderName, access: ProviderAccess): string | null {
  const usual = PROVIDERS[provider].defaultModel;
  if (usual === null) return null;
  const providers = { [provider]: access };
  const standing = (model: string) => standingFrom(model, factsOf(sources, model, providers), sources.now());
  const list = sources.lists.of(provider, access);
  const names = list ? list.models.map(({ id }) => `${provider}/${id}`) : [usual];
  const newest = names
    .filter((name) => isSameFamily(name, usual) && standing(name).kind === "current")
    .filter((name) => pricesFrom(factsOf(sources, name, providers)) !== null)
    .toSorted(byVersion)
    .at(-1);
  if (newest !== undefined && (byVersion(newest, usual) > 0 || standing(usual).kind !== "current")) return newest;
  const { kind, replacement } = standing(usual);
  return kind === "current" || kind === "unknown" ? usual : (replacement ?? nearestModel(usual, names) ?? usual);
}

function allOf(sources: KnownModelsSources, provider: ProviderName): FoundModel[] {
  const providers = sources.access();
  const list = sources.lists.of(provider, providers[provider] ?? {});
  const isForTasks = PROVIDERS[provider].list.isForTasks ?? (() => true);
  const listed = list?.models.filter(({ id }) => isForTasks(id)).map(({ id }) => `${provider}/${id}`) ?? [];
  const set = Object.keys(sources.own.all()).filter((name) => nameOfProvider(name) === provider);
  return [...new Set([...set, ...listed, ...tableNames(provider)])].map((name) => {
    const facts = factsOf(sources, name, providers);
    const { from, ...limits } = limitsFrom(facts);
    const price = priced(name, facts);
    return {
      name,
      limits,
      limitsFrom: from,
      prices: price?.prices ?? null,
      pricesFrom: price?.from ?? null,
      isListed: facts.listedNames ? isIn(facts.listedNames, name) : null,
      standing: standingFrom(name, facts, sources.now()),
    };
  });
}
