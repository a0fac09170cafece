/** The open items as rows in two groups. Alike items share a row, and rows can be grouped by tree. Pure. */
import type { Review } from "@/core/shapes/shapes";

export type KindFilter = "all" | Review["kind"];

export interface QueueRow {
  /** Id of the first item, which also selects the row. */
  id: string;
  /** Alike items, which one decision settles. The row shows the first. */
  items: Review[];
}

export interface QueueGroup {
  /** The tree's id, or how much care its items need. */
  id: string;
  rows: QueueRow[];
}

/** The effect of these calls depends on the files of their tree, so calls of two trees are two decisions. */
const SHOWN_BY_FOLDER = new Set(["write_file", "edit_file", "extract_archive", "git_operations"]);

/** Returns the same key for alike items: same act, same arguments, in any tree. A question, proposal or change stays alone. */
function alikeKey({ id, kind, tool, tree_id, title, detail, evidence }: Review): string {
  if (kind === "question" || kind === "proposal" || kind === "change") return id;
  if (kind === "flag") return [kind, title, detail].join("\n");
  return [kind, tool, SHOWN_BY_FOLDER.has(tool ?? "") ? tree_id : "", title, evidence].join("\n");
}

/** Items that reach beyond their folder or cannot be undone need a close look, and so do those that need an answer. */
function isForClose({ kind, risk: { level } }: Review): boolean {
  return kind === "question" || level === "High" || level === "Medium";
}

export const CLOSE = "close";
export const QUICK = "quick";

export function groupsOf(
  reviews: readonly Review[],
  { kind, byTree }: { kind: KindFilter; byTree: boolean },
): QueueGroup[] {
  const wanted = reviews.filter((review) => kind === "all" || review.kind === kind);
  const groups = new Map<string, Review[]>(byTree ? [] : [CLOSE, QUICK].map((id) => [id, []]));
  for (const review of wanted) {
    const id = byTree ? review.tree_id : isForClose(review) ? CLOSE : QUICK;
    groups.set(id, [...(groups.get(id) ?? []), review]);
  }
  return [...groups].flatMap(([id, items]) => (items.length > 0 ? [{ id, rows: rowsOf(items) }] : []));
}

function rowsOf(reviews: readonly Review[]): QueueRow[] {
  const alike = new Map<string, Review[]>();
  for (const review of reviews) {
    const key = alikeKey(review);
    alike.set(key, [...(alike.get(key) ?? []), review]);
  }
  return [...alike.values()].map((items) => ({ id: items[0]?.id ?? "", items }));
}

/** Returns where the items of a row come from: “3 trees”, or “3 calls in 2 trees”. */
export function placesWords(items: readonly Review[]): string {
  const trees = new Set(items.map(({ tree_id }) => tree_id)).size;
  const noun = items[0]?.kind === "flag" ? "flags" : "calls";
  if (trees === items.length) return `${trees} trees`;
  return `${items.length} ${noun} in ${trees === 1 ? "one tree" : `${trees} trees`}`;
}

/**
 * Returns the id of the item to show after a decision on `id`: the next open one of its row, of the rows below, then of
 * those above; null when none is left.
 */
export function nextItem(rows: readonly QueueRow[], id: string | null, isDone: (id: string) => boolean): string | null {
  const at = rows.findIndex(({ items }) => items.some((item) => item.id === id));
  const inOrder = [...rows.slice(Math.max(0, at)), ...rows.slice(0, Math.max(0, at))].flatMap(({ items }) => items);
  return inOrder.find((item) => item.id !== id && !isDone(item.id))?.id ?? null;
}

/** Returns the shown rows in their places, updated, with the number of new items and the ids of closed ones. */
export function held(
  shown: readonly Review[],
  open: readonly Review[],
): { rows: Review[]; fresh: number; gone: Set<string> } {
  const now = new Map(open.map((review) => [review.id, review]));
  const known = new Set(shown.map((review) => review.id));
  return {
    rows: shown.map((review) => now.get(review.id) ?? review),
    fresh: open.filter((review) => !known.has(review.id)).length,
    gone: new Set(shown.filter((review) => !now.has(review.id)).map((review) => review.id)),
  };
}

export function countKinds(reviews: readonly Review[]): Record<KindFilter, number> {
  const counts = { all: reviews.length, question: 0, approval: 0, proposal: 0, change: 0, flag: 0 };
  for (const { kind } of reviews) counts[kind]++;
  return counts;
}
