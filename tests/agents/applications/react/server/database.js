import { readFile, rename, writeFile } from "node:fs/promises";
import initSqlJs from "sql.js";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, password TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS todos (
    id INTEGER PRIMARY KEY, owner TEXT NOT NULL REFERENCES users, text TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0);
`;

/** Opens an SQLite database. A change is in its file before it is answered. */
export async function openDatabase(file) {
  const sql = await initSqlJs();
  const database = new sql.Database(await read(file));
  database.run(SCHEMA);
  let writing = Promise.resolve();
  const all = (query, values = []) => {
    const statement = database.prepare(query, values);
    const rows = [];
    while (statement.step()) rows.push(statement.getAsObject());
    statement.free();
    return rows;
  };
  const change = async (query, values) => {
    const rows = all(query, values);
    // One write at a time, and never a file that is half written.
    writing = writing.then(async () => {
      await writeFile(`${file}.new`, database.export());
      await rename(`${file}.new`, file);
    });
    await writing;
    return rows;
  };
  return { all, change };
}

async function read(file) {
  try {
    return await readFile(file);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  }
}
