/** The review queue: what waits for a person, the most pressing first, then what was decided, the newest first. */
import { attentionOf } from "@/agents/core/attention";
import type { Page, Review } from "@/agents/core/shapes";
import type { Sqlite } from "../client";
import { type ReviewRow, reviewShape } from "./shapes";

export interface ReviewQueries {
  /** `alikeTo`: only open items that are equal to this one, itself included. */
  list(options: {
    open?: boolean;
    treeId?: string;
    alikeTo?: string;
    after?: string;
    limit: number;
    nowMs: number;
  }): Page<Review>;
  get(uid: string, nowMs: number): Review | null;
  like(prefix: string): string[];
  countOpen(): number;
}

/** Questions that still wait for a task are not before a person yet. */
const BEFORE_A_PERSON = "review.addressee_id IS NULL";

/** What makes two items of a tree equal, so that one decision may settle both. */
export const sameAs = (review: string) =>
  `${review}.tree_id || ' ' || ${review}.kind || ' ' || ifnull(${review}.subject, ${review}.title || ' ' || ${review}.detail)`;

type Row = Omit<ReviewRow, "alike"> & { id: number; sameAs: string };

export function createReviewQueries(sqlite: Sqlite): ReviewQueries {
  const columnsWith = (evidence: string) => `
    SELECT review.id, review.uid, tree.uid AS treeUid, task.uid AS taskUid, review.kind, review.title, review.detail,
      ${evidence} AS evidence, review.blast_radius AS blastRadius, review.uncertainty, review.if_ignored AS ifIgnored,
      review.status, review.answer, review.created_at_ms AS createdAtMs, review.decided_by AS decidedBy,
      review.decided_at_ms AS decidedAtMs, task.depth + 1 AS waitingTasks,
      ${sameAs("review")} AS sameAs
    FROM reviews review JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id`;
  const columns = columnsWith("review.evidence");
  // Evidence may be long, and all open items are ranked: it is read for those that are shown.
  const ranked = columnsWith("NULL");
  const evidence = sqlite.prepare("SELECT evidence FROM reviews WHERE id = ?").pluck();
  const where = `WHERE ${BEFORE_A_PERSON} AND (@tree IS NULL OR tree.uid = @tree)`;
  const open = sqlite.prepare(`${ranked} ${where} AND review.status = 'open'`);
  const closed = sqlite.prepare(`${columns} ${where} AND review.status <> 'open'
    ORDER BY review.id DESC LIMIT @limit OFFSET @offset`);
  const counts = sqlite.prepare(`
    SELECT ${sameAs("review")} AS sameAs, count(*) AS count FROM reviews review
    WHERE ${BEFORE_A_PERSON} AND status = 'open' GROUP BY 1`);
  const one = sqlite.prepare(`${columns} WHERE review.uid = ?`);
  const like = sqlite.prepare("SELECT uid FROM reviews WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2").pluck();
  const count = sqlite
    .prepare(`SELECT count(*) FROM reviews review WHERE ${BEFORE_A_PERSON} AND status = 'open'`)
    .pluck();

  /** What a decided item once deserved is that of the moment of the decision. */
  function shape({ id: _, sameAs: key, ...row }: Row, nowMs: number, alike: Map<string, number>): Review {
    const waitedMs = (row.decidedAtMs ?? nowMs) - row.createdAtMs;
    // Questions are answered one by one.
    const count = row.status === "open" && row.kind !== "question" ? (alike.get(key) ?? 1) : 1;
    return reviewShape({ ...row, alike: count }, attentionOf({ ...row, waitedMs }));
  }

  function countAlike(): Map<string, number> {
    return new Map((counts.all() as { sameAs: string; count: number }[]).map(({ sameAs: key, count }) => [key, count]));
  }

  return {
    list({ open: isOpen, treeId, alikeTo, after, limit, nowMs }) {
      const offset = Number(after ?? 0) || 0;
      const tree = treeId ?? null;
      const alike = countAlike();
      const key = alikeTo === undefined ? null : (one.get(alikeTo) as Row | undefined)?.sameAs;
      const rows = (open.all({ tree }) as Row[]).filter((row) => key === null || row.sameAs === key);
      const byAttention = rows.map((row) => ({ id: row.id, review: shape(row, nowMs, alike) }));
      byAttention.sort((a, b) => b.review.attention - a.review.attention || a.id - b.id);
      const items = byAttention.slice(offset, offset + limit + 1).map(({ id, review }) => {
        return { ...review, evidence: evidence.get(id) as string | null };
      });
      if (!isOpen && key === null && items.length <= limit) {
        const skipped = Math.max(0, offset - byAttention.length);
        const rest = closed.all({ tree, limit: limit + 1 - items.length, offset: skipped }) as Row[];
        items.push(...rest.map((row) => shape(row, nowMs, alike)));
      }
      return { items: items.slice(0, limit), next: items.length > limit ? String(offset + limit) : null };
    },
    get(uid, nowMs) {
      const row = one.get(uid) as Row | undefined;
      return row ? shape(row, nowMs, countAlike()) : null;
    },
    like: (prefix) => like.all({ prefix }) as string[],
    countOpen: () => count.get() as number,
  };
}
