/**
 * The model providers in use, with keys and addresses. An admin may change them at any time in any process, so each
 * call looks whether they changed. For each provider, all values come from the environment, which takes precedence, or
 * all from the database: a key is never sent to an address from another source. One exception: the environment's address
 * without a key takes the saved key, if an admin saved the key for this address.
 */
import type { ProviderAddresses } from "@/db/configuration/provider-addresses";
import { readEachTime } from "@/db/file/glance";
import type { Writes } from "@/db/file/writes";
import type { Settings } from "@/lib/env";
import type { KnownModels } from "@/lib/models/known-models";
import type { ProviderAccess } from "@/lib/models/protocols/model-provider";
import { PROVIDER_NAMES, PROVIDERS, type ProviderName, type ProviderSettings } from "@/lib/models/providers/table";
import type { Vault } from "@/lib/secrets/vault";
import { type ModelState, modelStates } from "./model-states";

/** Facts that are stored in addition to the keys. */
export interface KeptProviders {
  addresses: Partial<Record<ProviderName, string>>;
  /** Chosen by an admin. */
  defaultModel?: string;
  /** Who saved something for a provider last. */
  kept?: Partial<Record<ProviderName, { by: string; at: string }>>;
}

export interface Providers {
  /** Returns what each model call uses. */
  settings(): ProviderSettings;
  defaultModel(): string;
  states(): ModelState[];
  /** Returns the environment's settings, or null when it has none for the provider. */
  given(name: ProviderName): ProviderAccess | null;
  kept(name: ProviderName): ProviderAccess;
  /** Returns where the settings in use come from: `page` also for a saved key with the environment's address. */
  source(name: ProviderName): "environment" | "page" | null;
  /** Returns who saved the key or address, and when (ISO 8601). */
  keptBy(name: ProviderName): { by: string; at: string } | null;
  /** The model that tasks use when nobody chose one and only this provider is set up; null when a person has to choose. */
  usualModel(name: ProviderName): string | null;
}

export interface ProviderSources {
  settings: Pick<Settings, "providers" | "wantedModel">;
  vault: Pick<Vault, "get" | "version">;
  addresses: Pick<ProviderAddresses, "read">;
  /** What the providers' lists say about their usual models; absent: the usual models of this version. */
  models?: Pick<KnownModels, "usualModel" | "version">;
  /** How the store says that something may have changed (db/file/glance.ts); absent: it is read each time. */
  glance?: Writes["glance"];
}

export function createProviders(sources: ProviderSources): Providers {
  const { settings, vault, addresses, models, glance = readEachTime } = sources;
  let known: { version: string; now: Now } | undefined;
  const stored = () => `${versionOf(vault)} ${addresses.read()}`;
  const versionNow = glance(() => `${models?.version()} ${stored()}`);
  function now(): Now {
    const version = versionNow();
    if (known?.version !== version) known = { version, now: readTogether() };
    return known.now;
  }
  /** Reads keys and addresses of one moment: another process may replace both in between. */
  function readTogether(): Now {
    for (;;) {
      const before = stored();
      const found = read(addresses.read());
      if (stored() === before) return found;
    }
  }
  function read(text: string | null): Now {
    const facts = keptIn(text);
    // A kept key of Bedrock's still needs the region, which only the environment gives.
    const withFurther = (access: ProviderAccess, name: ProviderName) => {
      const further = settings.providers[name]?.settings;
      return further ? { ...access, settings: further } : access;
    };
    const kept = byName((name) => ({ key: storedKey(vault, name), baseUrl: facts.addresses[name] }));
    const used = byName((name) => {
      const given = givenAccess(settings.providers, name);
      return given === null ? withFurther(kept[name], name) : withKeptKey(name, given, kept[name]);
    });
    return { facts, kept, providers: used, ...defaultOf(settings.wantedModel, facts.defaultModel, used, usualModel) };
  }
  function usualModel(name: ProviderName, access: ProviderAccess): string | null {
    return models ? models.usualModel(name, access) : PROVIDERS[name].defaultModel;
  }
  return {
    settings: () => now().providers,
    defaultModel: () => now().defaultModel,
    states: () => now().states,
    given: (name) => givenAccess(settings.providers, name),
    kept: (name) => now().kept[name],
    source(name) {
      const { kept, providers } = now();
      const given = givenAccess(settings.providers, name);
      if (given !== null) return given.key === providers[name]?.key ? "environment" : "page";
      return kept[name].key || kept[name].baseUrl ? "page" : null;
    },
    keptBy: (name) => now().facts.kept?.[name] ?? null,
    usualModel: (name) => usualModel(name, now().providers[name] ?? {}),
  };
}

interface Now {
  facts: KeptProviders;
  kept: Record<ProviderName, ProviderAccess>;
  providers: ProviderSettings;
  defaultModel: string;
  states: ModelState[];
}

/** Returns the default model: the setting, else an admin's choice if usable, else the first provider with a default. */
function defaultOf(
  wanted: string | null,
  chosen: string | undefined,
  providers: ProviderSettings,
  usualModel: (name: ProviderName, access: ProviderAccess) => string | null,
) {
  const statesFor = (model: string) => modelStates(providers, model);
  const isUsable = (model: string) =>
    statesFor(wanted ?? "").some(({ name, available }) => available && model.startsWith(`${name}/`));
  const defaultModel =
    wanted ??
    (chosen !== undefined && isUsable(chosen) ? chosen : undefined) ??
    PROVIDER_NAMES.filter((name) => PROVIDERS[name].offersDefault(providers[name] ?? {}))
      .map((name) => usualModel(name, providers[name] ?? {}))
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

function withKeptKey(name: ProviderName, given: ProviderAccess, kept: ProviderAccess): ProviderAccess {
  const isOpen = !given.key && !PROVIDERS[name].isGiven?.(given);
  const isForAddress = given.baseUrl !== undefined && withoutSlash(given.baseUrl) === kept.baseUrl;
  return isOpen && isForAddress && kept.key ? { ...given, key: kept.key } : given;
}

/** Returns an address in the form in which it is saved. */
export function withoutSlash(address: string): string {
  return address.replace(/\/+$/, "");
}

export function secretOf(name: ProviderName): string {
  return `provider/${name}`;
}

/** Returns the saved key. An unreadable secret counts as missing; `doctor` says why. The second name is an old one. */
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
