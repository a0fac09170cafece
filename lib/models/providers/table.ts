/** The table of model providers. Settings, keys, pages, the command line and calls all read it. */
import type { ModelProvider, ProviderAccess } from "../protocols/model-provider";
import { anthropic } from "./anthropic";
import { bedrock } from "./bedrock";
import { google } from "./google";
import type { LABELS } from "./labels";
import { ollama } from "./ollama";
import { openai } from "./openai";

const TABLE = { anthropic, openai, google, bedrock, ollama } satisfies Record<keyof typeof LABELS, ModelProvider>;

export type ProviderName = keyof typeof TABLE;
export const PROVIDERS: Readonly<Record<ProviderName, ModelProvider>> = TABLE;
export const PROVIDER_NAMES = Object.keys(TABLE) as ProviderName[];

/** Key and address per provider; absent when none was given. */
export type ProviderSettings = Readonly<Partial<Record<ProviderName, ProviderAccess>>>;

export function providerNamed(name: string): ProviderName | null {
  return PROVIDER_NAMES.find((known) => known === name) ?? null;
}

/** The valid forms of a model's name, for error messages: `anthropic/…, openai/… or runbook`. */
export const MODEL_FORM = `${PROVIDER_NAMES.map((name) => `${name}/…`).join(", ")} or runbook`;

/** Whether a text has the form of a model's name. Only the provider knows whether the model exists. */
export function isModelName(text: string): boolean {
  const [provider = "", ...rest] = text.split("/");
  return text === "runbook" || (providerNamed(provider) !== null && /^\S+$/.test(rest.join("/")));
}

/** Returns the provider of a model's name; null for runbooks and unknown providers. */
export function providerOf(model: string): ModelProvider | null {
  const name = providerNamed(model.slice(0, Math.max(0, model.indexOf("/"))));
  return name && PROVIDERS[name];
}

/** Returns the key and address of each provider from the environment's settings. */
export function accessFrom(settings: Readonly<Record<string, unknown>>): ProviderSettings {
  const text = (name: string | null) => {
    const value = name === null ? undefined : settings[name];
    return typeof value === "string" ? value : undefined;
  };
  return Object.fromEntries(
    PROVIDER_NAMES.map((name) => {
      const { keySetting, keyAliases = [], otherSettings, urlSetting } = PROVIDERS[name];
      const key = [keySetting, ...keyAliases].map(text).find((value) => value !== undefined);
      const further = (otherSettings ?? []).flatMap((other) => (text(other) ? [[other, text(other)]] : []));
      const access = { key, baseUrl: text(urlSetting) };
      return [name, further.length > 0 ? { ...access, settings: Object.fromEntries(further) } : access];
    }),
  );
}
