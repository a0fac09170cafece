/** The vault of this database, its redactor, and the place of the audit's anchor. */
import type { Store } from "@/db/store";
import { anchorFileOf } from "@/lib/audit-anchor";
import type { Settings } from "@/lib/env";
import { createKeyFile } from "@/lib/secrets/key-file";
import { createKeyring } from "@/lib/secrets/keyring";
import { createRedactor, type Redactor } from "@/lib/secrets/redact";
import { createVault, type Vault } from "@/lib/secrets/vault";

export interface Security {
  vault: Vault;
  redactor: Redactor;
  /** The audit's newest hash is kept in it. */
  anchorFile: string;
}

export interface SecuritySources {
  store: Pick<Store, "secrets" | "client">;
  settings: Pick<Settings, "keyFile" | "secretKey" | "knownValues" | "dataDir">;
  checkout: string;
}

/** Nothing is read or made yet: that there is something wrong with the key file is said when it is needed. */
export function createSecurity({ store, settings, checkout }: SecuritySources): Security {
  const keyFile = createKeyFile({
    file: settings.keyFile,
    outside: [
      { path: settings.dataDir, what: "the data folder" },
      { path: checkout, what: "Banyan's own folder" },
    ],
  });
  const vault = createVault(store.secrets, createKeyring(keyFile, settings.secretKey));
  return {
    vault,
    redactor: createRedactor({
      values: () => [...vault.values(), ...settings.knownValues],
      version: () => vault.version(),
    }),
    anchorFile: anchorFileOf(settings.keyFile, store.client.file),
  };
}

type Providers = Settings["providers"];

/** What the environment says wins. A secret that cannot be read counts as none: `doctor` says why. */
export function withStoredKeys(providers: Providers, vault: Pick<Vault, "get">): Providers {
  const stored = (name: string) => {
    try {
      return vault.get(name) ?? undefined;
    } catch {
      return undefined;
    }
  };
  return {
    ...providers,
    anthropicApiKey: providers.anthropicApiKey ?? stored("anthropic_api_key"),
    openaiApiKey: providers.openaiApiKey ?? stored("openai_api_key"),
  };
}
