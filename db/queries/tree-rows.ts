/** Rows of trees and tasks for pages and the command line, and the statements that select them. */
import type { Reason } from "@/core/log/reasons";
import type { TaskStatus } from "@/core/log/terms";
import { SELECTOR } from "@/core/selection";
import { isEvent, wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { FOUND_TASK } from "@/db/records/found-task";
import { HALTED } from "@/db/records/halt";
import { LOG_COLUMNS } from "@/db/records/task-columns";
import { SEEN_RUNNERS } from "@/db/runners/places";
import { AWAITED_NOW } from "./reviews";
import { CUT_CHARS, type TaskRow, toolOfSubject } from "./shapes";
import { TREE_STATUS } from "./tree-list";

const TASK_COLUMNS = `
  task.id, task.uid, tree.uid AS treeUid, task.parent_id AS parentId, parent.uid AS parentUid, task.role, task.title,
  ${LOG_COLUMNS.read("task")}, task.status, task.reason, task.detail, task.fruitless_leases AS fruitlessLeases, task.wait_kind AS waitKind,
  task.parked_until_ms AS parkedUntilMs, task.depth, task.holds + ${HALTED} AS holds, task.awaited, task.letters, task.grant_tokens AS grantTokens,
  task.grant_micro_usd AS grantMicroUsd, task.grant_tasks AS grantTasks, task.grant_depth AS grantDepth,
  task.grant_seconds AS grantSeconds, task.active_ms AS activeMs, task.created_at_ms AS createdAtMs, task.started_at_ms AS startedAtMs,
  task.ended_at_ms AS endedAtMs`;
const TASK_FROM =
  "FROM tasks task JOIN trees tree ON tree.id = task.tree_id LEFT JOIN tasks parent ON parent.id = task.parent_id";

export interface TreeRow {
  id: number;
  uid: string;
  title: string;
  /** See `TREE_STATUS`. */
  status: TaskStatus;
  createdBy: string;
  isSystem: number;
  rootId: number;
  rootAgent: string;
  rootUid: string;
  rootReason: Reason | null;
  rootHeadline: string;
  neededTokens: number | null;
  neededMicroUsd: number | null;
  workspace: string;
  priority: number;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
  copiedMicroUsd: number;
  tasksTotal: number;
  tasksEnded: number;
  tasksFailed: number;
  tasksStopped: number;
  createdAtMs: number;
  endedAtMs: number | null;
  forkedFrom: string | null;
  forkSeq: number | null;
  grantTokens: number | null;
  grantMicroUsd: number | null;
  grantTasks: number | null;
  grantDepth: number | null;
  grantSeconds: number | null;
  activeMs: number;
  scheduleUid: string | null;
  scheduleName: string | null;
  scheduleDueMs: number | null;
  scheduleCause: "time" | "person" | null;
  isScheduleRemoved: number;
  pinnedBy: string | null;
  pinnedAtMs: number | null;
  isFromArchive: number;
  /** JSON; see `NotKept` in `db/trees/kept-trees.ts`. */
  notKept: string | null;
  /** JSON: `TreePlace`; null: it works on the server's machine. */
  place: string | null;
  /** The pool on which it is checked; null: it is checked where it works. */
  checksPool: string | null;
}

/** Returns the name of the row in `facts` that says which tree a person kept instead of this one. */
export function notKeptFact(treeUid: string): string {
  return `not_kept:${treeUid}`;
}

/** Whether the pool is held is what the worker that leads wrote down last. */
const PLACE = `(SELECT json_object('pool', place.pool, 'runner', place.runner, 'number', place.number, 'is_held',
    json(iif(EXISTS (SELECT 1 FROM facts, json_each(facts.value, '$.held') one
      WHERE facts.name = '${SEEN_RUNNERS}' AND json_extract(one.value, '$.pool') = place.pool), 'true', 'false')))
  FROM places place WHERE place.tree_id = tree.id)`;

const TREE_COLUMNS = `
  tree.id, tree.uid, tree.title, tree.created_by AS createdBy, tree.is_system AS isSystem, root.id AS rootId, root.agent AS rootAgent, root.uid AS rootUid, ${TREE_STATUS} AS status,
  root.reason AS rootReason, root.headline AS rootHeadline, root.needed_tokens AS neededTokens, root.needed_micro_usd AS neededMicroUsd, tree.workspace, tree.priority,
  tree.tokens_in AS tokensIn, tree.tokens_out AS tokensOut, tree.micro_usd AS microUsd, tree.copied_micro_usd AS copiedMicroUsd, tree.tasks_total AS tasksTotal,
  tree.tasks_ended AS tasksEnded, tree.tasks_failed AS tasksFailed, tree.tasks_stopped AS tasksStopped, tree.created_at_ms AS createdAtMs, tree.ended_at_ms AS endedAtMs,
  tree.cap_tokens AS grantTokens, tree.cap_micro_usd AS grantMicroUsd, tree.cap_tasks AS grantTasks, root.active_ms AS activeMs,
  tree.forked_from AS forkedFrom, tree.fork_seq AS forkSeq, tree.cap_depth AS grantDepth, tree.cap_seconds AS grantSeconds,
  schedule.uid AS scheduleUid, schedule.name AS scheduleName, run.due_at_ms AS scheduleDueMs, run.cause AS scheduleCause,
  schedule.removed_at_ms IS NOT NULL AS isScheduleRemoved, tree.pinned_by AS pinnedBy, tree.pinned_at_ms AS pinnedAtMs,
  tree.archive_hash IS NOT NULL AS isFromArchive, (SELECT value FROM facts WHERE name = '${notKeptFact("")}' || tree.uid) AS notKept,
  ${PLACE} AS place, (SELECT pool FROM check_pools WHERE tree_id = tree.id) AS checksPool
  FROM trees tree JOIN tasks root ON root.id = tree.root_id
    LEFT JOIN schedule_runs run ON run.tree = tree.uid LEFT JOIN schedules schedule ON schedule.id = run.schedule_id`;

/** A task's own spend, without its subtasks. */
export interface SpendRow {
  id: number;
  parentId: number | null;
  role: TaskRow["role"];
  tokens: number;
  microUsd: number;
}

export function treeRowStatements(sqlite: Sqlite) {
  return {
    ...treeStatements(sqlite),
    ...taskStatements(sqlite),
    ...textStatements(sqlite),
    ...waitStatements(sqlite),
    ...nameStatements(sqlite),
  };
}

function treeStatements(sqlite: Sqlite) {
  return {
    treeById: sqlite.prepare(`SELECT ${TREE_COLUMNS} WHERE tree.id = ?`),
    tree: sqlite.prepare(`SELECT ${TREE_COLUMNS} WHERE tree.uid = ?`),
    // The newest such event: a fork of a fork also holds those of its origins.
    forkPoint: sqlite.prepare(`
      SELECT message.turn + 1 AS turn,
        CASE WHEN above.id IS NOT NULL AND above.agent <> '${SELECTOR}' THEN task.title END AS task
      FROM messages message JOIN tasks task ON task.id = message.task_id LEFT JOIN tasks above ON above.id = task.parent_id
      WHERE message.tree_id = ? AND ${isEvent(["forked"], "message")} ORDER BY message.id DESC LIMIT 1`),
    busy: sqlite
      .prepare(
        "SELECT headline FROM tasks WHERE tree_id = ? AND status = 'running' AND headline <> '' ORDER BY id DESC LIMIT 1",
      )
      .pluck(),
    firstAsked: sqlite.prepare(`
      SELECT kind, title, evidence, ${toolOfSubject("reviews")} AS tool FROM reviews
      WHERE tree_id = ? AND ${AWAITED_NOW} ORDER BY id LIMIT 1`),
    firstParked: sqlite.prepare(`
      SELECT detail, wait_kind AS waitKind, fruitless_leases AS fruitlessLeases, parked_until_ms AS untilMs FROM tasks WHERE tree_id = ? AND status = 'parked' AND holds + ${HALTED} = 0
      ORDER BY parked_until_ms LIMIT 1`),
  };
}

function taskStatements(sqlite: Sqlite) {
  const spend = "id, parent_id AS parentId, role, tokens_in + tokens_out AS tokens, micro_usd AS microUsd";
  return {
    tasks: sqlite.prepare(`SELECT ${TASK_COLUMNS} ${TASK_FROM} WHERE task.tree_id = ? ORDER BY task.id`),
    task: sqlite.prepare(`SELECT ${TASK_COLUMNS} ${TASK_FROM} WHERE task.uid = ?`),
    changed: sqlite.prepare(`
      WITH RECURSIVE changed(id) AS (
        SELECT id FROM tasks WHERE uid IN (SELECT value FROM json_each(@uids)) AND tree_id = @tree
        UNION SELECT tasks.parent_id FROM changed JOIN tasks ON tasks.id = changed.id WHERE tasks.parent_id IS NOT NULL)
      SELECT ${TASK_COLUMNS} ${TASK_FROM} WHERE task.id IN (SELECT id FROM changed) ORDER BY task.id`),
    spend: sqlite.prepare(`SELECT ${spend} FROM tasks WHERE tree_id = ? ORDER BY id`),
    branchSpend: sqlite.prepare(`
      WITH RECURSIVE branch(id) AS (
        SELECT @id UNION ALL SELECT tasks.id FROM branch JOIN tasks ON tasks.parent_id = branch.id)
      SELECT ${spend} FROM tasks WHERE id IN (SELECT id FROM branch) ORDER BY id`),
  };
}

function textStatements(sqlite: Sqlite) {
  return {
    setup: sqlite
      .prepare(`
      SELECT ${wholeBody()} FROM messages JOIN trees ON trees.root_id = messages.task_id
      WHERE trees.uid = ? AND kind = 0 ORDER BY messages.id LIMIT 1`)
      .pluck(),
    instruction: sqlite.prepare(
      "SELECT body, blob_id AS blobId FROM messages WHERE task_id = ? AND kind = 1 ORDER BY id LIMIT 1",
    ),
    end: sqlite.prepare(
      "SELECT body, blob_id AS blobId FROM messages WHERE id = (SELECT result_seq FROM tasks WHERE id = ?)",
    ),
    // A change of a goal is stored as a message, too: see `storedLetter`.
    unread: sqlite.prepare(`
      SELECT body ->> 'by' AS by, substr(body ->> 'text', 1, ${CUT_CHARS}) AS text, created_at_ms AS sentAtMs FROM letters
      WHERE task_id = ? AND body ->> 'kind' = 'steer' ORDER BY id`),
  };
}

/** Statements that read what tasks wait for and what pauses them. */
function waitStatements(sqlite: Sqlite) {
  return {
    awaited: sqlite
      .prepare("SELECT uid FROM tasks WHERE parent_id = ? AND awaited = 1 AND ended_at_ms IS NULL ORDER BY id")
      .pluck(),
    openPredecessors: sqlite
      .prepare(`
      SELECT before.uid FROM dependencies JOIN tasks before ON before.id = on_id
      WHERE task_id = ? AND before.ended_at_ms IS NULL ORDER BY before.id`)
      .pluck(),
    dependencies: sqlite.prepare(`
      SELECT task_id AS taskId, before.uid FROM dependencies JOIN tasks before ON before.id = on_id
      WHERE task_id IN (SELECT id FROM tasks WHERE tree_id = ?) ORDER BY task_id, on_id`),
    precedents: sqlite
      .prepare(
        "SELECT before.uid FROM dependencies JOIN tasks before ON before.id = on_id WHERE task_id = ? ORDER BY on_id",
      )
      .pluck(),
    openReviews: sqlite.prepare("SELECT uid FROM reviews WHERE task_id = ? AND status = 'open'").pluck(),
    pauses: sqlite.prepare(`
      SELECT task_id AS taskId, scope, by, created_at_ms AS sinceMs FROM pauses
      WHERE closed_at_ms IS NULL AND tree_id = (SELECT tree_id FROM tasks WHERE id = ?) ORDER BY id`),
    parents: sqlite
      .prepare("SELECT id, parent_id FROM tasks WHERE tree_id = (SELECT tree_id FROM tasks WHERE id = ?)")
      .raw(),
  };
}

/** Statements that find trees and tasks by their public ids. */
function nameStatements(sqlite: Sqlite) {
  return {
    allIds: sqlite.prepare("SELECT uid FROM trees").pluck(),
    madeBy: sqlite.prepare("SELECT uid FROM trees WHERE created_by = ?").pluck(),
    count: sqlite.prepare("SELECT count(*) FROM trees").pluck(),
    treesLike: sqlite.prepare("SELECT uid FROM trees WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2").pluck(),
    tasksLike: sqlite.prepare("SELECT uid FROM tasks WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2").pluck(),
    find: sqlite.prepare(`
      SELECT ${FOUND_TASK} ${TASK_FROM} WHERE task.uid = ?`),
    onlyChild: sqlite
      .prepare("SELECT uid FROM tasks WHERE parent_id = ? AND role = 'work' ORDER BY id LIMIT 1")
      .pluck(),
    openOrEnded: sqlite
      .prepare("SELECT uid FROM trees WHERE ended_at_ms IS NULL OR ended_at_ms >= ? ORDER BY id DESC LIMIT ?")
      .pluck(),
    openTasks: sqlite
      .prepare(
        "SELECT uid FROM tasks WHERE tree_id = (SELECT id FROM trees WHERE uid = ?) AND ended_at_ms IS NULL ORDER BY id",
      )
      .pluck(),
  };
}
