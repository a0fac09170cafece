/** Keeps items in PostgreSQL: a table for each resource, made by the files of migrations/. */
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { belowOf, type Collection, cursorOf, type Key, positionOf, type Selection, type Store, TakenError, whole } from "./store.ts";

const MIGRATIONS = new URL("../../migrations/", import.meta.url);
/** Any number: services that start at once wait for each other with it. */
const MIGRATION_LOCK = 7_266_021;
const MOST_CONNECTIONS = 10;
const CONNECT_MS = 10_000;
const UNIQUE_VIOLATION = "23505";
/** A text with a zero character or half a character, which PostgreSQL cannot keep. */
const UNSTORABLE = ["22P02", "22P05", "22021"];

/** An item with a text that the database cannot keep. */
export class UnstorableError extends Error {
  override name = "UnstorableError";
}

/** `url`: the address of the database, such as `postgres://user:password@localhost/name`. */
export async function openStore(url: string): Promise<Store> {
  const pool = new pg.Pool({ connectionString: url, max: MOST_CONNECTIONS, connectionTimeoutMillis: CONNECT_MS });
  // An idle connection that breaks is replaced by the next request.
  pool.on("error", () => {});
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    collection: <T extends object>(name: string, { within = "" } = {}) => collectionOf<T>(pool, name, within),
    removeWithin: async (name, within) => {
      const sql = `DELETE FROM "${name}" WHERE within = $1 OR starts_with(within, $2)`;
      await pool.query(sql, [within, belowOf(within)]);
    },
    close: () => pool.end(),
  };
}

/** Runs the files that this database has not had yet, in the order of their names: all of them or none. */
async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)");
    const { rows } = await client.query<{ name: string }>("SELECT name FROM migration");
    const done = new Set(rows.map(({ name }) => name));
    const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql") && !done.has(name));
    for (const name of files.sort()) {
      await client.query(readFileSync(new URL(name, MIGRATIONS), "utf8"));
      await client.query("INSERT INTO migration (name) VALUES ($1)", [name]);
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

interface Row {
  position: string;
  body: unknown;
}

/** `table` is a name of this source, never of a request. */
function collectionOf<T extends object>(pool: pg.Pool, table: string, within: string): Collection<T> {
  const write = async (sql: string, id: Key, item: T) => {
    try {
      await pool.query(sql, [within, String(id), JSON.stringify(item)]);
    } catch (error) {
      throw writeError(error);
    }
  };
  const insert = `INSERT INTO "${table}" (within, id, body) VALUES ($1, $2, $3)`;
  return {
    list: async (selection) => pageOf<T>(pool, table, within, selection),
    get: async (id) => {
      if (!isStorable(id)) return undefined;
      const { rows } = await pool.query<Row>(`SELECT body FROM "${table}" WHERE within = $1 AND id = $2`, [within, String(id)]);
      return rows[0]?.body as T | undefined;
    },
    insert: (id, item) => write(insert, id, item),
    put: (id, item) => write(`${insert} ON CONFLICT (within, id) DO UPDATE SET body = excluded.body`, id, item),
    remove: async (id) => {
      if (!isStorable(id)) return false;
      const { rowCount } = await pool.query(`DELETE FROM "${table}" WHERE within = $1 AND id = $2`, [within, String(id)]);
      return (rowCount ?? 0) > 0;
    },
    nextNumber: () => nextNumber(pool, table, within),
  };
}

function writeError(error: unknown): unknown {
  const code = error instanceof pg.DatabaseError ? (error.code ?? "") : "";
  if (code === UNIQUE_VIOLATION) return new TakenError("Another item has this id, or a value that no two items share.");
  if (UNSTORABLE.includes(code)) return new UnstorableError("A text has a character that cannot be stored.");
  return error;
}

/** No item has such an id. */
function isStorable(id: Key): boolean {
  return !String(id).includes("\0");
}

/** Ids that a request brought count too. */
async function nextNumber(pool: pg.Pool, table: string, within: string): Promise<number> {
  const { rows } = await pool.query<{ number: string }>(
    `SELECT greatest(nextval($1::regclass),
       coalesce((SELECT max(id::bigint) FROM "${table}" WHERE within = $2 AND id ~ '^[0-9]{1,15}$'), 0) + 1) AS number`,
    [`"${table} number"`, within],
  );
  return Number(rows[0]?.number);
}

async function pageOf<T>(pool: pg.Pool, table: string, within: string, selection: Selection) {
  const { where = {}, limit, offset, cursor } = selection;
  const most = limit === undefined ? undefined : whole(limit);
  const values: unknown[] = [within];
  const place = (value: unknown) => `$${values.push(value)}`;
  const conditions = Object.entries(where).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const wanted = [value].flat().map((one) => JSON.stringify(one)).filter((json) => !json.includes("\\u0000"));
    return [`body -> ${place(name)}::text = ANY(${place(wanted)}::text[]::jsonb[])`];
  });
  const matching = ["within = $1", ...conditions].join(" AND ");
  const counted = await pool.query<{ total: string }>(`SELECT count(*) AS total FROM "${table}" WHERE ${matching}`, [...values]);
  // One more than asked for tells whether another page follows.
  const { rows } = await pool.query<Row>(
    `SELECT position, body FROM "${table}" WHERE ${matching} AND position > ${place(positionOf(cursor))}
     ORDER BY position LIMIT ${place(most === undefined ? null : most + 1)} OFFSET ${place(whole(offset ?? 0))}`,
    values,
  );
  const page = most === undefined ? rows : rows.slice(0, most);
  const last = page.at(-1);
  return {
    items: page.map(({ body }) => body as T),
    total: Number(counted.rows[0]?.total),
    next: last === undefined || rows.length === page.length ? null : cursorOf(Number(last.position)),
  };
}
