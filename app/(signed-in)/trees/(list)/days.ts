/** Rows of the list by day, each fork below its origin. Pure. */
import type { Tree } from "@/core/shapes/shapes";
import type { TreeSort } from "@/core/shapes/trees";

export interface ListedRow {
  tree: Tree;
  /** For a fork that stands below its origin, or below another fork of it: the origin. */
  origin: Tree | null;
}

export interface Day {
  /** Start of the first tree, which names the day. */
  at: string;
  rows: ListedRow[];
  /** All trees of that day are here, so that they can be counted. */
  isWhole: boolean;
}

interface DayOptions {
  /** Returns a text that is equal for two times of one day. */
  dayOf(at: string): string;
  /** Trees are listed before these, or after them. */
  isFirstPage: boolean;
  isLastPage: boolean;
}

/** Whether the list is in the order of time, so that it has days. */
export function hasDays(sort: TreeSort): boolean {
  return sort === "newest" || sort === "oldest";
}

/** Marks the forks whose origin stands above them. */
export function rowsOf(trees: readonly Tree[]): ListedRow[] {
  const above = new Map<string, Tree>();
  return trees.map((tree) => {
    const origin = (tree.forked_from && above.get(tree.forked_from.tree_id)) ?? null;
    above.set(tree.id, tree);
    return { tree, origin };
  });
}

/** Splits rows that are in the order of time. A fork belongs to the day of its origin. */
export function daysOf(rows: readonly ListedRow[], { dayOf, isFirstPage, isLastPage }: DayOptions): Day[] {
  const days: Day[] = [];
  for (const row of rows) {
    const last = days.at(-1);
    if (last && (row.origin || dayOf(last.at) === dayOf(row.tree.created_at))) last.rows.push(row);
    else days.push({ at: row.tree.created_at, rows: [row], isWhole: true });
  }
  const [first, last] = [days[0], days.at(-1)];
  if (first && !isFirstPage) first.isWhole = false;
  if (last && !isLastPage) last.isWhole = false;
  return days;
}

/** What the trees spent themselves: a fork's total includes what its origin had spent. */
export function spentIn(rows: readonly ListedRow[]): number {
  return rows.reduce((sum, { tree: { totals } }) => sum + totals.cost_usd - (totals.copied_cost_usd ?? 0), 0);
}
