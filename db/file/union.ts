/**
 * Puts a database together again from a snapshot and from what was written since, after something has removed columns
 * or rows, or has damaged the file: a row that either of them has is in the result, and where both have it, the newer
 * one counts.
 */
import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { decideRestore, finishRestore, incomingOf, isDecided, removeDatabase, syncFile } from "./restore-mark";
import type { Sqlite } from "./sqlite";

/** Append-only tables: a row of the snapshot is as it was written. */
const APPEND_ONLY: ReadonlySet<string> = new Set([
  "messages",
  "audit",
  "outputs",
  "attachments",
  "blobs",
  "config_versions",
]);
/** Queues: rows are deleted once they are used, so only rows that are still there count, if they can be read. */
const QUEUES: ReadonlySet<string> = new Set([
  "letters",
  "workers",
  "facts",
  "answers",
  "sessions",
  "webhook_deliveries",
  "measurements",
  "pauses",
]);
/** Large texts, which rows of other tables name by their number in a column of this name. Equal texts are stored once. */
const TEXTS = "blobs";
const TEXT = "blob_id";
/** How far the index of searches is: the index is that of the snapshot. */
const OF_SNAPSHOT = "search_cursor";

export interface Union {
  /** Columns and tables that the damaged database had lost, as `table.column` and `table`. */
  restored: string[];
  /** Rows that only the snapshot had, by table. */
  broughtBack: Record<string, number>;
  /** Tables of the damaged database that could not be read to their end. */
  unread: string[];
}

/**
 * Replaces `file` by the union, as a restore does. The damaged file is kept as `kept`, with the log beside it, which may
 * hold its last writes. A kill leaves either the old file or the new one.
 */
export function uniteDatabase(file: string, snapshot: string, kept: string): Union {
  finishRestore(file);
  const incoming = incomingOf(file);
  removeDatabase(incoming);
  try {
    copyFileSync(snapshot, incoming);
    const union = uniteCopy(incoming, file);
    syncFile(incoming);
    decideRestore(file, kept);
    finishRestore(file);
    return union;
  } finally {
    if (!isDecided(file)) removeDatabase(incoming);
  }
}

function uniteCopy(copy: string, file: string): Union {
  const target = new Database(copy);
  try {
    target.pragma("foreign_keys = OFF");
    const union = uniteInto(target, file);
    target.pragma("wal_checkpoint(TRUNCATE)");
    target.pragma("journal_mode = DELETE");
    return union;
  } finally {
    target.close();
  }
}

function uniteInto(target: Sqlite, file: string): Union {
  const union: Union = { restored: [], broughtBack: {}, unread: [] };
  const damaged = openDamaged(file);
  if (damaged === null) return { ...union, unread: ["all"] };
  try {
    const triggers = target.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() as Trigger[];
    target.transaction(() => {
      // They refuse changes of append-only tables.
      for (const { name } of triggers) target.exec(`DROP TRIGGER ${quoted(name)}`);
      // First, because rows of other tables take over the numbers.
      const tables = tablesOf(target).sort((a, b) => Number(b === TEXTS) - Number(a === TEXTS));
      const texts = createTexts(target);
      for (const table of tables) uniteTable({ target, damaged, union, texts }, table);
      texts.countUses();
      for (const { sql } of triggers) target.exec(sql);
    })();
  } finally {
    damaged.close();
  }
  return union;
}

interface Trigger {
  name: string;
  sql: string;
}

function openDamaged(file: string): Sqlite | null {
  try {
    const damaged = new Database(file, { readonly: true });
    damaged.prepare("SELECT count(*) FROM sqlite_master").get();
    return damaged;
  } catch {
    return null;
  }
}

/** Returns the tables that hold rows of their own; not those of an index of searches. */
function tablesOf(sqlite: Sqlite): string[] {
  return sqlite
    .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
}

interface Uniting {
  target: Sqlite;
  damaged: Sqlite;
  union: Union;
  texts: Texts;
}

