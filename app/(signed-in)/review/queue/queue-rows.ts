/** The open items as rows. Identical items share a row, and rows can be grouped by tree. Pure. */
import type { Review } from "@/core/shapes/shapes";

export type KindFilter = "all" | Review["kind"];

export interface QueueRow {
  /** Id of the first item, which also selects the row. */
  id: string;
  /** Identical items. The row shows the first. */
  items: Review[];
  /** True for an item that was expanded out of the row above. */
  isMember: boolean;
}

export interface QueueGroup {
  treeId: string | null;
  rows: QueueRow[];
}

/** Returns the same key for identical items: same kind, same subject. A question, proposal or change stays alone. */
function alikeKey({ id, kind, title, detail, evidence }: Review): string {
  if (kind === "question" || kind === "proposal" || kind === "change") return id;
  return kind === "approval" ? [kind, title, evidence].join("\n") : [kind, title, detail].join("\n");
}

export function groupsOf(
  reviews: readonly Review[],
  { kind, byTree, unfolded }: { kind: KindFilter; byTree: boolean; unfolded: ReadonlySet<string> },
): QueueGroup[] {
  const wanted = reviews.filter((review) => kind === "all" || review.kind === kind);
  const groups = new Map<string | null, Review[]>();
  for (const review of wanted) {
    const key = byTree ? review.tree_id : null;
    groups.set(key, [...(groups.get(key) ?? []), review]);
  }
  return [...groups].map(([treeId, items]) => ({ treeId, rows: rowsOf(items, unfolded) }));
}

function rowsOf(reviews: readonly Review[], unfolded: ReadonlySet<string>): QueueRow[] {
  const alike = new Map<string, Review[]>();
  for (const review of reviews) {
    const key = alikeKey(review);
    alike.set(key, [...(alike.get(key) ?? []), review]);
  }
  return [...alike.values()].flatMap((items) => {
    const [first, ...rest] = items as [Review, ...Review[]];
    if (rest.length === 0 || !unfolded.has(first.id)) return [{ id: first.id, items, isMember: false }];
    const members = rest.map((review) => ({ id: review.id, items: [review], isMember: true }));
    return [{ id: first.id, items: [first], isMember: false }, ...members];
  });
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

/** Returns the word beside the attention: how high the risk is, where there is one. */
export function attentionWord({ risk: { level } }: Pick<Review, "risk">): string {
  return level === "No" ? "" : level.toLowerCase();
}
