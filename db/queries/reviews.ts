/** Reads the review queue: open items, most urgent first, then decided items, newest first. */
import { attentionOf } from "@/core/attention";
import type { ReviewFacts } from "@/core/log/terms";
import type { Page, Review } from "@/core/shapes/shapes";
import type { Sqlite } from "@/db/file/client";
import { isOfNoCanary } from "@/db/people/canary";
import { factsOfReview, REVIEW_FACT_COLUMNS, type ReviewRow, reviewShape } from "./shapes";

export interface ReviewQueries {
  /**
   * Returns a page of items. Open ones are ordered by their urgency, or with `newest` by their age. `alikeTo` selects open
   * items that are identical to this item, including it.
   */
  list(options: {
    open?: boolean;
    newest?: boolean;
    treeId?: string;
    alikeTo?: string;
    after?: string;
    limit: number;
    nowMs: number;
  }): Page<Review>;
  get(uid: string, nowMs: number): Review | null;
  like(prefix: string): string[];
  factsOf(uid: string): ReviewFacts;
  countOpen(): number;
  /** Returns a text that changes whenever an item is opened or settled. */
  mark(): string;
}

/** True for items that wait for a person. A question that waits for a task does not, nor what a canary asks. */
const BEFORE_A_PERSON = `review.addressee_id IS NULL AND ${isOfNoCanary("review.tree_id")}`;

/** SQL conditions on the columns of `reviews`: a task waits, or has waited, for a person's decision on the item. */
const ALWAYS_AWAITED = "kind IN ('question', 'approval')";
export const AWAITED = `addressee_id IS NULL AND (${ALWAYS_AWAITED} OR facts ->> '$.waits' IS NOT NULL)`;

/** SQL condition: a task waits for the item now. A proposal stays open after its task has gone on without a decision. */
export const AWAITED_NOW = `status = 'open' AND ${AWAITED} AND (${ALWAYS_AWAITED} OR EXISTS (
  SELECT 1 FROM tasks asker WHERE asker.id = task_id AND asker.status = 'waiting' AND asker.wait_kind = 'approval'))`;

/** SQL: when an awaited item stopped holding its task; null while it may still hold it. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;
export const AWAITED_UNTIL = `nullif(min(ifnull(decided_at_ms, ${NEVER_MS}), ifnull(facts ->> '$.waits.untilMs', ${NEVER_MS}),
  ifnull((SELECT ended_at_ms FROM tasks asker WHERE asker.id = task_id), ${NEVER_MS})), ${NEVER_MS})`;

/** SQL key that is equal for identical items of a tree, so that one decision can settle them all. */
export const sameAs = (review: string) =>
  `${review}.tree_id || ' ' || ${review}.kind || ' ' || ifnull(${review}.subject, ${review}.title || ' ' || ${review}.detail)`;

type Row = Omit<ReviewRow, "alike" | "waitingTasks"> & {
  id: number;
  sameAs: string;
  taskDepth: number;
  taskEndedAtMs: number | null;
};

type Statements = ReturnType<typeof reviewStatements>;

export function createReviewQueries(sqlite: Sqlite): ReviewQueries {
  const run = reviewStatements(sqlite);
  return {
    list: (options) => list(run, options),
    get: (uid, nowMs) => get(run, uid, nowMs),
    like: (prefix) => run.like.all({ prefix }) as string[],
    mark: () => run.mark.get() as string,
    factsOf: (uid) => factsOfReview((run.facts.get(uid) as string | null | undefined) ?? null),
    countOpen: () => run.count.get() as number,
  };
}

function reviewStatements(sqlite: Sqlite) {
  const columns = columnsWith("review.evidence");
  // Ranking reads all open items, but evidence may be long, so it is read only for the items of the page.
  const unread = columnsWith("NULL");
  const where = `WHERE ${BEFORE_A_PERSON} AND (@tree IS NULL OR tree.uid = @tree)`;
  return {
    evidence: sqlite.prepare("SELECT evidence FROM reviews WHERE id = ?").pluck(),
    open: sqlite.prepare(`${unread} ${where} AND review.status = 'open'`),
    closed: sqlite.prepare(`${columns} ${where} AND review.status <> 'open'
      ORDER BY review.id DESC LIMIT @limit OFFSET @offset`),
    alike: sqlite.prepare(`
      SELECT ${sameAs("review")} AS sameAs, count(*) AS count FROM reviews review
      WHERE ${BEFORE_A_PERSON} AND status = 'open' GROUP BY 1`),
    byId: sqlite.prepare(`${columns} WHERE review.uid = ?`),
    facts: sqlite.prepare("SELECT facts FROM reviews WHERE uid = ?").pluck(),
    like: sqlite.prepare("SELECT uid FROM reviews WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2").pluck(),
    count: sqlite.prepare(`SELECT count(*) FROM reviews review WHERE ${BEFORE_A_PERSON} AND status = 'open'`).pluck(),
    // Misses one item that opens while another closes between two reads; the next change reveals both.
    mark: sqlite
      .prepare(`
      SELECT ifnull((SELECT max(id) FROM reviews), 0) || ' ' || count(*) || ' ' || count(*) FILTER (WHERE ${BEFORE_A_PERSON})
      FROM reviews review WHERE status = 'open'`)
      .pluck(),
  };
}

