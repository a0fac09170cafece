/** Reads the place of the database from the setting DATABASE_URL. */

/** The possible values, for the sentence about a wrong value. */
export const DATABASE_URL_FORM =
  "a path, file: and a path, sqlite:///relative/path.db or sqlite:////absolute/path.db; Banyan keeps its data in a SQLite file and connects to no database server";

const SQLITE = /^sqlite(?:\+\w+)?:\/\/\/([^?]+)$/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/**
 * Returns the path that a value names, as a person wrote it, or null when it names no file: another database, or one
 * that SQLite keeps only in memory.
 */
export function databasePath(url: string): string | null {
  const path = /^file:/i.test(url) ? url.slice("file:".length) : SCHEME.test(url) ? SQLITE.exec(url)?.[1] : url;
  return path === undefined || path.trim() === "" || path === ":memory:" ? null : path;
}

/** Returns a wrong value without what follows its scheme, which may hold a password. */
export function withoutPassword(url: string): string {
  const scheme = SCHEME.exec(url)?.[0];
  return scheme === undefined ? url : `${scheme}…`;
}
