/** Query for the model providers: the state of each key, its address, and who set them. */
import type { Queries } from "@/agents/application";
import type { Providers } from "@/agents/providers/providers";
import { secretOf } from "@/agents/providers/providers";
import type { ListedProvider } from "@/core/shapes/installation/providers";
import { iso } from "@/db/file/iso";
import { withoutCredentials } from "@/lib/env";
import { PROVIDER_NAMES, PROVIDERS } from "@/lib/models/providers/table";
import type { Vault } from "@/lib/secrets/vault";

export function createProviderQueries({
  security,
  providers,
}: {
  security: { vault: Vault };
  providers: Providers;
}): Pick<Queries, "listProviderKeys"> {
  return {
    listProviderKeys: async () => {
      const states = providers.states();
      // A key saved before the settings page existed has a row in the vault only.
      const secrets = security.vault.list();
      return PROVIDER_NAMES.map((name): ListedProvider => {
        const { label, keySetting, keyAliases = [], otherSettings = [], urlSetting, keyStart } = PROVIDERS[name];
        const given = providers.given(name);
        const kept = providers.kept(name);
        const isKept = Boolean(kept.key || kept.baseUrl);
        const { key, baseUrl } = providers.settings()[name] ?? {};
        const state = states.find((state) => state.name === name);
        const row = secrets.find((secret) => secret.name === secretOf(name) || secret.name === `${name}_api_key`);
        const keptBy = providers.keptBy(name) ?? (row ? { by: row.updatedBy, at: iso(row.updatedAtMs) } : null);
        return {
          name,
          label,
          available: state?.available ?? false,
          reason: state?.reason ?? null,
          source: providers.source(name),
          last_four: key && key.length >= 12 ? key.slice(-4) : "",
          has_key: Boolean(key),
          base_url: baseUrl === undefined ? null : withoutCredentials(baseUrl),
          fixed_address: given?.baseUrl === undefined ? null : withoutCredentials(given.baseUrl),
          own_address: PROVIDERS[name].addressFor?.(given ?? {}) ?? PROVIDERS[name].address,
          also_serves: PROVIDERS[name].alsoServes ?? null,
          is_kept: isKept,
          takes_key: keySetting !== null,
          key_start: keyStart,
          usual_model: providers.usualModel(name),
          settings: [keySetting, ...keyAliases, ...otherSettings, urlSetting].filter((key) => key !== null),
          updated_by: keptBy?.by ?? null,
          updated_at: keptBy?.at ?? null,
        };
      });
    },
  };
}
