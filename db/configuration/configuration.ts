/** Stores agents, documents, tools and runbooks with all their versions. */
import { createHash } from "node:crypto";
import type { ReplayedPair } from "@/core/rules/replays";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { pairsOf, REPLAY_COLUMNS, readReplays } from "./replay-rows";
import { createServerRules } from "./server-rules";
import { createTrialEnder } from "./trial-ender";

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

/** Why exactly this body is not to be proposed again. */
interface RefusedBefore {
  /** A person rejected it, or its trial ended badly. */
  why: "rejected" | "bad";
  /** The replays that agents may see. */
  seen: ReplayedPair[];
}

export interface ConfigurationStore {
  live(): LiveEntry[];
  /** Returns a text that changes with every change of any entry, for validating caches. */
  revision(): string;
  version(kind: ConfigKind, name: string, version: number): unknown;
  /**
   * Applies seeds in one transaction. Leaves edited entries and entries without a seed unchanged, and seeded entries that
   * somebody removed out.
   */
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
  /** Returns why exactly this body is not to be proposed again; null: it may be. */
  refusedBefore(kind: ConfigKind, name: string, body: unknown): RefusedBefore | null;
  /** Returns the policy of the whole installation (levels, hosts) as JSON; null when nothing was set. */
  policy(): string | null;
  /** Reads the old policy and writes the new one in one transaction. */
  changePolicy(work: (before: string | null) => string): Promise<void>;
}

const TABLES: Record<ConfigKind, string> = {
  agent: "agents",
  document: "documents",
  tool: "tools",
  runbook: "runbooks",
};

/** Writes versions and makes them live, in the caller's transaction. */
export function createConfigurationWriter(sqlite: Sqlite) {
  const run = writerStatements(sqlite);
  const rules = createServerRules(sqlite);
  const endTrial = createTrialEnder(sqlite);
  const add = ({ kind, name, body }: ConfigEntry, { origin, by, why }: Written, nowMs: number): number => {
    // Also for a trial: from now on trees may use another server than the one that a rule's author saw.
    if (kind === "tool") rules.replace(name, body, by, nowMs);
    const version = ((run.last.get(kind, name) as number | null) ?? 0) + 1;
    run.insertVersion.run(kind, name, version, JSON.stringify(body), origin, by, why, nowMs);
    return version;
  };
  const makeLive = (
    { kind, name, description, body }: ConfigEntry,
    { version, by, seedHash = null }: { version: number; by: string; seedHash?: string | null },
    nowMs: number,
  ): void => {
    if (kind === "tool") rules.replace(name, body, by, nowMs);
    run.upserts.get(kind)?.run({ name, version, description, hash: seedHash, now: nowMs });
  };
  return {
    /** Stores a version that is not live, for a trial. Returns its number. */
    add,
    makeLive,
    /**
     * Stores a version, makes it live and returns its number. Ends a trial of the entry, because the versions that it
     * compared are no longer the choice.
     */
    insert(entry: ConfigEntry, written: Written & { seedHash?: string }, nowMs: number): number {
      endTrial({ ...entry, outcome: "edited", by: written.by }, nowMs);
      const version = add(entry, written, nowMs);
      makeLive(entry, { ...written, version }, nowMs);
      return version;
    },
    /** Removes the live entry and keeps its versions. Returns the version that was live; 0: none was. */
    remove(kind: ConfigKind, name: string, nowMs: number): number {
      endTrial({ kind, name, outcome: "removed", by: "the entry's removal" }, nowMs);
      if (kind === "tool") rules.replace(name, null, "the server's removal", nowMs);
      return (run.deletes.get(kind)?.get(name) as number | undefined) ?? 0;
    },
    /** Returns the live version, or the last one of a removed entry; null for a new name. */
    current(kind: ConfigKind, name: string): number | null {
      const live = run.live.get(kind)?.get(name) as number | undefined;
      return live ?? (run.last.get(kind, name) as number | null);
    },
    isLive: (kind: ConfigKind, name: string) => run.live.get(kind)?.get(name) !== undefined,
  };
}

interface Written {
  origin: "seed" | "person" | "proposal";
  by: string;
  why: string;
  /** Hash of the seed that the entry comes from. */
  seedHash?: string | null;
}

