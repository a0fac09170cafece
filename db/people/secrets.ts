/** Stores secrets as encrypted rows. This file never sees keys or values; see lib/secrets. */
import { randomBytes } from "node:crypto";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

interface SealedRow {
  name: string;
  keyId: string;
  nonce: Buffer;
  /** Ciphertext and tag. */
  data: Buffer;
}

interface SecretRow extends SealedRow {
  lastFour: string;
  updatedBy: string;
  updatedAtMs: number;
}

export interface Secrets {
  /** Resolves with the database's random name, which moves and copies keep. Creates it when first needed. */
  database(): Promise<string>;
  /** Returns the database's name, or null before it has one. */
  knownDatabase(): string | null;
  /** Returns all rows, sorted by name. */
  rows(): SecretRow[];
  row(name: string): SecretRow | null;
  /** Returns a text that changes when any secret is set, removed or re-encrypted. */
  version(): string;
  put(row: Omit<SecretRow, "updatedAtMs">): Promise<void>;
  /** Resolves with false when there is no secret of that name. */
  remove(name: string): Promise<boolean>;
  /** Replaces each row by the result of `seal`, in one transaction; null keeps the row. */
  reseal(seal: (row: SecretRow) => SealedRow | null): Promise<void>;
}

const DATABASE_FACT = "database";

export function createSecrets(sqlite: Sqlite, log: Writes): Secrets {
  const columns = `name, key_id AS keyId, nonce, data, last_four AS lastFour, updated_by AS updatedBy, updated_at_ms AS updatedAtMs`;
  const all = sqlite.prepare(`SELECT ${columns} FROM secrets ORDER BY name`);
  const byName = sqlite.prepare(`SELECT ${columns} FROM secrets WHERE name = ?`);
  // Nonces are random, so the list of all nonces changes whenever any secret does.
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
    row: (name) => (byName.get(name) as SecretRow | undefined) ?? null,
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
