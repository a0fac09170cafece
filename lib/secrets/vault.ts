/**
 * Stores secrets by name, encrypted with a key that is kept outside the database. Only the server's process can read a
 * value; people see at most its last four characters.
 */
import { type SealedSecret, seal, unseal } from "./cipher";
import { SecretError } from "./errors";
import type { Keyring } from "./keyring";

const NAME = /^[a-z0-9_/.-]{1,120}$/;
const MOST_VALUE_BYTES = 64 * 1024;
/** The last four characters of a shorter value would reveal too much. */
const LEAST_SHOWN = 12;

interface SecretRow extends SealedSecret {
  lastFour: string;
  updatedBy: string;
  updatedAtMs: number;
}

/** Stores the rows. */
export interface SecretStore {
  /** Returns an id that stays with the database when it is moved or copied; created at first use. */
  database(): Promise<string>;
  /** Returns that id, or null while there is none. */
  knownDatabase(): string | null;
  /** Returns all rows, sorted by name. */
  rows(): SecretRow[];
  row(name: string): SecretRow | null;
  /** Returns a value that changes when any secret is set, removed or re-encrypted; cheap. */
  version(): string;
  put(row: Omit<SecretRow, "updatedAtMs">): Promise<void>;
  /** Returns false when there was none. */
  remove(name: string): Promise<boolean>;
  /** Replaces each row by the result of `seal`, all or none. */
  reseal(seal: (row: SecretRow) => SealedSecret | null): Promise<void>;
}

interface ListedSecret {
  name: string;
  /** Empty for a short value. */
  lastFour: string;
  updatedBy: string;
  updatedAtMs: number;
}

interface Rotation {
  /** The number of secrets that are now encrypted with the new key. */
  renewed: number;
  /** The number of old keys that were dropped. */
  dropped: number;
  /** Names of unreadable secrets, which keep their rows and keys. */
  unreadable: string[];
}

export interface Vault {
  /** Creates a secret, or replaces its value. Throws SecretError. */
  set(name: string, value: string, by: string): Promise<void>;
  list(): ListedSecret[];
  /**
   * Returns a value, for the server's process only; null when there is none. Throws SecretError when it cannot be read.
   */
  get(name: string): string | null;
  /** Returns all readable values, for the redactor. */
  values(): { name: string; value: string }[];
  version(): string;
  /** Returns one sentence for each unreadable secret. */
  faults(): string[];
  /** Throws SecretError not_found. */
  remove(name: string): Promise<void>;
  rotate(): Promise<Rotation>;
}

export function createVault(store: SecretStore, keyring: Keyring): Vault {
  const keys = () => {
    const database = store.knownDatabase();
    return database === null ? [] : keyring.keys(database);
  };
  return {
    async set(name, value, by) {
      checkSecret(name, value);
      const database = await store.database();
      const lastFour = [...value].length >= LEAST_SHOWN ? [...value].slice(-4).join("") : "";
      // Held until the row is stored, so that no rotation drops the key meanwhile.
      await keyring.alone(() => store.put({ ...seal(keyring.newest(database), name, value), lastFour, updatedBy: by }));
    },
    list: () =>
      store.rows().map(({ name, lastFour, updatedBy, updatedAtMs }) => ({ name, lastFour, updatedBy, updatedAtMs })),
    get(name) {
      const row = store.row(name);
      return row && unseal(keys(), row);
    },
    values() {
      const rows = store.rows();
      return rows.length === 0 ? [] : readable(rows, keys());
    },
    version: () => store.version(),
    faults() {
      const rows = store.rows();
      return rows.length === 0 ? [] : faultsOf(rows, keys);
    },
    async remove(name) {
      checkName(name);
      if (!(await store.remove(name))) throw new SecretError("not_found", `There is no secret ${name}.`);
    },
    async rotate() {
      const database = await store.database();
      return keyring.alone(() => rotate(store, keyring, database));
    },
  };
}

/**
 * The new key is in the file before a row needs it, and old keys stay until no row needs them. After a kill in between,
 * everything is readable, and the next rotation completes it.
 */
async function rotate(store: SecretStore, keyring: Keyring, database: string): Promise<Rotation> {
  const known = keyring.keys(database);
  const newest = keyring.renew(database);
  const unreadable: string[] = [];
  let renewed = 0;
  await store.reseal((row) => {
    try {
      const sealed = seal(newest, row.name, unseal(known, row));
      renewed += 1;
      return sealed;
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      unreadable.push(row.name);
      return null;
    }
  });
  const needed = new Set([newest.id, ...store.rows().map((row) => row.keyId)]);
  return { renewed, dropped: keyring.keep(database, needed), unreadable };
}

function readable(rows: SecretRow[], keys: ReturnType<Keyring["keys"]>): { name: string; value: string }[] {
  return rows.flatMap((row) => {
    try {
      return [{ name: row.name, value: unseal(keys, row) }];
    } catch {
      return [];
    }
  });
}

function faultsOf(rows: SecretRow[], keys: () => ReturnType<Keyring["keys"]>): string[] {
  try {
    const known = keys();
    return rows.flatMap((row) => {
      try {
        unseal(known, row);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Throws SecretError when a vault would not take it. */
export function checkSecret(name: string, value: string): void {
  checkName(name);
  checkValue(value);
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new SecretError(
    "invalid",
    `${JSON.stringify(name.slice(0, 130))} is not a valid name for a secret: use 1 to 120 of the characters a-z, 0-9, "_", "/", "." and "-".`,
    "name",
  );
}

function checkValue(value: string): void {
  if (value.trim() === "") throw new SecretError("invalid", "The secret is empty: give it a value.", "value");
  if (Buffer.byteLength(value) > MOST_VALUE_BYTES)
    throw new SecretError(
      "too_large",
      "The secret is larger than 64 KB: keep a file of that size outside Banyan.",
      "value",
    );
}
