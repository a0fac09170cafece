/** Secrets as encrypted rows. Neither keys nor values are known here; see lib/secrets. */
import { randomBytes } from "node:crypto";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

export interface SealedRow {
  name: string;
  keyId: string;
  nonce: Buffer;
  /** Ciphertext and tag. */
  data: Buffer;
}

export interface SecretRow extends SealedRow {
  lastFour: string;
  updatedBy: string;
  updatedAtMs: number;
}

export interface Secrets {
  /** A name of the database that stays with it when it is moved or copied; made at first need. */
  database(): Promise<string>;
  /** The same, or null while it has none. */
  knownDatabase(): string | null;
  /** By name. */
  rows(): SecretRow[];
  row(name: string): SecretRow | null;
  /** Differs when any secret was set, removed or encrypted anew. */
  version(): string;
  put(row: Omit<SecretRow, "updatedAtMs">): Promise<void>;
  /** False: there was none. */
  remove(name: string): Promise<boolean>;
  /** Replaces what `seal` answers for each row, in one transaction; null leaves it. */
  reseal(seal: (row: SecretRow) => SealedRow | null): Promise<void>;
}

const DATABASE_FACT = "database";

export function createSecrets(sqlite: Sqlite, log: Writes): Secrets {
  const columns = `name, key_id AS keyId, nonce, data, last_four AS lastFour, updated_by AS updatedBy, updated_at_ms AS updatedAtMs`;
  const all = sqlite.prepare(`SELECT ${columns} FROM secrets ORDER BY name`);
  const one = sqlite.prepare(`SELECT ${columns} FROM secrets WHERE name = ?`);
  // Nonces are random: their sum of a few bytes each differs when any of them does.
  const version = sqlite.prepare("SELECT coalesce(group_concat(hex(nonce), ''), '') FROM secrets").pluck();
  const put = sqlite.prepare(`
    INSERT INTO secrets (name, key_id, nonce, data, last_four, updated_by, updated_at_ms)
    VALUES (@name, @keyId, @nonce, @data, @lastFour, @updatedBy, @now)
    ON CONFLICT (name) DO UPDATE SET key_id = excluded.key_id, nonce = excluded.nonce, data = excluded.data,
      last_four = excluded.last_four, updated_by = excluded.updated_by, updated_at_ms = excluded.updated_at_ms`);
  const remove = sqlite.prepare("DELETE FROM secrets WHERE name = ?");
  const reseal = sqlite.prepare("UPDATE secrets SET key_id = @keyId, nonce = @nonce, data = @data WHERE name = @name");
  const readFact = sqlite.prepare("SELECT value FROM facts WHERE name = ?").pluck();
  const makeFact = sqlite.prepare("INSERT OR IGNORE INTO facts (name, value) VALUES (?, ?)");
  const knownDatabase = () => (readFact.get(DATABASE_FACT) as string | undefined) ?? null;

  return {
    async database() {
      const known = knownDatabase();
      if (known !== null) return known;
      return log.write(() => {
        makeFact.run(DATABASE_FACT, randomBytes(12).toString("hex"));
        return readFact.get(DATABASE_FACT) as string;
      });
    },
    knownDatabase,
    rows: () => all.all() as SecretRow[],
    row: (name) => (one.get(name) as SecretRow | undefined) ?? null,
    version: () => version.get() as string,
    put: (row) => log.write(({ nowMs }) => void put.run({ ...row, now: nowMs })),
    remove: (name) => log.write(() => remove.run(name).changes > 0),
    reseal: (seal) =>
      log.write(() => {
        for (const row of all.all() as SecretRow[]) {
          const sealed = seal(row);
          if (sealed) reseal.run({ name: row.name, keyId: sealed.keyId, nonce: sealed.nonce, data: sealed.data });
        }
      }),
  };
}
