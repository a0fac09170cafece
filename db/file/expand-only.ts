/**
 * Checks that migrations only add to the schema (expand only), so that a release without them can still use the
 * database. SQLite itself applies the statements to an empty database, and the schema after is compared with the schema
 * before.
 */
import Database from "better-sqlite3";
import { applyMigrations, type Migration } from "./migrations";
import type { Sqlite } from "./sqlite";

/**
 * Returns what is wrong with the migrations of a candidate, as sentences; empty when each one of the base is there
 * unchanged and each new one is expand only. Pass what `readMigrations` returns for either release.
 */
export function expandOnlyProblems(base: readonly Migration[], candidate: readonly Migration[]): string[] {
  const problems = base.flatMap(({ name, hash }) => {
    const same = candidate.find((other) => other.name === name);
    if (!same) return [`The migration ${name} is missing.`];
    return same.hash === hash ? [] : [`The migration ${name} is not the one of the base: add a new migration instead.`];
  });
  const known = new Set(base.map(({ name }) => name));
  const schema = inMemory((sqlite) => {
    applyMigrations(sqlite, "the base", base);
    return schemaOf(sqlite);
  });
  const sql = candidate.filter(({ name }) => !known.has(name)).map(({ name, statements }) => ({ name, statements }));
  // Applied one after the other, because a migration may use the tables of the one before it.
  const added: string[] = [];
  for (const { name, statements } of sql) {
    const problem = statementsProblem([...added, ...statements], schema);
    if (problem !== null) return [...problems, `The migration ${name}: ${problem}`];
    added.push(...statements);
  }
  return problems;
}

/**
 * Returns why `sql` does more than add to `schema`, as a sentence, or null. Allowed are CREATE TABLE, CREATE INDEX
 * (unique only on a table that `sql` creates) and ALTER TABLE … ADD with a column that may be null or has a default.
 * `sql` is the text of a migration, with drizzle's breakpoints between statements; `schema` is that of the release
 * without it (`schemaOf`), not of a database that may have columns of a candidate already.
 */
export function expandOnlyProblem(sql: string, schema: readonly string[] = []): string | null {
  return statementsProblem(sql.split("--> statement-breakpoint"), schema);
}

/** Returns why the schema `after` is not `before` with additions, as a sentence, or null. Both are as of `schemaOf`. */
export function schemaDifference(before: readonly string[], after: readonly string[]): string | null {
  const [old, own] = [before, after].map((schema) =>
    inMemory((sqlite) => {
      for (const statement of schema) sqlite.exec(statement);
      return partsOf(sqlite);
    }),
  ) as [Parts, Parts];
  return differenceOf(old, own);
}

/** Returns the statements that make the tables and indexes of a database, in the order of their creation. */
export function schemaOf(sqlite: Sqlite): string[] {
  const select = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  const shadows = sqlite.prepare("SELECT name FROM pragma_table_list WHERE type = 'shadow'").pluck().all();
  return sqlite
    .prepare(`${select} AND name NOT IN (${shadows.map(() => "?").join(", ")}) ORDER BY rowid`)
    .pluck()
    .all(...shadows) as string[];
}

function statementsProblem(statements: readonly string[], schema: readonly string[]): string | null {
  return inMemory((sqlite) => {
    for (const statement of schema) sqlite.exec(statement);
    const before = partsOf(sqlite);
    for (const statement of statements) {
      const problem = statementProblem(sqlite, statement);
      if (problem !== null) return problem;
    }
    return differenceOf(before, partsOf(sqlite));
  });
}

