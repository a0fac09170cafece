/** Compares texts without regard to capital letters, also of other alphabets: SQLite's own `lower` and `LIKE` know only A to Z. */
import type { Sqlite } from "./sqlite";

/** Adds the SQL function that `inAnyCase` uses. It reads nothing: a query that runs blocks its connection for others. */
export function addAnyCase(sqlite: Sqlite): void {
  sqlite.function("lowered", { deterministic: true }, (text) => (typeof text === "string" ? text.toLowerCase() : text));
}

/**
 * Returns the SQL of a text in small letters. The query needs `@isPlain`, from `isPlain` of all that it looks for, which it
 * gets in small letters: SQLite's own function takes a fraction of the time, and suffices for a text of A to Z.
 */
export function inAnyCase(sql: string): string {
  return `CASE WHEN @isPlain THEN lower(${sql}) ELSE lowered(${sql}) END`;
}

/** Returns 1 for texts in which SQLite knows each letter, else 0. */
export function isPlain(...texts: (string | null | undefined)[]): number {
  return texts.every((text) => /^[\0-\x7f]*$/.test(text ?? "")) ? 1 : 0;
}
