/** Keys and addresses of providers of models, for admins. A key comes in and never goes out again. */

import { type Commands, UserError } from "@/agents/application";
import { type KeptProviders, keptIn, type Providers, secretOf } from "@/agents/providers/providers";
import { isoOf } from "@/agents/queries/providers";
import type { ProviderKey } from "@/core/shapes/providers";
import type { Store } from "@/db/store";
import { addressFault, testAccess } from "@/lib/models/list-models";
import { parseModel } from "@/lib/models/model-name";
import { PROVIDER_NAMES, PROVIDERS, type ProviderName, providerNamed } from "@/lib/models/providers/table";
import type { Vault } from "@/lib/secrets/vault";
import { inOneSentence } from "./secrets";

type ProviderCommands = Pick<Commands, "setProviderKey" | "removeProviderKey" | "testProvider">;

interface ProviderCommandSources {
  store: Pick<Store, "providerAddresses">;
  security: { vault: Vault };
  providers: Providers;
  now(): number;
}

const MOST_KEY_CHARACTERS = 10_000;

export function createProviderCommands({ store, security, providers, now }: ProviderCommandSources): ProviderCommands {
  const { vault } = security;
  const { providerAddresses: facts } = store;
  const change = (work: (kept: KeptProviders) => KeptProviders) =>
    facts.change((before) => JSON.stringify(work(keptIn(before))));
  return {
    setProviderKey: (wanted, actor) =>
      inOneSentence(async () => {
        const { name, key, baseUrl } = accessOf(wanted, providers);
        const model = wanted.model ? modelOf(wanted.model, name) : undefined;
        // The key first: an address without it is of no use, and it without the address is what it was before.
        if (key) await vault.set(secretOf(name), key, actor.name);
        const by = { by: actor.name, at: isoOf(now()) };
        await change(({ addresses: { [name]: _, ...others }, defaultModel, kept }) => ({
          addresses: { ...others, ...(baseUrl && { [name]: baseUrl }) },
          defaultModel: model ?? defaultModel,
          kept: { ...kept, [name]: by },
        }));
        return { sentence: keptSentence(name, providers) };
      }),
    removeProviderKey: (given) =>
      inOneSentence(async () => {
        const name = named(given);
        const names = [secretOf(name), `${name}_api_key`];
        const held = vault.list().filter((one) => names.includes(one.name));
        if (held.length === 0 && !providers.kept(name).baseUrl)
          throw new UserError("not_found", `Nothing is kept here for ${PROVIDERS[name].label}.`);
        for (const one of held) await vault.remove(one.name);
        await change(({ addresses: { [name]: _, ...addresses }, kept: { [name]: __, ...kept } = {}, ...rest }) => ({
          ...rest,
          addresses,
          kept,
        }));
        const still = providers.given(name) ? " The environment's settings go on." : " Tasks that need it fail.";
        return { sentence: `What was kept for ${PROVIDERS[name].label} is removed.${still}` };
      }),
    testProvider: (wanted) =>
      inOneSentence(async () => {
        const { name, key, baseUrl } = accessOf(wanted, providers, "what is used");
        return testAccess({ provider: name, key, ...(baseUrl && { baseUrl }) });
      }),
  };
}

function named(given: string): ProviderName {
  const name = providerNamed(given);
  if (name) return name;
  throw new UserError(
    "not_found",
    `There is no provider “${given.slice(0, 100)}”: it is ${PROVIDER_NAMES.join(", ")}.`,
  );
}

/** What was sent, together with the key that is kept for the same address. `otherwise`: with nothing sent, what calls use. */
function accessOf(wanted: ProviderKey, providers: Providers, otherwise?: "what is used") {
  const name = named(wanted.provider);
  const { label, keySetting } = PROVIDERS[name];
  const sent = wanted.key?.trim() || undefined;
  const baseUrl = wanted.base_url?.trim().replace(/\/+$/, "") || undefined;
  if (sent && keySetting === null) throw new UserError("invalid", `${label} takes no key: give its address.`);
  if (sent && (sent.length > MOST_KEY_CHARACTERS || !/^[\x21-\x7e]+$/.test(sent)))
    throw new UserError("invalid", "The key has characters that no key has: copy it again, without spaces.");
  const fault = baseUrl ? addressFault(baseUrl) : null;
  if (fault) throw new UserError("invalid", fault);
  if (otherwise && !sent && !baseUrl) return { name, ...(providers.given(name) ?? providers.kept(name)) };
  if (!sent && !baseUrl) throw new UserError("invalid", `Give ${keySetting === null ? "its address" : "the key"}.`);
  const kept = providers.kept(name);
  // A key that is kept goes to no address but the one that it was given for.
  const isElsewhere = kept.key !== undefined && baseUrl !== kept.baseUrl;
  if (!sent && isElsewhere)
    throw new UserError("conflict", `The key that is kept was given for another address: give the key again, too.`);
  return { name, key: sent ?? kept.key, baseUrl };
}

function modelOf(given: string, name: ProviderName): string {
  const model = given.trim();
  if (parseModel(model)?.provider === name && model.length <= 200) return model;
  throw new UserError("invalid", `“${model.slice(0, 100)}” is no model of ${PROVIDERS[name].label}: write ${name}/….`);
}

function keptSentence(name: ProviderName, providers: Providers): string {
  const { label, keySetting, urlSetting } = PROVIDERS[name];
  if (providers.given(name))
    return `Kept for ${label}, and not used: ${[keySetting, urlSetting].filter(Boolean).join(" or ")} in the environment wins.`;
  const model = providers.defaultModel();
  const uses = model === "runbook" ? "Name a model with each task, or choose the default one." : `Tasks use ${model}.`;
  return `Kept for ${label}, encrypted, and used from now on. ${uses} Retry what failed without a key.`;
}