/** A comment, a literal or a quoted name. Anything that SQLite would read differently is not an allowed statement. */
const QUIET = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/g;
const ALLOWED = [
  /^CREATE TABLE \w+ ?\(/i,
  /^CREATE (?:UNIQUE )?INDEX \w+ ON \w+ ?\(/i,
  // A CHECK could refuse the rows of a release that does not know the column.
  /^ALTER TABLE \w+ ADD (?!.*\b(?:CHECK|GENERATED|AS)\b)(?:COLUMN )?\w+/i,
];

function statementProblem(sqlite: Sqlite, statement: string): string | null {
  const bare = statement
    .replace(QUIET, (found) => (/^(?:--|\/\*)/.test(found) ? " " : found.startsWith("'") ? "''" : "name"))
    .replace(/\s+/g, " ")
    .trim();
  if (bare === "") return null;
  if (!ALLOWED.some((pattern) => pattern.test(bare)))
    return `${shown(statement)} is not allowed; only CREATE TABLE, CREATE INDEX and ALTER TABLE … ADD are, without CHECK or computed columns in ADD.`;
  try {
    // Refuses text with more than one statement.
    sqlite.prepare(statement).run();
    return null;
  } catch (error) {
    return `${shown(statement)} cannot be applied: ${(error as Error).message}.`;
  }
}

interface Part {
  table: string;
  /** As SQLite describes it. */
  what: string;
  problem: string | null;
}

interface Parts {
  tables: Set<string>;
  /** By a text that is the same only for the same part. */
  parts: Map<string, Part>;
}

/** Returns why the schema after is not the one before with additions, or null. */
function differenceOf(before: Parts, after: Parts): string | null {
  for (const [key, { what }] of before.parts) if (!after.parts.has(key)) return `It changes or removes ${what}.`;
  for (const [key, { table, what, problem }] of after.parts) {
    if (problem === null || before.parts.has(key)) continue;
    if (before.tables.has(table)) return `It adds ${what}, ${problem}.`;
  }
  return referenceProblem(before, after);
}

const LETS_DELETE = new Set(["CASCADE", "SET NULL"]);

/** A row that refers to a row of an older release's table must not keep that release from deleting it. */
function referenceProblem(before: Parts, after: Parts): string | null {
  for (const [key, { what }] of after.parts) {
    const [kind, , target, onDelete] = JSON.parse(key) as string[];
    if (kind !== "reference" || before.parts.has(key) || !before.tables.has(target ?? "")) continue;
    if (!LETS_DELETE.has(onDelete ?? ""))
      return `It adds ${what} without ON DELETE CASCADE or SET NULL, so the release before it could not delete there.`;
  }
  return null;
}

function partsOf(sqlite: Sqlite): Parts {
  const all = (sql: string, ...values: unknown[]) => sqlite.prepare(sql).all(...values) as Record<string, unknown>[];
  const tables = all("SELECT * FROM pragma_table_list WHERE schema = 'main'");
  const parts = new Map<string, Part>();
  const add = (key: unknown[], table: string, what: string, problem: string | null = null) =>
    parts.set(JSON.stringify(key), { table, what, problem });
  for (const { name, type, wr, strict } of tables) {
    const table = String(name);
    add(["table", table, type, wr, strict], table, `the table ${table}`);
    for (const { cid: _, ...column } of all("SELECT * FROM pragma_table_xinfo(?)", table)) {
      const isFilled = column.notnull === 0 || column.dflt_value !== null;
      const what = `the column ${table}.${column.name}`;
      add(["column", table, column], table, what, isFilled ? null : "which is not null and has no default");
    }
    for (const row of all("SELECT * FROM pragma_foreign_key_list(?)", table)) {
      const { table: target, on_delete: onDelete, on_update: onUpdate, from, to } = row;
      add(["reference", table, target, onDelete, onUpdate, from, to], table, `a reference of ${table} to ${target}`);
    }
    for (const { name: index, unique, partial } of all("SELECT * FROM pragma_index_list(?)", table)) {
      const columns = all("SELECT name, cid, desc, coll FROM pragma_index_xinfo(?) WHERE key = 1", index);
      const sql = sqlite.prepare("SELECT sql FROM sqlite_master WHERE name = ?").pluck().get(index);
      const isComputed = columns.some(({ cid }) => cid === -2);
      const problem = unique ? "which is unique" : isComputed ? "which is computed" : null;
      add(["index", table, index, unique, partial, columns, sql], table, `the index ${index}`, problem);
    }
  }
  for (const { name, sql } of all("SELECT name, sql FROM sqlite_master WHERE type IN ('view', 'trigger')"))
    add(["other", name, sql], String(name), String(name));
  return { tables: new Set(tables.map(({ name }) => String(name))), parts };
}

function inMemory<T>(use: (sqlite: Sqlite) => T): T {
  const sqlite = new Database(":memory:");
  try {
    return use(sqlite);
  } finally {
    sqlite.close();
  }
}

function shown(statement: string): string {
  const line = statement.trim().replace(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}
