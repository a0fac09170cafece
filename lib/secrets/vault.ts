/**
 * Secrets by name. What is stored is encrypted with a key that is kept outside the database; a value is read again in the
 * server's process only, and people see its last four characters at most.
 */
import { type SealedSecret, seal, unseal } from "./cipher";
import { SecretError } from "./errors";
import type { Keyring } from "./keyring";

const NAME = /^[a-z0-9_/.-]{1,120}$/;
const MOST_VALUE_BYTES = 64 * 1024;
/** Of a shorter value four characters would give away too much. */
const LEAST_SHOWN = 12;

export interface SecretRow extends SealedSecret {
  lastFour: string;
  updatedBy: string;
  updatedAtMs: number;
}

/** Where the rows are kept. */
export interface SecretStore {
  /** A name of the database that stays with it when it is moved or copied; made at first need. */
  database(): Promise<string>;
  /** The same, or null while it has none. */
  knownDatabase(): string | null;
  /** By name. */
  rows(): SecretRow[];
  row(name: string): SecretRow | null;
  /** Differs when any secret was set, removed or encrypted anew; cheap. */
  version(): string;
  put(row: Omit<SecretRow, "updatedAtMs">): Promise<void>;
  /** False: there was none. */
  remove(name: string): Promise<boolean>;
  /** Replaces what `seal` answers for each row, all or none. */
  reseal(seal: (row: SecretRow) => SealedSecret | null): Promise<void>;
}

export interface ListedSecret {
  name: string;
  /** Empty for a short value. */
  lastFour: string;
  updatedBy: string;
  updatedAtMs: number;
}

export interface Rotation {
  /** How many secrets are encrypted with the new key now. */
  renewed: number;
  /** Old keys that are gone. */
  dropped: number;
  /** Names of secrets that could not be read, and were left as they are, with their keys. */
  unreadable: string[];
}

export interface Vault {
  /** Makes it, or replaces its value. Throws SecretError. */
  set(name: string, value: string, by: string): Promise<void>;
  list(): ListedSecret[];
  /** For the server's process only; null: there is none. Throws SecretError when it cannot be read. */
  get(name: string): string | null;
  /** Those that can be read, for the redactor. */
  values(): { name: string; value: string }[];
  version(): string;
  /** One sentence for each secret that cannot be read. */
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
      checkName(name);
      checkValue(value);
      const database = await store.database();
      const lastFour = [...value].length >= LEAST_SHOWN ? [...value].slice(-4).join("") : "";
      // Until it is stored, so that no rotation drops the key meanwhile.
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
 * The new key is in the file before a row needs it, and the old ones are there until no row does: killed in between,
 * everything can be read, and the next rotation finishes it.
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

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new SecretError(
    "invalid",
    `A secret cannot be named ${JSON.stringify(name.slice(0, 130))}: 1 to 120 of the characters a-z, 0-9, "_", "/", "." and "-".`,
  );
}

function checkValue(value: string): void {
  if (value.trim() === "") throw new SecretError("invalid", "The secret is empty: give it a value.");
  if (Buffer.byteLength(value) > MOST_VALUE_BYTES)
    throw new SecretError("too_large", "The secret is larger than 64 KB: keep a file of that size outside Banyan.");
}
