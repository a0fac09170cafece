/**
 * What the databases hold that a restore replaced. A person may go back to one of them, so files of its trees,
 * environments and promotions stay as long as it does, although the database in use does not know them.
 */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";

/** `restore` writes `replaced-TIME.db`, the end of a trial `replaced-trial-TIME.db`. */
const REPLACED = /^replaced-.+\.db$/;

/** Tables whose rows have a folder, named by their public id. */
export type TableWithFolders = "trees" | "environments" | "promotions";

/** Returns whether a database that was replaced by `file` holds the row with a public id. It is read at the first question. */
export function heldByReplaced(file: string, table: TableWithFolders): (uid: string) => boolean {
  let held: ((uid: string) => boolean)[] | null = null;
  return (uid) => {
    held ??= replacedOf(file).map((replaced) => uidsIn(replaced, table));
    return held.some((isIn) => isIn(uid));
  };
}

function replacedOf(file: string): string[] {
  const folder = join(dirname(file), "backups");
  try {
    return readdirSync(folder)
      .filter((name) => REPLACED.test(name))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** A database that cannot be read, such as a damaged one, may hold every row. An older one may lack the table. */
function uidsIn(replaced: string, table: TableWithFolders): (uid: string) => boolean {
  try {
    const sqlite = new Database(replaced, { readonly: true });
    try {
      const has = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table);
      const uids = new Set(has ? sqlite.prepare(`SELECT uid FROM ${table}`).pluck().all() : []);
      return (uid) => uids.has(uid);
    } finally {
      sqlite.close();
    }
  } catch {
    return () => true;
  }
}
