/**
 * Which keys there are for a database: those of the key file, and before them the one that is derived from the setting
 * SYSTEM_SECRET_KEY when that is set. It is for machines on which no file lasts; a file is safer, because every program of
 * the same user can read what stands in a process's environment. While it is set no key is made in the file.
 */
import { createHash, hkdfSync } from "node:crypto";
import fs from "node:fs";
import { KEY_BYTES, type Key, type KeyFile } from "./key-file";

export interface Keyring {
  /** The newest first. Throws SecretError. */
  keys(database: string): Key[];
  /** Nobody else changes the keys meanwhile. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** What is encrypted with now; made at first need. Call it in `alone`. */
  newest(database: string): Key;
  /** For a rotation: a new key, which is the newest from now on. Call it in `alone`. */
  renew(database: string): Key;
  /** Drops the file's keys of the database but those. Returns how many. Call it in `alone`. */
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

/** The id tells keys of different settings apart, and nothing of the setting. */
function derivedKey(systemKey: string, database: string): Key {
  const bytes = Buffer.from(hkdfSync("sha256", systemKey, "banyan secrets 1", `database ${database}`, KEY_BYTES));
  const id = createHash("sha256").update("banyan key id").update(bytes).digest("hex").slice(0, 16);
  return { id: `system-${id}`, bytes };
}
