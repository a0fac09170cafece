/** Keeps items in SQLite: a table for each resource, made by the files of migrations/. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { belowOf, type Collection, cursorOf, type Key, positionOf, type Selection, type Store, TakenError, whole } from "./store.ts";

const MIGRATIONS = new URL("../../migrations/", import.meta.url);
const BUSY_MS = 5_000;

/** `file`: where the database is; `:memory:` for one that is gone at the end. */
export async function openStore(file: string): Promise<Store> {
  if (file !== ":memory:") mkdirSync(path.dirname(file), { recursive: true });
  const database = new Database(file, { timeout: BUSY_MS });
  database.pragma("journal_mode = WAL");
  migrate(database);
  return {
    collection: <T extends object>(name: string, { within = "" } = {}) => collectionOf<T>(database, name, within),
    removeWithin: async (name, within) => {
      const below = belowOf(within);
      database
        .prepare(`DELETE FROM "${name}" WHERE within = ? OR substr(within, 1, length(?)) = ?`)
        .run(within, below, below);
    },
    close: async () => void database.close(),
  };
}

/** Runs the files that this database has not had yet, in the order of their names. */
function migrate(database: Database.Database): void {
  database.exec("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) STRICT");
  const done = database.prepare("SELECT name FROM migration").pluck().all();
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql") && !done.includes(name));
  for (const name of files.sort())
    database.transaction(() => {
      database.exec(readFileSync(new URL(name, MIGRATIONS), "utf8"));
      database.prepare("INSERT INTO migration (name) VALUES (?)").run(name);
    })();
}

interface Row {
  position: number;
  body: string;
}

/** `table` is a name of this source, never of a request. */
function collectionOf<T extends object>(database: Database.Database, table: string, within: string): Collection<T> {
  const one = database.prepare<[string, string], Row>(`SELECT position, body FROM "${table}" WHERE within = ? AND id = ?`);
  const insert = database.prepare(`INSERT INTO "${table}" (within, id, body) VALUES (?, ?, ?)`);
  const put = database.prepare(
    `INSERT INTO "${table}" (within, id, body) VALUES (?, ?, ?) ON CONFLICT (within, id) DO UPDATE SET body = excluded.body`,
  );
  const remove = database.prepare(`DELETE FROM "${table}" WHERE within = ? AND id = ?`);
  // Ids that a request brought count up to 15 digits: after a larger one, no next number would be another.
  const highest = database.prepare<[string, string], { number: number }>(
    `SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0),
       coalesce((SELECT max(CAST(id AS INTEGER)) FROM "${table}"
         WHERE within = ? AND length(id) <= 15 AND id NOT GLOB '*[^0-9]*'), 0)) AS number`,
  );
  const write = (statement: Database.Statement, id: Key, item: T) => {
    try {
      statement.run(within, String(id), JSON.stringify(item));
    } catch (error) {
      const isTaken = error instanceof Database.SqliteError && error.code === "SQLITE_CONSTRAINT_UNIQUE";
      throw isTaken ? new TakenError("Another item has this id, or a value that no two items share.") : error;
    }
  };
  return {
    list: async (selection) => pageOf<T>(database, table, within, selection),
    get: async (id) => {
      const row = one.get(within, String(id));
      return row && (JSON.parse(row.body) as T);
    },
    insert: async (id, item) => write(insert, id, item),
    put: async (id, item) => write(put, id, item),
    remove: async (id) => remove.run(within, String(id)).changes > 0,
    nextNumber: async () => (highest.get(table, within)?.number ?? 0) + 1,
  };
}

function pageOf<T>(database: Database.Database, table: string, within: string, selection: Selection) {
  const { where = {}, limit, offset, cursor } = selection;
  const most = limit === undefined ? undefined : whole(limit);
  const wanted = Object.entries(where).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat()] as const]));
  const conditions = wanted.map(([, values]) => `body ->> ? IN (${values.map(() => "?").join(", ")})`);
  const matching = ["within = ?", ...conditions].join(" AND ");
  const values = [within, ...wanted.flatMap(([name, values]) => [`$.${JSON.stringify(name)}`, ...values.map(stored)])];
  const total = database.prepare(`SELECT count(*) FROM "${table}" WHERE ${matching}`).pluck().get(values) as number;
  // One more than asked for tells whether another page follows.
  const rows = database
    .prepare(`SELECT position, body FROM "${table}" WHERE ${matching} AND position > ? ORDER BY position LIMIT ? OFFSET ?`)
    .all([...values, positionOf(cursor), most === undefined ? -1 : most + 1, whole(offset ?? 0)]) as Row[];
  const page = most === undefined ? rows : rows.slice(0, most);
  const last = page.at(-1);
  return {
    items: page.map(({ body }) => JSON.parse(body) as T),
    total,
    next: last === undefined || rows.length === page.length ? null : cursorOf(last.position),
  };
}

/** SQLite has no booleans. */
function stored(value: unknown): unknown {
  return typeof value === "boolean" ? Number(value) : value;
}
