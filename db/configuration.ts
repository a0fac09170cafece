/** Agents, documents, tools and runbooks, each with all the versions it ever had. */
import { createHash } from "node:crypto";
import type { Sqlite } from "./client";
import type { Log } from "./log";

const CONFIG_KINDS = ["agent", "document", "tool", "runbook"] as const;
export type ConfigKind = (typeof CONFIG_KINDS)[number];

export interface ConfigEntry {
  kind: ConfigKind;
  name: string;
  description: string;
  /** A plain object of the kind's shape. */
  body: unknown;
}

export interface LiveEntry extends ConfigEntry {
  version: number;
  /** It is not what a seed wrote. */
  edited: boolean;
}

export interface SeedReport {
  created: string[];
  updated: string[];
  /** Edited by a person or an agent and different from the seed: left as they are. */
  kept: string[];
}

export interface ConfigurationStore {
  live(): LiveEntry[];
  /** Another one with every change of any entry: a cache is good as long as it stays. */
  revision(): string;
  version(kind: ConfigKind, name: string, version: number): unknown;
  /** In one transaction. Rows that were edited, and rows without a seed, are left alone. */
  seed(entries: ConfigEntry[]): Promise<SeedReport>;
  /** A new live version. */
  put(entry: ConfigEntry, by: string, why: string): Promise<number>;
  /** The same, unless another version than `ifVersion` is live (null: unless any is); absent: whatever is. */
  save(entry: ConfigEntry, said: { by: string; why: string; ifVersion?: number | null }): Promise<number | "changed">;
  /** It is live no more; its versions stay. False when it was not. */
  remove(kind: ConfigKind, name: string): Promise<boolean>;
  /** JSON of what stands for the whole installation (levels' policies, hosts); null: nothing was set. */
  policy(): string | null;
  setPolicy(json: string): Promise<void>;
}

const TABLES: Record<ConfigKind, string> = {
  agent: "agents",
  document: "documents",
  tool: "tools",
  runbook: "runbooks",
};

/** Writes a version and makes it the live one, in the transaction of whoever calls. */
export function createConfigurationWriter(sqlite: Sqlite) {
  const selectLast = sqlite.prepare("SELECT max(version) FROM config_versions WHERE kind = ? AND name = ?").pluck();
  const insertVersion = sqlite.prepare(`
    INSERT INTO config_versions (kind, name, version, body, origin, by, why, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const upserts = new Map(
    CONFIG_KINDS.map((kind) => [
      kind,
      sqlite.prepare(`
      INSERT INTO ${TABLES[kind]} (name, version, description, seed_hash, updated_at_ms) VALUES (@name, @version, @description, @hash, @now)
      ON CONFLICT (name) DO UPDATE SET version = @version, description = @description, updated_at_ms = @now,
        seed_hash = coalesce(@hash, seed_hash)`),
    ]),
  );
  return {
    /** The number of the version. `seedHash`: of the seed that it was taken from. */
    insert(
      { kind, name, description, body }: ConfigEntry,
      seedHash: string | null,
      origin: "seed" | "person" | "proposal",
      by: string,
      why: string,
      nowMs: number,
    ): number {
      const version = ((selectLast.get(kind, name) as number | null) ?? 0) + 1;
      insertVersion.run(kind, name, version, JSON.stringify(body), origin, by, why, nowMs);
      upserts.get(kind)?.run({ name, version, description, hash: seedHash, now: nowMs });
      return version;
    },
  };
}

export function createConfigurationStore(sqlite: Sqlite, log: Log): ConfigurationStore {
  const selectVersion = sqlite
    .prepare("SELECT body FROM config_versions WHERE kind = ? AND name = ? AND version = ?")
    .pluck();
  const deletes = new Map(
    CONFIG_KINDS.map((kind) => [kind, sqlite.prepare(`DELETE FROM ${TABLES[kind]} WHERE name = ?`)]),
  );
  const selectFact = sqlite.prepare("SELECT value FROM facts WHERE name = 'policy'").pluck();
  const setFact = sqlite.prepare(
    "INSERT INTO facts (name, value) VALUES ('policy', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  // A removal makes no version, and one entry less.
  const live = CONFIG_KINDS.map((kind) => `(SELECT count(*) FROM ${TABLES[kind]})`).join(" + ");
  const selectRevision = sqlite
    .prepare(`SELECT ifnull(max(rowid), 0) || ' ' || (${live}) FROM config_versions`)
    .pluck();
  const writer = createConfigurationWriter(sqlite);
  const selects = new Map(
    CONFIG_KINDS.map((kind) => [
      kind,
      sqlite.prepare(`
      SELECT '${kind}' AS kind, live.name, live.description, live.version, live.seed_hash AS seedHash, versions.body,
        versions.origin <> 'seed' AS edited
      FROM ${TABLES[kind]} live JOIN config_versions versions
        ON versions.kind = '${kind}' AND versions.name = live.name AND versions.version = live.version ORDER BY live.name`),
    ]),
  );
  type Row = Omit<LiveEntry, "edited" | "body"> & { body: string; edited: number; seedHash: string | null };

  function rows(kind: ConfigKind): Row[] {
    return selects.get(kind)?.all() as Row[];
  }

  return {
    live: () =>
      CONFIG_KINDS.flatMap(rows).map(({ seedHash: _, body, edited, ...row }) => ({
        ...row,
        body: JSON.parse(body),
        edited: edited === 1,
      })),
    revision: () => selectRevision.get() as string,
    version(kind, name, version) {
      const body = selectVersion.get(kind, name, version) as string | undefined;
      return body === undefined ? null : JSON.parse(body);
    },
    seed: (entries) =>
      log.write(({ nowMs }) => {
        const report: SeedReport = { created: [], updated: [], kept: [] };
        const live = new Map(CONFIG_KINDS.flatMap(rows).map((row) => [`${row.kind} ${row.name}`, row]));
        for (const entry of entries) {
          const label = `${entry.kind} ${entry.name}`;
          const hash = hashOf(entry.body);
          const row = live.get(label);
          if (row && hashOf(JSON.parse(row.body)) === hash) continue;
          if (!row) {
            writer.insert(entry, hash, "seed", "seed", "first seed", nowMs);
            report.created.push(label);
          } else if (row.edited) {
            report.kept.push(label);
          } else {
            writer.insert(entry, hash, "seed", "seed", "the seed changed", nowMs);
            report.updated.push(label);
          }
        }
        return report;
      }),
    remove: (kind, name) => log.write(() => deletes.get(kind)?.run(name).changes !== 0),
    policy: () => (selectFact.get() as string | undefined) ?? null,
    setPolicy: (json) => log.write(() => void setFact.run(json)),
    save: (entry, { by, why, ifVersion }) =>
      log.write(({ nowMs }) => {
        const live = rows(entry.kind).find((row) => row.name === entry.name)?.version ?? null;
        if (ifVersion !== undefined && ifVersion !== live) return "changed";
        return writer.insert(entry, null, "person", by, why, nowMs);
      }),
    put: (entry, by, why) => log.write(({ nowMs }) => writer.insert(entry, null, "person", by, why, nowMs)),
  };
}

function hashOf(body: unknown): string {
  return createHash("sha256").update(JSON.stringify(body)).digest("hex");
}
