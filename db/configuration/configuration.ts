/** Stores agents, documents, tools and runbooks with all their versions. */
import { createHash } from "node:crypto";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { createServerRules } from "./server-rules";

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
  /** Whether a person or an agent has changed it since it was seeded. */
  edited: boolean;
}

export interface SeedReport {
  created: string[];
  updated: string[];
  /** Entries left unchanged, because a person or an agent edited them and they differ from the seed. */
  kept: string[];
}

export interface ConfigurationStore {
  live(): LiveEntry[];
  /** Returns a text that changes with every change of any entry, for validating caches. */
  revision(): string;
  version(kind: ConfigKind, name: string, version: number): unknown;
  /** Applies seeds in one transaction. Leaves edited entries and entries without a seed unchanged. */
  seed(entries: ConfigEntry[]): Promise<SeedReport>;
  /** Makes a new live version and resolves with its number. */
  put(entry: ConfigEntry, by: string, why: string): Promise<number>;
  /**
   * Makes a new live version if `ifVersion` is the live version (null: if none is live; absent: always). Else resolves
   * with "changed".
   */
  save(entry: ConfigEntry, said: { by: string; why: string; ifVersion?: number | null }): Promise<number | "changed">;
  /** Removes the live entry and keeps its versions. Resolves with false when it was not live. */
  remove(kind: ConfigKind, name: string): Promise<boolean>;
  /** Returns the policy of the whole installation (levels, hosts) as JSON; null when nothing was set. */
  policy(): string | null;
  setPolicy(json: string): Promise<void>;
}

const TABLES: Record<ConfigKind, string> = {
  agent: "agents",
  document: "documents",
  tool: "tools",
  runbook: "runbooks",
};

/** Writes a version and makes it live, in the caller's transaction. */
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
  const rules = createServerRules(sqlite);
  return {
    /** Returns the number of the new version. `seedHash` is the hash of the seed that the entry comes from. */
    insert(
      { kind, name, description, body }: ConfigEntry,
      seedHash: string | null,
      origin: "seed" | "person" | "proposal",
      by: string,
      why: string,
      nowMs: number,
    ): number {
      if (kind === "tool") rules.replace(name, body, by, nowMs);
      const version = ((selectLast.get(kind, name) as number | null) ?? 0) + 1;
      insertVersion.run(kind, name, version, JSON.stringify(body), origin, by, why, nowMs);
      upserts.get(kind)?.run({ name, version, description, hash: seedHash, now: nowMs });
      return version;
    },
  };
}

const POLICY = "policy";

interface StoreContext {
  run: ReturnType<typeof storeStatements>;
  writer: ReturnType<typeof createConfigurationWriter>;
  rules: ReturnType<typeof createServerRules>;
}

export function createConfigurationStore(sqlite: Sqlite, log: Writes): ConfigurationStore {
  const run = storeStatements(sqlite);
  const writer = createConfigurationWriter(sqlite);
  const facts = createFacts(sqlite);
  const store: StoreContext = { run, writer, rules: createServerRules(sqlite) };
  return {
    live: () => live(store),
    revision: () => run.revision.get() as string,
    version: (kind, name, version) => bodyOf(store, kind, name, version),
    seed: (entries) => log.write(({ nowMs }) => seed(store, entries, nowMs)),
    remove: (kind, name) => log.write(({ nowMs }) => remove(store, kind, name, nowMs)),
    policy: () => facts.read(POLICY) ?? null,
    setPolicy: (json) => log.write(() => facts.write(POLICY, json)),
    save: (entry, said) => log.write(({ nowMs }) => save(store, entry, said, nowMs)),
    put: (entry, by, why) => log.write(({ nowMs }) => writer.insert(entry, null, "person", by, why, nowMs)),
  };
}

function storeStatements(sqlite: Sqlite) {
  // A removal adds no version, so the revision also counts the entries.
  const liveEntries = CONFIG_KINDS.map((kind) => `(SELECT count(*) FROM ${TABLES[kind]})`).join(" + ");
  const selectOf = (kind: ConfigKind) =>
    sqlite.prepare(`
      SELECT '${kind}' AS kind, live.name, live.description, live.version, live.seed_hash AS seedHash, versions.body,
        versions.origin <> 'seed' AS edited
      FROM ${TABLES[kind]} live JOIN config_versions versions
        ON versions.kind = '${kind}' AND versions.name = live.name AND versions.version = live.version ORDER BY live.name`);
  const deleteOf = (kind: ConfigKind) => sqlite.prepare(`DELETE FROM ${TABLES[kind]} WHERE name = ?`);
  return {
    live: new Map(CONFIG_KINDS.map((kind) => [kind, selectOf(kind)])),
    delete: new Map(CONFIG_KINDS.map((kind) => [kind, deleteOf(kind)])),
    version: sqlite.prepare("SELECT body FROM config_versions WHERE kind = ? AND name = ? AND version = ?").pluck(),
    revision: sqlite.prepare(`SELECT ifnull(max(rowid), 0) || ' ' || (${liveEntries}) FROM config_versions`).pluck(),
  };
}

type Row = Omit<LiveEntry, "edited" | "body"> & { body: string; edited: number; seedHash: string | null };

function rowsOf({ run }: StoreContext, kind: ConfigKind): Row[] {
  return run.live.get(kind)?.all() as Row[];
}

function allRows(store: StoreContext): Row[] {
  return CONFIG_KINDS.flatMap((kind) => rowsOf(store, kind));
}

function live(store: StoreContext): LiveEntry[] {
  return allRows(store).map(({ seedHash: _, body, edited, ...row }) => ({
    ...row,
    body: JSON.parse(body),
    edited: edited === 1,
  }));
}

function bodyOf({ run }: StoreContext, kind: ConfigKind, name: string, version: number): unknown {
  const body = run.version.get(kind, name, version) as string | undefined;
  return body === undefined ? null : JSON.parse(body);
}

function seed(store: StoreContext, entries: ConfigEntry[], nowMs: number): SeedReport {
  const { writer } = store;
  const report: SeedReport = { created: [], updated: [], kept: [] };
  const rows = new Map(allRows(store).map((row) => [`${row.kind} ${row.name}`, row]));
  for (const entry of entries) {
    const label = `${entry.kind} ${entry.name}`;
    const hash = hashOf(entry.body);
    const row = rows.get(label);
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
}

function remove({ run, rules }: StoreContext, kind: ConfigKind, name: string, nowMs: number): boolean {
  if (kind === "tool") rules.replace(name, null, "the server's removal", nowMs);
  return run.delete.get(kind)?.run(name).changes !== 0;
}

function save(
  store: StoreContext,
  entry: ConfigEntry,
  { by, why, ifVersion }: Parameters<ConfigurationStore["save"]>[1],
  nowMs: number,
): number | "changed" {
  const current = rowsOf(store, entry.kind).find((row) => row.name === entry.name)?.version ?? null;
  if (ifVersion !== undefined && ifVersion !== current) return "changed";
  return store.writer.insert(entry, null, "person", by, why, nowMs);
}

function hashOf(body: unknown): string {
  return createHash("sha256").update(JSON.stringify(body)).digest("hex");
}
