/** Pages of rows that are ordered by a value and, where it is equal, by their ids. A cursor is both of the last row. */

export interface Keyed {
  id: number;
  value: number;
}

/**
 * Returns what the cursor's row was ordered by, for the condition of the next page; zeros without a cursor. A cursor of one
 * number is of a list that is ordered by its ids alone.
 */
export function cursorValues(after: string | undefined): Keyed {
  const [value = "0", id = value] = (after ?? "").split("-");
  return { value: Number(value), id: Number(id) };
}

/** Returns the rows of a page, and the cursor of the next one. `found` has one row more when there is another page. */
export function pageOf<Row extends Keyed>(found: Row[], limit: number): { rows: Row[]; next: string | null } {
  const last = found[limit - 1];
  return {
    rows: found.slice(0, limit),
    next: found.length > limit && last ? `${last.value}-${last.id}` : null,
  };
}
