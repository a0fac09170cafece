/**
 * Which providers of models can be used now, with which keys and addresses. An admin changes them while everything runs, in
 * whatever process: each call looks anew. For each provider either all comes from the environment, which wins, or all of it
 * from here: a key is never sent to an address that came from somewhere else.
 */
import type { ProviderAddresses } from "@/db/configuration/provider-addresses";
import type { Settings } from "@/lib/env";
import type { ProviderAccess } from "@/lib/models/protocols/model-provider";
import { PROVIDER_NAMES, PROVIDERS, type ProviderName, type ProviderSettings } from "@/lib/models/providers/table";
import type { Vault } from "@/lib/secrets/vault";
import { type ModelState, modelStates } from "./model-states";

/** What is kept beside the keys. */
export interface KeptProviders {
  addresses: Partial<Record<ProviderName, string>>;
  /** Chosen by an admin. */
  defaultModel?: string;
  /** Who kept something for a provider last. */
  kept?: Partial<Record<ProviderName, { by: string; at: string }>>;
}

export interface Providers {
  /** What each call of a model uses. */
  settings(): ProviderSettings;
  defaultModel(): string;
  states(): ModelState[];
  /** Of the environment; null: it says nothing of the provider. */
  given(name: ProviderName): ProviderAccess | null;
  kept(name: ProviderName): ProviderAccess;
  /** Who kept it, and when (ISO 8601). */
  keptBy(name: ProviderName): { by: string; at: string } | null;
}

export interface ProviderSources {
  settings: Pick<Settings, "providers" | "wantedModel">;
  vault: Pick<Vault, "get" | "version">;
  addresses: Pick<ProviderAddresses, "read">;
}

export function createProviders({ settings, vault, addresses }: ProviderSources): Providers {
  let known: { version: string; now: Now } | undefined;
  function now(): Now {
    const text = addresses.read();
    const version = `${versionOf(vault)} ${text}`;
    if (known?.version !== version) known = { version, now: read(text) };
    return known.now;
  }
  function read(text: string | null): Now {
    const facts = keptIn(text);
    // A kept key of Bedrock's still needs the region, which only the environment gives.
    const withFurther = (access: ProviderAccess, name: ProviderName) => {
      const further = settings.providers[name]?.settings;
      return further ? { ...access, settings: further } : access;
    };
    const kept = byName((name) => ({ key: storedKey(vault, name), baseUrl: facts.addresses[name] }));
    const used = byName((name) => givenAccess(settings.providers, name) ?? withFurther(kept[name], name));
    return { facts, kept, providers: used, ...defaultOf(settings.wantedModel, facts.defaultModel, used) };
  }
  return {
    settings: () => now().providers,
    defaultModel: () => now().defaultModel,
    states: () => now().states,
    given: (name) => givenAccess(settings.providers, name),
    kept: (name) => now().kept[name],
    keptBy: (name) => now().facts.kept?.[name] ?? null,
  };
}

interface Now {
  facts: KeptProviders;
  kept: Record<ProviderName, ProviderAccess>;
  providers: ProviderSettings;
  defaultModel: string;
  states: ModelState[];
}

/** The setting wins, then what an admin chose and can be used, then the first provider that needs no choice. */
function defaultOf(wanted: string | null, chosen: string | undefined, providers: ProviderSettings) {
  const statesFor = (model: string) => modelStates(providers, model);
  const isUsable = (model: string) =>
    statesFor(wanted ?? "").some(({ name, available }) => available && model.startsWith(`${name}/`));
  const defaultModel =
    wanted ??
    (chosen !== undefined && isUsable(chosen) ? chosen : undefined) ??
    PROVIDER_NAMES.filter((name) => PROVIDERS[name].offersDefault(providers[name] ?? {}))
      .map((name) => PROVIDERS[name].defaultModel)
      .find((model) => model !== null) ??
    "runbook";
  return { defaultModel, states: statesFor(defaultModel) };
}

function byName<Value>(make: (name: ProviderName) => Value): Record<ProviderName, Value> {
  return Object.fromEntries(PROVIDER_NAMES.map((name) => [name, make(name)])) as Record<ProviderName, Value>;
}

function givenAccess(providers: Settings["providers"], name: ProviderName): ProviderAccess | null {
  const given = providers[name];
  return given && (given.key || given.baseUrl || PROVIDERS[name].isGiven?.(given)) ? given : null;
}

export function secretOf(name: ProviderName): string {
  return `provider/${name}`;
}

/** A secret that cannot be read counts as none: `doctor` says why. The second name is what it had before there was a page. */
function storedKey(vault: Pick<Vault, "get">, name: ProviderName): string | undefined {
  try {
    return vault.get(secretOf(name)) ?? vault.get(`${name}_api_key`) ?? undefined;
  } catch {
    return undefined;
  }
}

function versionOf(vault: Pick<Vault, "version">): string {
  try {
    return vault.version();
  } catch {
    return "";
  }
}

export function keptIn(text: string | null): KeptProviders {
  return text === null ? { addresses: {} } : (JSON.parse(text) as KeptProviders);
}