const columnsWith = (evidence: string) => `
    SELECT review.id, review.uid, tree.uid AS treeUid, task.uid AS taskUid, review.kind, review.title, review.detail,
      ${evidence} AS evidence, review.blast_radius AS blastRadius, review.uncertainty, review.if_ignored AS ifIgnored,
      review.status, review.answer, review.created_at_ms AS createdAtMs, review.decided_by AS decidedBy,
      review.decided_at_ms AS decidedAtMs, task.depth AS taskDepth, task.ended_at_ms AS taskEndedAtMs, ${REVIEW_FACT_COLUMNS},
      ${sameAs("review")} AS sameAs
    FROM reviews review JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id
      LEFT JOIN approval_rules rule ON rule.id = review.rule_id`;

function list(run: Statements, options: Parameters<ReviewQueries["list"]>[0]): Page<Review> {
  const { open: isOpen, newest = false, treeId, alikeTo, after, limit, nowMs } = options;
  const offset = Number(after ?? 0) || 0;
  const tree = treeId ?? null;
  const alike = countAlike(run);
  const key = alikeTo === undefined ? null : (run.byId.get(alikeTo) as Row | undefined)?.sameAs;
  const rows = (run.open.all({ tree }) as Row[]).filter((row) => key === null || row.sameAs === key);
  const ordered = newest ? rows.sort((a, b) => b.id - a.id) : byAttention(rows, nowMs);
  const items = ordered.slice(offset, offset + limit + 1).map((row) => {
    const evidence = run.evidence.get(row.id) as string | null;
    return shape({ ...row, evidence }, nowMs, alike);
  });
  if (!isOpen && key === null && items.length <= limit) {
    const skipped = Math.max(0, offset - ordered.length);
    const rest = run.closed.all({ tree, limit: limit + 1 - items.length, offset: skipped }) as Row[];
    items.push(...rest.map((row) => shape(row, nowMs, alike)));
  }
  return { items: items.slice(0, limit), next: items.length > limit ? String(offset + limit) : null };
}

function byAttention(rows: readonly Row[], nowMs: number): Row[] {
  const all = rows.map((row) => ({ row, attention: ranked(row, nowMs).attention }));
  return all.sort((a, b) => b.attention - a.attention || a.row.id - b.row.id).map(({ row }) => row);
}

function get(run: Statements, uid: string, nowMs: number): Review | null {
  const row = run.byId.get(uid) as Row | undefined;
  return row ? shape(row, nowMs, countAlike(run)) : null;
}

/** Returns the number of open items for each key of identical items. */
function countAlike({ alike }: Statements): Map<string, number> {
  return new Map((alike.all() as { sameAs: string; count: number }[]).map(({ sameAs: key, count }) => [key, count]));
}

function ranked(row: Row, nowMs: number): { attention: number; waitingTasks: number } {
  const atMs = row.decidedAtMs ?? nowMs;
  const isOver = row.status === "open" && row.taskEndedAtMs !== null;
  const waitingTasks = !isOver && isAwaited(row, atMs) ? row.taskDepth + 1 : 0;
  return { attention: attentionOf({ ...row, waitingTasks, waitedMs: atMs - row.createdAtMs }), waitingTasks };
}

/** Builds an item. The attention of a decided item is computed for the moment of its decision. */
function shape(found: Row, nowMs: number, alike: Map<string, number>): Review {
  const { attention, waitingTasks } = ranked(found, nowMs);
  const { id: _, sameAs: key, taskDepth: _depth, taskEndedAtMs: _ended, ...row } = found;
  // Questions are answered one by one, so they never count as identical.
  const count = row.status === "open" && row.kind !== "question" ? (alike.get(key) ?? 1) : 1;
  return reviewShape({ ...row, waitingTasks, alike: count }, attention);
}

/** Whether its task waits for it: always for an answer and an approval, for another item when its call says so. */
export function isAwaited({ kind, facts }: Pick<ReviewRow, "kind" | "facts">, atMs: number): boolean {
  if (kind === "question" || kind === "approval") return true;
  const { waits } = factsOfReview(facts);
  return waits !== undefined && (waits.untilMs === null || atMs < waits.untilMs);
}
