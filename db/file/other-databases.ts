/**
 * What other databases than the one in use hold: those that a restore replaced, to which a person may go back, and the
 * data folder's own when the server works on a database elsewhere. Files of their trees, environments and promotions
 * stay, although the database in use does not know them.
 */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";

/** `restore` writes `replaced-TIME.db`, the end of a trial `replaced-trial-TIME.db`. */
const REPLACED = /^replaced-.+\.db$/;

/** Tables whose rows have a folder, named by their public id. */
export type TableWithFolders = "trees" | "environments" | "promotions";

/** Returns whether another database than `file` holds the row with a public id. They are read at the first question. */
export function heldByOthers(file: string, dataDir: string, table: TableWithFolders): (uid: string) => boolean {
  let held: ((uid: string) => boolean)[] | null = null;
  return (uid) => {
    held ??= othersThan(file, dataDir).map((other) => uidsIn(other, table));
    return held.some((isIn) => isIn(uid));
  };
}

/** Settings may pair a data folder with the database of another folder by mistake. */
function othersThan(file: string, dataDir: string): string[] {
  const own = join(dataDir, "banyan.db");
  const [found, used] = [own, file].map((path) => statSync(path, { throwIfNoEntry: false }));
  const isOther = found !== undefined && (found.ino !== used?.ino || found.dev !== used.dev);
  return [...replacedOf(file), ...(isOther ? [own, ...replacedOf(own)] : [])];
}

/** A restore keeps them in `backups`, or beside the database when nothing can be moved there. */
function replacedOf(file: string): string[] {
  return [join(dirname(file), "backups"), dirname(file)].flatMap(replacedIn);
}

function replacedIn(folder: string): string[] {
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
