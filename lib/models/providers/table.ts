/** The table of model providers. Settings, keys, pages, the command line and calls all read it. */

import type { ModelProvider, ProviderAccess } from "../protocols/model-provider";
import { anthropic } from "./anthropic";
import { ollama } from "./ollama";
import { openai } from "./openai";

const TABLE = { anthropic, openai, ollama };

export type ProviderName = keyof typeof TABLE;
export const PROVIDERS: Readonly<Record<ProviderName, ModelProvider>> = TABLE;
export const PROVIDER_NAMES = Object.keys(TABLE) as ProviderName[];

/** Key and address per provider; absent when none was given. */
export type ProviderSettings = Readonly<Partial<Record<ProviderName, ProviderAccess>>>;

export function providerNamed(name: string): ProviderName | null {
  return PROVIDER_NAMES.find((one) => one === name) ?? null;
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
      const { keySetting, urlSetting } = PROVIDERS[name];
      return [name, { key: text(keySetting), baseUrl: text(urlSetting) }];
    }),
  );
}
