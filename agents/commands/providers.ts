/** Keys and addresses of model providers. A key is stored and never shown again. */
import { z } from "zod";
import { aboutField, UserError, wrongField } from "@/agents/application";
import { inOneSentence } from "@/agents/commands/installation/secrets";
import { hostIn } from "@/agents/operations/audit";
import { said, shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { accessDigest } from "@/agents/providers/access-digest";
import { type KeptProviders, keptIn, type Providers, secretOf, withoutSlash } from "@/agents/providers/providers";
import type { ProviderTest } from "@/core/shapes/installation/providers";
import { retriesText } from "@/core/words/tasks";
import { iso } from "@/db/file/iso";
import type { Store } from "@/db/store";
import { addressFault, testAccess } from "@/lib/models/list-models";
import { parseModel } from "@/lib/models/model-name";
import { PROVIDER_NAMES, PROVIDERS, type ProviderName, providerNamed } from "@/lib/models/providers/table";
import { operation } from "./world/operation";

const MOST_KEY_CHARACTERS = 10_000;

/** A provider's settings. `model` is the default model of tasks. */
const access = z.strictObject({
  key: text.optional().describe("The API key, which goes to the vault; absent: the stored one stays."),
  base_url: text.optional().describe("Address of the API; absent: the provider's own, or the stored one."),
  model: text.optional().describe("Model that tasks use by default, as `provider/model`; absent: it stays."),
});

type Access = z.infer<typeof access> & { id: string };

/** The key is told as whether there is one, the address by its host. */
const toldOf = ({ key, base_url }: Access) => ({ key: Boolean(key), address: hostIn(base_url) });

export const providerOperations = {
  /** Saves a key, an address, or both. The environment's settings take precedence. */
  setProviderKey: operation({
    right: "administer",
    summary: "Sets a key or an address, used from the next call on.",
    on: "name",
    http: "PUT provider-keys/:id",
    input: access,
    keepsSecrets: true,
    audit: ["model"],
    tells: toldOf,
    result: said,
    run: (wanted, actor, { store, security, providers, models, now }) =>
      inOneSentence(async () => {
        const { name, key, baseUrl } = accessOf(wanted, providers);
        const model = wanted.model ? modelOf(wanted.model, name) : undefined;
        const before = accessDigest(providers.settings()[name]);
        // The key first: if the address then fails, calls work as before, while an address without a key fails.
        if (key) await security.vault.set(secretOf(name), key, actor.name);
        const by = { by: actor.name, at: iso(now()) };
        await change(store, ({ addresses: { [name]: _, ...others }, defaultModel, kept }) => ({
          addresses: { ...others, ...(baseUrl && { [name]: baseUrl }) },
          defaultModel: model ?? defaultModel,
          kept: { ...kept, [name]: by },
        }));
        // In the background: another key or address may have other models.
        void models.refresh();
        const retry = await wakeParked({ store, providers }, name, before, actor.name);
        return { sentence: `${keptSentence(name, providers)}${retry}` };
      }),
  }),
  removeProviderKey: operation({
    right: "administer",
    summary: "Removes the saved key and address.",
    on: "name",
    http: "DELETE provider-keys/:id",
    audit: [],
    result: said,
    run: ({ id }, actor, { store, security: { vault }, providers }) =>
      inOneSentence(async () => {
        const name = named(id);
        const before = accessDigest(providers.settings()[name]);
        const names = [secretOf(name), `${name}_api_key`];
        const held = vault.list().filter((secret) => names.includes(secret.name));
        if (held.length === 0 && !providers.kept(name).baseUrl)
          throw new UserError("not_found", `No key or address is saved here for ${PROVIDERS[name].label}.`);
        for (const secret of held) await vault.remove(secret.name);
        await change(
          store,
          ({ addresses: { [name]: _, ...addresses }, kept: { [name]: __, ...kept } = {}, ...rest }) => ({
            ...rest,
            addresses,
            kept,
          }),
        );
        const isUsable = providers.states().some((state) => state.name === name && state.available);
        const still =
          providers.given(name) && isUsable ? " The environment's settings still apply." : " Tasks that need it fail.";
        const retry = isUsable ? await wakeParked({ store, providers }, name, before, actor.name) : "";
        return { sentence: `Removed the key and address of ${PROVIDERS[name].label}.${still}${retry}` };
      }),
  }),
  testProvider: operation({
    right: "administer",
    summary: "Lists the models of the provider, with the sent or the saved key and address. Stores nothing.",
    on: "name",
    http: "POST provider-keys/:id/test",
    input: access,
    keepsSecrets: true,
    audit: [],
    tells: ({ base_url }) => ({ address: hostIn(base_url) }),
    result: shape<ProviderTest>("ProviderTest"),
    run: (wanted, _actor, { providers }) =>
      inOneSentence(async () => {
        const { name, key, baseUrl } = accessOf(wanted, providers, "what is used");
        const { settings } = providers.settings()[name] ?? {};
        return testAccess({ provider: name, key, ...(baseUrl && { baseUrl }), ...(settings && { settings }) });
      }),
  }),
};

function change(
  { providerAddresses }: Pick<Store, "providerAddresses">,
  work: (kept: KeptProviders) => KeptProviders,
): Promise<void> {
  return providerAddresses.change((before) => JSON.stringify(work(keptIn(before))));
}

/**
 * Lets the provider's parked tasks try at once when calls no longer use the account of `before`: what the provider refused
 * to that one says nothing of another. Returns a sentence about them; empty without any.
 */
async function wakeParked(
  { store, providers }: { store: Pick<Store, "providerAddresses">; providers: Pick<Providers, "settings"> },
  name: ProviderName,
  before: string,
  by: string,
): Promise<string> {
  if (accessDigest(providers.settings()[name]) === before) return "";
  const { now, paused } = await store.providerAddresses.wakeTasksOf(name, by);
  if (now + paused === 0) return "";
  if (paused === 0) return ` ${retriesText(now)} now.`;
  if (now === 0) return ` ${retriesText(paused)} when ${paused === 1 ? "it is" : "they are"} resumed.`;
  return ` ${retriesText(now)} now, ${paused} when resumed.`;
}

function named(given: string): ProviderName {
  const name = providerNamed(given);
  if (name) return name;
  throw new UserError(
    "not_found",
    `There is no provider “${given.slice(0, 100)}”. Providers: ${PROVIDER_NAMES.join(", ")}.`,
  );
}

/**
 * Returns the sent key and address, with the saved key when it belongs to the same address. With `otherwise` and
 * nothing sent, returns what calls use now. Throws UserError.
 */
function accessOf(wanted: Access, providers: Providers, otherwise?: "what is used") {
  const name = named(wanted.id);
  const { label, keySetting } = PROVIDERS[name];
  const sent = wanted.key?.trim() || undefined;
  const baseUrl = withoutSlash(wanted.base_url?.trim() ?? "") || undefined;
  if (sent && keySetting === null) throw wrongField("key", `${label} needs no key: give its address.`);
  if (sent && (sent.length > MOST_KEY_CHARACTERS || !/^[\x21-\x7e]+$/.test(sent)))
    throw wrongField("key", "The key contains characters that keys never contain: copy it again, without spaces.");
  const fault = baseUrl ? addressFault(baseUrl) : null;
  if (fault) throw wrongField("base_url", fault);
  if (otherwise && !sent && !baseUrl) return { name, ...(providers.settings()[name] ?? {}) };
  if (!sent && !baseUrl)
    throw keySetting === null ? wrongField("base_url", "Give its address.") : wrongField("key", "Give the key.");
  const kept = providers.kept(name);
  // A saved key is sent only to the address that it was given for.
  const isElsewhere = kept.key !== undefined && baseUrl !== kept.baseUrl;
  if (!sent && isElsewhere)
    throw aboutField(
      "key",
      new UserError("conflict", "The saved key was given for another address: enter the key again."),
    );
  return { name, key: sent ?? kept.key, baseUrl };
}

function modelOf(given: string, name: ProviderName): string {
  const model = given.trim();
  if (parseModel(model)?.provider === name && model.length <= 200) return model;
  throw wrongField("model", `“${model.slice(0, 100)}” is not a model of ${PROVIDERS[name].label}: write ${name}/….`);
}

function keptSentence(name: ProviderName, providers: Providers): string {
  const { label, keySetting, urlSetting } = PROVIDERS[name];
  const given = providers.given(name);
  if (given && !given.key && given.baseUrl && providers.source(name) === "environment" && keySetting !== null)
    return `Saved for ${label}, but not used: ${urlSetting} in the environment sends calls to ${given.baseUrl}. To use the key there, save it with that address.`;
  if (providers.source(name) === "environment")
    return `Saved for ${label}, but not used: ${[keySetting, urlSetting].filter(Boolean).join(" or ")} in the environment takes precedence.`;
  const model = providers.defaultModel();
  const uses = model === "runbook" ? "Name a model with each task, or choose a default model." : `Tasks use ${model}.`;
  return `Saved for ${label}, encrypted, and used from now on. ${uses} Retry tasks that failed without a key.`;
}
