/** Reads how tasks ended, how long models took to reply, and how review items were settled. */
import type { ModelReply, SettledReview, TaskEnd } from "@/core/kpis/facts";
import { CLOCK } from "@/core/timeouts";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { isNoCanary } from "@/db/people/canary";
import { microUsdOf } from "@/db/queries/charges";
import { AWAITED, AWAITED_UNTIL } from "@/db/queries/reviews";

/** Rows with the key of the repository in which their tree works. */
type OfRepository<Row> = Omit<Row, "project"> & { repository: string | null };
type TaskEndRow = OfRepository<TaskEnd>;
type ReplyRow = OfRepository<ModelReply>;
type ReviewRow = OfRepository<SettledReview>;

/** More rows take a page too long. */
const MOST_ENDS = 50_000;
const MOST_REPLIES = 20_000;

const REPLY = KINDS.indexOf("agent_response");

/** SQL: its tree ran here, and not for a test of a release. */
const RAN_HERE = `tree.archive_hash IS NULL AND ${isNoCanary("tree")}`;

/** SQL: what the messages cost that a task of a fork copied. */
const COPIED_MICRO_USD = `(
  SELECT ifnull(sum(${microUsdOf("copied")}), 0) FROM messages copied WHERE copied.task_id = task.id AND copied.origin_seq IS NOT NULL)`;

interface Read<Row> {
  rows: Row[];
  /** Older rows were not read; null: all were. */
  sinceMs: number | null;
}

export interface EndReader {
  tasks(sinceMs: number): Read<TaskEndRow>;
  replies(sinceMs: number): Read<ReplyRow>;
  reviews(sinceMs: number): ReviewRow[];
}

export function createEndReader(sqlite: Sqlite): EndReader {
  // A fork has its own message for each end that it copied, and that counts in its origin. So does what a task cost there:
  // only what it went on to spend in the fork counts here.
  const tasks = sqlite.prepare(`
    SELECT attempt.ended_at_ms AS endedAtMs, attempt.status, attempt.reason, attempt.attempt, task.model, tree.repository,
      attempt.attempt = task.attempt AND task.ended_at_ms IS NOT NULL AS isLast,
      iif(attempt.attempt = task.attempt AND task.ended_at_ms IS NOT NULL,
        task.micro_usd - iif(task.origin_id IS NULL, 0, ${COPIED_MICRO_USD}), 0) AS microUsd,
      iif(attempt.attempt = 1 AND task.origin_id IS NULL, max(0, task.started_at_ms - max(task.created_at_ms, ifnull((
        SELECT max(first.ended_at_ms) FROM dependencies JOIN tasks first ON first.id = dependencies.on_id
        WHERE dependencies.task_id = task.id), 0))), NULL) AS queuedMs
    FROM attempts attempt JOIN tasks task ON task.id = attempt.task_id JOIN trees tree ON tree.id = attempt.tree_id
      JOIN messages message ON message.id = attempt.result_seq
    WHERE attempt.ended_at_ms >= ? AND message.origin_seq IS NULL AND ${RAN_HERE}
    ORDER BY attempt.ended_at_ms DESC, attempt.task_id DESC, attempt.attempt DESC LIMIT ${MOST_ENDS}`);
  // The entry before a reply tells when the model could begin: the response of a call, an instruction, a message.
  const replies = sqlite.prepare(`
    SELECT reply.created_at_ms AS atMs, max(0, reply.created_at_ms - max(earlier.created_at_ms, ifnull(task.started_at_ms, 0))) AS ms,
      tree.repository
    FROM messages reply JOIN tasks task ON task.id = reply.task_id JOIN trees tree ON tree.id = reply.tree_id
      JOIN messages earlier ON earlier.id = (
        SELECT max(id) FROM messages WHERE messages.task_id = reply.task_id AND messages.id < reply.id)
    WHERE reply.kind = ${REPLY} AND reply.created_at_ms >= ? AND reply.origin_seq IS NULL AND ${RAN_HERE}
      AND task.model NOT IN ('runbook', 'goal', 'iteration')
      AND ifnull(CASE WHEN json_valid(earlier.body) THEN earlier.body ->> '$.type' END, '') NOT IN ('model_failed', 'daily_cap')
    ORDER BY reply.id DESC LIMIT ${MOST_REPLIES}`);
  // Older versions stored no time for what was withdrawn: mostly its task had ended. A fork asks again what was open, and
  // what was decided before it counts in its origin.
  const reviews = sqlite.prepare(`
    SELECT review.kind, CASE
        WHEN review.rule_id IS NOT NULL THEN 'rules'
        WHEN review.status = 'withdrawn' OR review.decided_by = '${CLOCK}' THEN 'nobody'
        ELSE 'people' END AS "by",
      max(review.created_at_ms, tree.created_at_ms) AS createdAtMs, review.settledAtMs,
      max(0, review.heldUntilMs - max(review.created_at_ms, tree.created_at_ms)) AS waitedMs, tree.repository
    FROM (
      SELECT *, ifnull(decided_at_ms, (SELECT ended_at_ms FROM tasks asker WHERE asker.id = task_id)) AS settledAtMs,
        iif(${AWAITED}, ${AWAITED_UNTIL}, NULL) AS heldUntilMs
      FROM reviews WHERE addressee_id IS NULL AND status <> 'open') review
    JOIN trees tree ON tree.id = review.tree_id
    WHERE review.settledAtMs >= ? AND review.settledAtMs >= tree.created_at_ms AND ${RAN_HERE}
    ORDER BY review.settledAtMs, review.id`);
  return {
    tasks: (sinceMs) => {
      const rows = tasks.all(sinceMs) as (Omit<TaskEndRow, "isLast"> & { isLast: 0 | 1 })[];
      return read(
        rows.map((row) => ({ ...row, isLast: row.isLast === 1 })),
        MOST_ENDS,
        ({ endedAtMs }) => endedAtMs,
      );
    },
    replies: (sinceMs) => read(replies.all(sinceMs) as ReplyRow[], MOST_REPLIES, ({ atMs }) => atMs),
    reviews: (sinceMs) => reviews.all(sinceMs) as ReviewRow[],
  };
}

function read<Row>(rows: Row[], most: number, timeOf: (row: Row) => number): Read<Row> {
  const oldest = rows.at(-1);
  return { rows, sinceMs: rows.length < most || oldest === undefined ? null : timeOf(oldest) };
}
