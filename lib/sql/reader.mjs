/**
 * Runs inside the sandbox and answers one query per line of standard input with one line of JSON. It trusts the given
 * file names, but not the SQL: it checks that a query only reads, and the sandbox bounds what a mistake here could
 * reach. The host ends it when a query takes too long.
 */
import { existsSync } from "node:fs";
import Database from "better-sqlite3";

/** @typedef {{ file: string, sql: string, maxRows: number, maxBytes: number }} Request */
/** @typedef {string | number | null} Cell */

const SNAPSHOTS = "/banyan/snapshots";
const LIBRARY = "/banyan/node_modules/better-sqlite3";
/** Where Banyan puts the module of this Node, and where npm does. The package that would look for it is not in the sandbox. */
const NATIVE = [`lib/binding/node-v${process.versions.modules}-${process.platform}-${process.arch}`, "build/Release"]
  .map((folder) => `${LIBRARY}/${folder}/better_sqlite3.node`)
  .find((file) => existsSync(file));
const NAME_MAX_CHARS = 200;
/** Above this, SQLite says that it is out of memory. A limit of the process would also count what Node reserves. */
const SQLITE_MAX_BYTES = 160 * 1024 * 1024;
/** White space and comments, then the first word of a statement. */
const FIRST_WORD = /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*([a-z]+)/i;

/** @type {{ file: string, database: Database.Database } | null} */
let opened = null;

/** @param {string} file @returns {Database.Database} */
function databaseOf(file) {
  if (opened?.file === file) return opened.database;
  opened?.database.close();
  opened = null;
  const options = { readonly: true, fileMustExist: true, nativeBinding: NATIVE };
  const database = new Database(`${SNAPSHOTS}/${file}`, options);
  database.defaultSafeIntegers(true);
  for (const pragma of [
    `hard_heap_limit = ${SQLITE_MAX_BYTES}`,
    "query_only = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
  ])
    database.pragma(pragma);
  opened = { file, database };
  return database;
}

/** @param {Request} request */
function answer({ file, sql, maxRows, maxBytes }) {
  /** @type {Database.Database} */
  let database;
  try {
    database = databaseOf(file);
  } catch (error) {
    return { gone: messageOf(error) };
  }
  try {
    if (!/^(select|with|values)$/i.test(FIRST_WORD.exec(sql)?.[1] ?? "")) {
      // SQLite gives a better error for text that is not SQL.
      database.prepare(sql);
      return { refused: "only one statement that reads is allowed here: SELECT, WITH or VALUES" };
    }
    const statement = database.prepare(sql);
    if (!statement.reader || !statement.readonly) {
      return { refused: "only statements that read are allowed here, and this statement would write" };
    }
    return readRows(statement, maxRows, maxBytes);
  } catch (error) {
    return { refused: messageOf(error) };
  }
}

/** @param {Database.Statement} statement @param {number} maxRows @param {number} maxBytes */
function readRows(statement, maxRows, maxBytes) {
  const columns = statement.columns().map(({ name }) => name.slice(0, NAME_MAX_CHARS));
  /** @type {Cell[][]} */
  const rows = [];
  let room = maxBytes - bytesOf(columns);
  if (room < 0) return { refused: "the column names alone exceed the size limit; select fewer columns" };
  for (const raw of statement.raw().iterate()) {
    if (rows.length === maxRows) return { columns, rows, truncated: true };
    const row = /** @type {unknown[]} */ (raw).map(cellOf);
    const bytes = bytesOf(row);
    if (bytes > room) {
      // The first row is always shown, with its texts cut to the available size.
      if (rows.length === 0) rows.push(...shortened(row, room));
      return { columns, rows, truncated: true };
    }
    rows.push(row);
    room -= bytes;
  }
  return { columns, rows, truncated: false };
}

/** @param {unknown} value @returns {Cell} */
function cellOf(value) {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value === "string") return value;
  return `<blob of ${/** @type {Uint8Array} */ (value).length} bytes>`;
}

/**
 * Returns the row with its texts cut, or nothing when it does not fit even then. @param {Cell[]} row @param {number}
 * room
 */
function shortened(row, room) {
  for (let chars = room; chars >= 1; chars = Math.floor(chars / 2)) {
    const cut = row.map((cell) =>
      typeof cell === "string" && cell.length > chars ? `${cell.slice(0, chars)}…` : cell,
    );
    if (bytesOf(cut) <= room) return [cut];
  }
  return [];
}

/** @param {Cell[]} cells */
function bytesOf(cells) {
  return Buffer.byteLength(JSON.stringify(cells)) + 1;
}

/** @param {unknown} error */
function messageOf(error) {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

process.stdout.write("ready\n");
let rest = "";
for await (const text of process.stdin.setEncoding("utf8")) {
  // Node's readline also ends a line at U+2028, which SQL may hold.
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