function writerStatements(sqlite: Sqlite) {
  const upsertOf = (kind: ConfigKind) =>
    sqlite.prepare(`
      INSERT INTO ${TABLES[kind]} (name, version, description, seed_hash, updated_at_ms) VALUES (@name, @version, @description, @hash, @now)
      ON CONFLICT (name) DO UPDATE SET version = @version, description = @description, updated_at_ms = @now,
        seed_hash = coalesce(@hash, seed_hash)`);
  const liveOf = (kind: ConfigKind) => sqlite.prepare(`SELECT version FROM ${TABLES[kind]} WHERE name = ?`).pluck();
  return {
    last: sqlite.prepare("SELECT max(version) FROM config_versions WHERE kind = ? AND name = ?").pluck(),
    insertVersion: sqlite.prepare(`
      INSERT INTO config_versions (kind, name, version, body, origin, by, why, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    upserts: new Map(CONFIG_KINDS.map((kind) => [kind, upsertOf(kind)])),
    live: new Map(CONFIG_KINDS.map((kind) => [kind, liveOf(kind)])),
    deletes: new Map(
      CONFIG_KINDS.map((kind) => [
        kind,
        sqlite.prepare(`DELETE FROM ${TABLES[kind]} WHERE name = ? RETURNING version`).pluck(),
      ]),
    ),
  };
}

const POLICY = "policy";

interface StoreContext {
  run: ReturnType<typeof storeStatements>;
  writer: ReturnType<typeof createConfigurationWriter>;
}

export function createConfigurationStore(sqlite: Sqlite, log: Writes): ConfigurationStore {
  const run = storeStatements(sqlite);
  const writer = createConfigurationWriter(sqlite);
  const facts = createFacts(sqlite);
  const policy = () => facts.read(POLICY) ?? null;
  const store: StoreContext = { run, writer };
  return {
    live: () => live(store),
    revision: log.glance(() => run.revision.get() as string),
    version: (kind, name, version) => bodyOf(store, kind, name, version),
    seed: (entries) => log.write(({ nowMs }) => seed(store, entries, nowMs)),
    remove: (kind, name) => log.write(({ nowMs }) => writer.remove(kind, name, nowMs) > 0),
    refusedBefore: (kind, name, body) => {
      const proposed = { kind, name, hash: hashOf(body), current: writer.current(kind, name) };
      const found = run.refusedBefore.get(proposed) as { why: RefusedBefore["why"]; trial: number | null } | undefined;
      if (!found) return null;
      return { why: found.why, seen: pairsOf(readReplays(run.replays.all(found.trial)), false) };
    },
    policy: log.glance(policy),
    changePolicy: (work) => log.write(() => facts.write(POLICY, work(policy()))),
    save: (entry, said) => log.write(({ nowMs }) => save(store, entry, said, nowMs)),
    put: (entry, by, why) => log.write(({ nowMs }) => writer.insert(entry, { origin: "person", by, why }, nowMs)),
  };
}

function storeStatements(sqlite: Sqlite) {
  // A removal adds no version, so the revision also counts the entries.
  // A version on trial that becomes live adds none either, so it also adds up the live versions.
  const liveEntries = CONFIG_KINDS.map(
    (kind) => `(SELECT count(*) || ' ' || ifnull(sum(version), 0) FROM ${TABLES[kind]})`,
  ).join(" || ' ' || ");
  const selectOf = (kind: ConfigKind) =>
    sqlite.prepare(`
      SELECT '${kind}' AS kind, live.name, live.description, live.version, live.seed_hash AS seedHash, versions.body,
        versions.origin <> 'seed' AS edited
      FROM ${TABLES[kind]} live JOIN config_versions versions
        ON versions.kind = '${kind}' AND versions.name = live.name AND versions.version = live.version ORDER BY live.name`);
  return {
    live: new Map(CONFIG_KINDS.map((kind) => [kind, selectOf(kind)])),
    // A rejection concerns the version that was live then; a trial has shown the effect of the text itself.
    refusedBefore: sqlite.prepare(`
      SELECT 'bad' AS why, id AS trial FROM trials WHERE kind = @kind AND name = @name AND hash = @hash AND status = 'bad'
      UNION ALL SELECT 'rejected', NULL FROM proposals
      WHERE kind = @kind AND name = @name AND hash = @hash AND status = 'rejected' AND base_version IS @current LIMIT 1`),
    replays: sqlite.prepare(`SELECT ${REPLAY_COLUMNS} FROM trial_replays replay WHERE trial_id = ? ORDER BY rowid`),
    version: sqlite.prepare("SELECT body FROM config_versions WHERE kind = ? AND name = ? AND version = ?").pluck(),
    wasSeeded: sqlite
      .prepare("SELECT 1 FROM config_versions WHERE kind = ? AND name = ? AND origin = 'seed' LIMIT 1")
      .pluck(),
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
  const { run, writer } = store;
  const report: SeedReport = { created: [], updated: [], kept: [] };
  const rows = new Map(allRows(store).map((row) => [`${row.kind} ${row.name}`, row]));
  for (const entry of entries) {
    const label = `${entry.kind} ${entry.name}`;
    const hash = hashOf(entry.body);
    const row = rows.get(label);
    if (row && hashOf(JSON.parse(row.body)) === hash) continue;
    if (!row) {
      // It was seeded before, so a person has removed it since then.
      if (run.wasSeeded.get(entry.kind, entry.name) !== undefined) continue;
      writer.insert(entry, { origin: "seed", by: "seed", why: "first seed", seedHash: hash }, nowMs);
      report.created.push(label);
    } else if (row.edited) {
      report.kept.push(label);
    } else {
      writer.insert(entry, { origin: "seed", by: "seed", why: "the seed changed", seedHash: hash }, nowMs);
      report.updated.push(label);
    }
  }
  return report;
}

function save(
  store: StoreContext,
  entry: ConfigEntry,
  { by, why, ifVersion }: Parameters<ConfigurationStore["save"]>[1],
  nowMs: number,
): number | "changed" {
  const current = rowsOf(store, entry.kind).find((row) => row.name === entry.name)?.version ?? null;
  if (ifVersion !== undefined && ifVersion !== current) return "changed";
  return store.writer.insert(entry, { origin: "person", by, why }, nowMs);
}

function hashOf(body: unknown): string {
  return createHash("sha256").update(JSON.stringify(body)).digest("hex");
}