function uniteTable({ target, damaged, union, texts }: Uniting, table: string): void {
  const columns = columnsOf(target, table);
  const there = columnsOf(damaged, table);
  if (there.length === 0) {
    union.restored.push(table);
    return;
  }
  const lost = columns.filter(({ name }) => !there.some((column) => column.name === name));
  union.restored.push(...lost.map(({ name }) => `${table}.${name}`));
  const shared = columns.filter((column) => !lost.includes(column)).map(({ name }) => name);
  const keys = columns.filter(({ pk }) => pk > 0).map(({ name }) => name);
  // Without the key nothing tells which rows are the same.
  if (keys.some((key) => !shared.includes(key))) return;
  const key = keys.length > 0 ? keys : ["rowid"];
  const read = keys.length > 0 ? shared : ["rowid", ...shared];
  const before = countOf(target, table);
  // A table that cannot be read to its end keeps the snapshot's rows: what it lost may be the halt or a letter.
  if (QUEUES.has(table) && eachRow(damaged, { table, read, key }, () => {}))
    target.exec(`DELETE FROM ${quoted(table)}${table === "facts" ? ` WHERE name NOT LIKE '${OF_SNAPSHOT}%'` : ""}`);
  const others = read.filter((column) => !key.includes(column));
  const isKept = APPEND_ONLY.has(table) || others.length === 0;
  const set = others.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(", ");
  const insert = target.prepare(
    `INSERT INTO ${quoted(table)} (${read.map(quoted).join(", ")}) VALUES (${read.map(() => "?").join(", ")})
     ON CONFLICT ${keys.length > 0 ? `(${key.map(quoted).join(", ")})` : ""} DO ${isKept || keys.length === 0 ? "NOTHING" : `UPDATE SET ${set}`}`,
  );
  const place = texts.placeIn(table, read);
  let written = 0;
  let isWhole = true;
  const isRead = eachRow(damaged, { table, read, key }, (row) => {
    if (table === "facts" && String(row[0]).startsWith(OF_SNAPSHOT)) return;
    try {
      insert.run(...place(row));
    } catch (error) {
      // Another row has a value that must be unique: the snapshot's stays.
      if (!String((error as { code?: string }).code).startsWith("SQLITE_CONSTRAINT")) throw error;
      isWhole = false;
    }
    written += 1;
  });
  if (!isRead || !isWhole) union.unread.push(table);
  const broughtBack = QUEUES.has(table) ? 0 : Math.max(0, countOf(target, table) - written);
  if (broughtBack > 0 && before > 0) union.broughtBack[table] = broughtBack;
}

interface Texts {
  /** Returns a function that gives a row of the damaged database the number that its text has in the result. */
  placeIn(table: string, columns: string[]): (row: unknown[]) => unknown[];
  /** Counts again by how many rows each text is used, because a text without uses is deleted. */
  countUses(): void;
}

/**
 * A text is known by its hash. Its number in the damaged database may be another one than in the snapshot: a text that
 * was stored again has a new number, and a number that became free was given to another text.
 */
function createTexts(target: Sqlite): Texts {
  const has = (table: string, column: string) => columnsOf(target, table).some(({ name }) => name === column);
  const moved = new Map<unknown, unknown>();
  const isKnown = has(TEXTS, "hash");
  const ofHash = isKnown ? target.prepare(`SELECT id FROM ${TEXTS} WHERE hash = ?`).pluck() : null;
  const free = isKnown
    ? target
        .prepare(`SELECT iif(EXISTS (SELECT 1 FROM ${TEXTS} WHERE id = @id), (SELECT max(id) + 1 FROM ${TEXTS}), @id)`)
        .pluck()
    : null;
  return {
    placeIn(table, columns) {
      const [at, hashAt] = [columns.indexOf(table === TEXTS ? "id" : TEXT), columns.indexOf("hash")];
      if (at < 0 || (table === TEXTS && hashAt < 0)) return (row) => row;
      return (row) => {
        if (table === TEXTS) moved.set(row[at], ofHash?.get(row[hashAt]) ?? free?.get({ id: row[at] }));
        return row.with(at, moved.get(row[at]) ?? row[at]);
      };
    },
    countUses() {
      const users = tablesOf(target).filter((table) => has(table, TEXT));
      if (users.length === 0 || !has(TEXTS, "uses")) return;
      const used = users.map((table) => `SELECT ${TEXT} AS id FROM ${quoted(table)}`).join(" UNION ALL ");
      target.exec(`
        UPDATE ${TEXTS} SET uses = 0;
        UPDATE ${TEXTS} SET uses = used.times
          FROM (SELECT id, count(*) AS times FROM (${used}) GROUP BY id) used WHERE used.id = ${TEXTS}.id`);
    },
  };
}

/** Reads from both ends, so that a damaged page in the middle costs as few rows as possible. */
function eachRow(
  sqlite: Sqlite,
  { table, read, key }: { table: string; read: string[]; key: string[] },
  take: (row: unknown[]) => void,
): boolean {
  const select = `SELECT ${read.map(quoted).join(", ")} FROM ${quoted(table)}`;
  const seen = (direction: "ASC" | "DESC") => {
    try {
      const order = key.map((column) => `${quoted(column)} ${direction}`).join(", ");
      for (const row of sqlite.prepare(`${select} ORDER BY ${order}`).raw().iterate()) take(row as unknown[]);
      return true;
    } catch (error) {
      if (!/^SQLITE_(CORRUPT|NOTADB|IOERR)/.test((error as { code?: string }).code ?? "")) throw error;
      return false;
    }
  };
  if (seen("ASC")) return true;
  seen("DESC");
  return false;
}

function columnsOf(sqlite: Sqlite, table: string) {
  return sqlite.prepare("SELECT name, pk FROM pragma_table_info(?)").all(table) as { name: string; pk: number }[];
}

function countOf(sqlite: Sqlite, table: string): number {
  return sqlite
    .prepare(`SELECT count(*) FROM ${quoted(table)}`)
    .pluck()
    .get() as number;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
