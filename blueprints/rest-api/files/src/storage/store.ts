/** What operations need of a storage. */

export interface Store {
  /** The items of a resource; `within` names the item of another resource to which they belong. */
  collection<T extends object>(name: string, options?: { within?: string; unique?: readonly (keyof T & string)[] }): Collection<T>;
  /** Removes the items of a resource that belong to an item, and those that belong to what belongs to it. */
  removeWithin(name: string, within: string): Promise<void>;
  close(): Promise<void>;
}

export interface Collection<T> {
  list(selection: Selection): Promise<Page<T>>;
  get(id: Key): Promise<T | undefined>;
  /** Throws TakenError for an id, or a unique value, that another item has. */
  insert(id: Key, item: T): Promise<void>;
  /** Replaces the item, or adds it. Throws TakenError for a unique value that another item has. */
  put(id: Key, item: T): Promise<void>;
  /** Resolves with false when there is none. */
  remove(id: Key): Promise<boolean>;
  /** Resolves with a number that no item has had. */
  nextNumber(): Promise<number>;
}

export type Key = string | number;

export interface Selection {
  /** The values that properties must have, or lists of which they must have one; undefined values are left out. */
  where?: Record<string, unknown>;
  limit?: number | undefined;
  offset?: number | undefined;
  /** The `next` of the page before. */
  cursor?: string | undefined;
}

export interface Page<T> {
  /** Oldest first. */
  items: T[];
  /** How many there are on all pages. */
  total: number;
  /** Null on the last page. */
  next: string | null;
}

export class TakenError extends Error {
  override name = "TakenError";
}

/** A text that is no cursor: the first page in its place would look like the next one. */
export class CursorError extends Error {
  override name = "CursorError";
  readonly statusCode = 400;
}

/** Returns the position that a cursor stands for; 0 for the beginning. Throws CursorError for a text that is no cursor. */
export function positionOf(cursor = ""): number {
  if (cursor === "") return 0;
  const position = Number(Buffer.from(cursor, "base64url").toString("utf8"));
  if (Number.isSafeInteger(position) && position > 0 && cursorOf(position) === cursor) return position;
  throw new CursorError("The cursor is none that a page has named: leave it out for the first page.");
}

export function cursorOf(position: number): string {
  return Buffer.from(String(position)).toString("base64url");
}

/** Returns how the names begin of places below this one: each is a list of ids, which begins with those of this one. */
export function belowOf(within: string): string {
  return `${within.slice(0, -1)},`;
}

/** Returns a count that a storage can use: documents may allow fractions, and numbers below 0. */
export function whole(count: number): number {
  return Math.max(0, Math.trunc(count));
}
