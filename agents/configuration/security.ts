/** The database's vault, its redactor, and the file of the audit's anchor. */
import type { Store } from "@/db/store";
import { anchorFileOf } from "@/lib/audit-anchor";
import type { Settings } from "@/lib/env";
import { withInnerValues } from "@/lib/secrets/inner-values";
import { createKeyFile } from "@/lib/secrets/key-file";
import { createKeyring } from "@/lib/secrets/keyring";
import { createRedactor, type Redactor } from "@/lib/secrets/redact";
import { createVault, type Vault } from "@/lib/secrets/vault";

export interface Security {
  vault: Vault;
  redactor: Redactor;
  /** The file with the audit's newest hash. */
  anchorFile: string;
  /** Key files and folders of launchers that no tool may show, even in a person's folder. */
  keyPaths: string[];
}

export interface SecuritySources {
  store: Pick<Store, "secrets" | "client">;
  settings: Pick<Settings, "keyFile" | "launcherHomes" | "secretKey" | "knownValues" | "dataDir">;
  checkout: string;
  /** Called when secrets cannot be read and therefore are not redacted. */
  report?(message: string, error?: unknown): void;
}

/** Reads and creates nothing yet, so a broken key file is reported only when it is needed. */
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
    keyPaths: [settings.keyFile, `${settings.keyFile}.incoming`, anchorFile, ...settings.launcherHomes],
  };
}

/** Returns the redactor. It never throws: when secrets can no longer be read, it still redacts those known before. */
function redactorOf(vault: Vault, known: Settings["knownValues"], report: SecuritySources["report"]): Redactor {
  let stored: Settings["knownValues"] = [];
  let said = "";
  const orElse = <T>(read: () => T, instead: T): T => {
    try {
      return read();
    } catch (error) {
      const fault = String(error);
      // A report is redacted too, and would find the same fault again, and again.
      if (fault !== said) {
        said = fault;
        report?.("The secrets cannot be read, so new secrets are not redacted.", error);
      }
      return instead;
    }
  };
  let version = "";
  return createRedactor({
    values() {
      stored = orElse(() => {
        const values = vault.values().flatMap(withInnerValues);
        said = "";
        return values;
      }, stored);
      return [...stored, ...known];
    },
    version() {
      version = orElse(() => vault.version(), version);
      return version;
    },
  });
}
