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
  /** What no tool may show, also where a person's folder holds it. */
  keyPaths: string[];
}

export interface SecuritySources {
  store: Pick<Store, "secrets" | "client">;
  settings: Pick<Settings, "keyFile" | "secretKey" | "knownValues" | "dataDir">;
  checkout: string;
  /** Told when secrets cannot be read, so that they are not looked for. */
  report?(message: string, error?: unknown): void;
}

/** Nothing is read or made yet: that there is something wrong with the key file is said when it is needed. */
export function createSecurity({ store, settings, checkout, report }: SecuritySources): Security {
  const keyFile = createKeyFile({
    file: settings.keyFile,
    outside: [
      { path: settings.dataDir, what: "the data folder" },
      { path: checkout, what: "Banyan's own folder" },
    ],
  });
  const anchorFile = anchorFileOf(settings.keyFile, store.client.file);
  const vault = createVault(store.secrets, createKeyring(keyFile, settings.secretKey));
  return {
    vault,
    redactor: redactorOf(vault, settings.knownValues, report),
    anchorFile,
    keyPaths: [settings.keyFile, `${settings.keyFile}.incoming`, anchorFile],
  };
}

/** Never throws: what was known before is still taken out when the secrets cannot be read any more. */
function redactorOf(vault: Vault, known: Settings["knownValues"], report: SecuritySources["report"]): Redactor {
  let stored: Settings["knownValues"] = [];
  const orElse = <T>(read: () => T, instead: T): T => {
    try {
      return read();
    } catch (error) {
      report?.("The secrets cannot be read, so new ones are not taken out of texts.", error);
      return instead;
    }
  };
  let version = "";
  return createRedactor({
    values() {
      stored = orElse(() => vault.values(), stored);
      return [...stored, ...known];
    },
    version() {
      version = orElse(() => vault.version(), version);
      return version;
    },
  });
}
