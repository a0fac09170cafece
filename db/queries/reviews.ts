import type { Page, Review } from "@/agents/core/shapes";
import type { Sqlite } from "../client";
import { type ReviewRow, reviewShape } from "./shapes";

export interface ReviewQueries {
  list(options: { open?: boolean; treeId?: string; after?: string; limit: number }): Page<Review>;
  get(uid: string): Review | null;
  like(prefix: string): string[];
  countOpen(): number;
}

/** Questions that still wait for a task are not before a person yet. */
const BEFORE_A_PERSON = "review.addressee_id IS NULL";

export function createReviewQueries(sqlite: Sqlite): ReviewQueries {
  const columns = `
    SELECT review.id, review.uid, tree.uid AS treeUid, task.uid AS taskUid, review.kind, review.title, review.detail,
      review.evidence, review.attention, review.status, review.answer, review.created_at_ms AS createdAtMs,
      review.decided_by AS decidedBy, review.decided_at_ms AS decidedAtMs
    FROM reviews review JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id`;
  const list = sqlite.prepare(`${columns}
    WHERE ${BEFORE_A_PERSON} AND (@open = 0 OR review.status = 'open') AND (@tree IS NULL OR tree.uid = @tree)
    ORDER BY review.status = 'open' DESC, review.attention DESC, review.id DESC LIMIT @limit OFFSET @offset`);
  const one = sqlite.prepare(`${columns} WHERE review.uid = ?`);
  const like = sqlite.prepare("SELECT uid FROM reviews WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2").pluck();
  const count = sqlite
    .prepare(`SELECT count(*) FROM reviews review WHERE ${BEFORE_A_PERSON} AND status = 'open'`)
    .pluck();
  const shape = ({ id: _, ...row }: ReviewRow & { id: number }) => reviewShape(row);

  return {
    list({ open, treeId, after, limit }) {
      const offset = Number(after ?? 0) || 0;
      const rows = list.all({ open: open ? 1 : 0, tree: treeId ?? null, limit: limit + 1, offset }) as (ReviewRow & {
        id: number;
      })[];
      return { items: rows.slice(0, limit).map(shape), next: rows.length > limit ? String(offset + limit) : null };
    },
    get(uid) {
      const row = one.get(uid) as (ReviewRow & { id: number }) | undefined;
      return row ? shape(row) : null;
    },
    like: (prefix) => like.all({ prefix }) as string[],
    countOpen: () => count.get() as number,
  };
}
