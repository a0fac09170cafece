/** Keeps everything in memory: for a start without a database. It is gone when the service stops. */
import { belowOf, type Collection, cursorOf, type Key, positionOf, type Selection, type Store, TakenError, whole } from "./store.ts";

/** Ids that a request brought count up to this many digits: after a larger one, no next number would be another. */
const COUNTED = /^\d{1,15}$/;

interface Table {
  rows: Map<string, Row>;
  /** Of the newest item: a position is not given again, because cursors name them. */
  lastPosition: number;
  highestNumber: number;
}

interface Row {
  position: number;
  item: Record<string, unknown>;
}

export async function openStore(): Promise<Store> {
  const tables = new Map<string, Table>();
  return {
    collection: <T extends object>(name: string, { within = "", unique = [] as readonly (keyof T & string)[] } = {}) => {
      const key = `${name} ${within}`;
      const table = tables.get(key) ?? { rows: new Map<string, Row>(), lastPosition: 0, highestNumber: 0 };
      tables.set(key, table);
      return collectionOf<T>(table, unique);
    },
    removeWithin: async (name, within) => {
      // Their last positions stay: cursors name them.
      for (const [key, { rows }] of tables)
        if (key === `${name} ${within}` || key.startsWith(`${name} ${belowOf(within)}`)) rows.clear();
    },
    close: async () => {},
  };
}

function collectionOf<T extends object>(table: Table, unique: readonly string[]): Collection<T> {
  const { rows } = table;
  const nextPosition = () => {
    table.lastPosition += 1;
    return table.lastPosition;
  };
  const refuseTaken = (id: Key, item: object) => {
    for (const name of unique) {
      const value = (item as Record<string, unknown>)[name];
      // Any number of items may leave it out.
      if (value === undefined || value === null) continue;
      for (const [other, row] of rows)
        if (other !== String(id) && row.item[name] === value) throw new TakenError(`Another item has this ${name}.`);
    }
  };
  const put = (id: Key, item: T) => {
    refuseTaken(id, item);
    if (COUNTED.test(String(id))) table.highestNumber = Math.max(table.highestNumber, Number(id));
    const position = rows.get(String(id))?.position ?? nextPosition();
    rows.set(String(id), { position, item: structuredClone(item) as Record<string, unknown> });
  };
  return {
    list: async (selection) => pageOf<T>(rows, selection),
    get: async (id) => structuredClone(rows.get(String(id))?.item) as T | undefined,
    insert: async (id, item) => {
      if (rows.has(String(id))) throw new TakenError("Another item has this id.");
      put(id, item);
    },
    put: async (id, item) => put(id, item),
    remove: async (id) => rows.delete(String(id)),
    nextNumber: async () => {
      table.highestNumber += 1;
      return table.highestNumber;
    },
  };
}

function pageOf<T>(rows: Map<string, Row>, { where = {}, limit, offset, cursor }: Selection) {
  const wanted = Object.entries(where).filter(([, value]) => value !== undefined);
  const most = limit === undefined ? undefined : whole(limit);
  const from = whole(offset ?? 0);
  const position = positionOf(cursor);
  const matching = [...rows.values()]
    .filter(({ item }) => wanted.every(([name, value]) => [value].flat().includes(item[name])))
    .sort((a, b) => a.position - b.position);
  const after = matching.filter((row) => row.position > position);
  const page = after.slice(from, most === undefined ? undefined : from + most);
  const last = page.at(-1);
  const isLast = last === undefined || after.at(-1) === last;
  return {
    items: page.map(({ item }) => structuredClone(item) as T),
    total: matching.length,
    next: isLast ? null : cursorOf(last.position),
  };
}
