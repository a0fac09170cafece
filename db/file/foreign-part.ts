/** Finds in a stranger's database file what would act by itself when Banyan uses it. */
import Database from "better-sqlite3";
import type { Migration } from "./migrations";
import type { Sqlite } from "./sqlite";

interface Part {
  type: string;
  name: string;
  sql: string | null;
}

/**
 * Returns the first part of the schema that is no plain table or index, and that these migrations do not create; null when there
 * is none. A newer release may have added tables and indexes, so these may have any name. Reads the schema only.
 */
export function foreignPart(sqlite: Sqlite, migrations: readonly Migration[]): string | null {
  // Banyan's schema calls no function that a database file could misuse.
  sqlite.pragma("trusted_schema = OFF");
  const parts = activeParts(sqlite);
  if (parts.length === 0) return null;
  const own = new Set(ownParts(migrations).map(keyOf));
  const foreign = parts.find((part) => !own.has(keyOf(part)));
  return foreign ? `${kindOf(foreign)} ${foreign.name.replace(/[^\w-]+/g, "_").slice(0, 60)}` : null;
}

function activeParts(sqlite: Sqlite): Part[] {
  return (sqlite.prepare("SELECT type, name, sql FROM sqlite_master").all() as Part[]).filter(
    (part) => part.type !== "index" && (part.type !== "table" || isVirtual(part)),
  );
}

/** Virtual tables that the migrations create are Banyan's own. They are built in an empty database, in their order. */
function ownParts(migrations: readonly Migration[]): Part[] {
  const scratch = new Database(":memory:");
  try {
    for (const { statements } of migrations)
      for (const statement of statements) if (isCreating(statement)) scratch.exec(statement);
    return activeParts(scratch);
  } finally {
    scratch.close();
  }
}

function isCreating(statement: string): boolean {
  return /^\s*CREATE\s+VIRTUAL\s+TABLE\s/i.test(statement);
}

function isVirtual({ sql }: Part): boolean {
  return /^\s*CREATE\s+VIRTUAL\s/i.test(sql ?? "");
}

function kindOf(part: Part): string {
  return part.type === "table" ? "virtual table" : part.type;
}

function keyOf({ type, name, sql }: Part): string {
  return JSON.stringify([type, name, sql]);
}
