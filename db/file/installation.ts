/** What a launcher and a person ask about the database as a whole. */
import { createHash } from "node:crypto";
import type { Client } from "./client";
import { DATA_LEVELS, levelOf, raiseLevel } from "./data-level";
import { createFacts } from "./facts";
import type { Sqlite } from "./sqlite";
import type { Writes } from "./writes";

export interface Installation {
  level(): number;
  /** The level of the database, and the highest one that this release reads. */
  levels(): { level: number; reads: number };
  /** From now on entries of this release's level may follow. */
  raiseLevel(): Promise<void>;
  /** Returns a digest of all tables, indexes and triggers, hex. */
  schema(): string;
  /** Commits a row through the queue of all writes. Rejects with a StoreError. */
  proveWrite(): Promise<void>;
}

const SCHEMA = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name";

export function createInstallation({ sqlite }: Client, log: Writes): Installation {
  const facts = createFacts(sqlite);
  let known = { version: null as unknown, hash: "" };
  return {
    level: () => levelOf(sqlite),
    levels: () => ({ level: levelOf(sqlite), reads: DATA_LEVELS.reads }),
    raiseLevel: () => log.write(() => raiseLevel(sqlite, DATA_LEVELS)),
    schema() {
      const version = sqlite.pragma("schema_version", { simple: true });
      if (known.version === version) return known.hash;
      const hash = schemaDigest(sqlite);
      known = { version, hash };
      return hash;
    },
    proveWrite: () => log.write(({ nowMs }) => facts.write("proved_at_ms", String(nowMs))),
  };
}

/** Returns a digest of all tables, indexes and triggers, hex. */
export function schemaDigest(sqlite: Sqlite): string {
  const objects = sqlite.prepare(SCHEMA).pluck().all() as string[];
  return createHash("sha256").update(objects.join("\n")).digest("hex");
}
