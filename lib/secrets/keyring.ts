/**
 * The keys of a database: the key derived from the setting SYSTEM_SECRET_KEY, if set, and then those of the key file.
 * The setting is for machines without lasting files; a file is safer, because every program of the same user can read a
 * process's environment. While it is set, no key is added to the file.
 */
import { createHash, hkdfSync } from "node:crypto";
import fs from "node:fs";
import { KEY_BYTES, type Key, type KeyFile } from "./key-file";

export interface Keyring {
  /** Returns the keys, newest first. Throws SecretError. */
  keys(database: string): Key[];
  /** Runs work while no other caller changes the keys. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Returns the key that encrypts now; created at first use. Call it in `alone`. */
  newest(database: string): Key;
  /** Returns a new key for a rotation, which is the newest from now on. Call it in `alone`. */
  renew(database: string): Key;
  /** Drops all the file's keys of the database except these. Returns how many. Call it in `alone`. */
  keep(database: string, ids: ReadonlySet<string>): number;
}

export function createKeyring(file: KeyFile, systemKey: string | null): Keyring {
  const derived = (database: string): Key[] => (systemKey === null ? [] : [derivedKey(systemKey, database)]);
  const keys = (database: string) => [...derived(database), ...file.keys(database)];
  return {
    keys,
    alone: (work) => (systemKey !== null && !fs.existsSync(file.file) ? work() : file.alone(work)),
    newest: (database) => keys(database)[0] ?? file.add(database),
    renew: (database) => derived(database)[0] ?? file.add(database),
    keep: (database, ids) => file.keep(database, ids),
  };
}

/** The id differs between settings, and reveals nothing about the setting. */
function derivedKey(systemKey: string, database: string): Key {
  const bytes = Buffer.from(hkdfSync("sha256", systemKey, "banyan secrets 1", `database ${database}`, KEY_BYTES));
  const id = createHash("sha256").update("banyan key id").update(bytes).digest("hex").slice(0, 16);
  return { id: `system-${id}`, bytes };
}
