/** Reads decided review items, with search, filters and pages, newest first. A cursor is the id of the last row. */
import { attentionOf } from "@/core/attention";
import type { DecidedQuery, DecidedReview } from "@/core/shapes/review";
import type { Page } from "@/core/shapes/shapes";
import { withoutDisguise } from "@/core/words/visible";
import { addAnyCase, inAnyCase, isPlain } from "@/db/file/any-case";
import type { Sqlite } from "@/db/file/client";
import { isNoCanary } from "@/db/people/canary";
import { isAwaited } from "./reviews";
import { REVIEW_FACT_COLUMNS, type ReviewRow, reviewShape } from "./shapes";

export interface DecidedQueries {
  list(query: DecidedQuery & { limit: number }): Page<Omit<DecidedReview, "restorable">>;
  /** The message that opened the item; null when unknown. */
  seqOf(reviewUid: string): number | null;
}

type Row = Omit<ReviewRow, "alike"> & { id: number; agent: string; treeTitle: string };

const SEARCHED = "review.title || ' ' || review.detail || ' ' || ifnull(review.answer, '')";

export function createDecidedQueries(sqlite: Sqlite): DecidedQueries {
  addAnyCase(sqlite);
  const list = sqlite.prepare(`
    SELECT review.id, review.uid, tree.uid AS treeUid, tree.title AS treeTitle, task.uid AS taskUid, task.agent, review.kind,
      review.title, review.detail, review.evidence, review.blast_radius AS blastRadius, review.uncertainty,
      review.if_ignored AS ifIgnored, review.status, review.answer, review.created_at_ms AS createdAtMs,
      review.decided_by AS decidedBy, review.decided_at_ms AS decidedAtMs, task.depth + 1 AS waitingTasks,
      ${REVIEW_FACT_COLUMNS}
    FROM reviews review JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id
      LEFT JOIN approval_rules rule ON rule.id = review.rule_id
    WHERE review.addressee_id IS NULL AND ${isNoCanary("tree")} AND review.status <> 'open' AND (@after IS NULL OR review.id < @after)
      AND (@kind IS NULL OR review.kind = @kind) AND (@status IS NULL OR review.status = @status)
      AND (@by IS NULL OR instr(${inAnyCase("review.decided_by")}, @by) > 0)
      AND (@text IS NULL OR instr(${inAnyCase(SEARCHED)}, @text) > 0)
    ORDER BY review.id DESC LIMIT @limit`);
  // 0: no message opened it.
  const seq = sqlite.prepare("SELECT nullif(seq, 0) FROM reviews WHERE uid = ?").pluck();

  return {
    list({ text, kind, status, by, after, limit }) {
      const asked = {
        text: text?.trim().toLowerCase() || null,
        by: by?.trim().toLowerCase() || null,
        kind: kind ?? null,
        status: status ?? null,
        after: after === undefined ? null : Number(after),
      };
      const rows = list.all({ ...asked, isPlain: isPlain(asked.text, asked.by), limit: limit + 1 }) as Row[];
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { items: page.map(shape), next: rows.length > limit && last ? String(last.id) : null };
    },
    seqOf: (reviewUid) => (seq.get(reviewUid) as number | null | undefined) ?? null,
  };
}

function shape({ id: _, agent, treeTitle, ...row }: Row): Omit<DecidedReview, "restorable"> {
  const waitedMs = (row.decidedAtMs ?? row.createdAtMs) - row.createdAtMs;
  const waitingTasks = isAwaited(row, row.decidedAtMs ?? row.createdAtMs) ? row.waitingTasks : 0;
  const review = reviewShape({ ...row, waitingTasks, alike: 1 }, attentionOf({ ...row, waitingTasks, waitedMs }));
  return { ...review, agent, tree_title: withoutDisguise(treeTitle) };
}
