/** Reads what a worker needs to continue a task: its log, its unread letters, and the tasks that it waits for. */
import type { Letter, Relative } from "@/core/facts";
import type { Assignment, Ended } from "@/core/log/entries";
import type { Reason } from "@/core/log/reasons";
import { isEnded, type TaskStatus } from "@/core/log/terms";
import type { DerivedRow } from "@/core/row";
import type { GrantState } from "@/core/rules/grants";
import { type BodyReader, createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { createEntryReader, type EntryReader } from "@/db/file/entries";
import { readEachTime } from "@/db/file/glance";
import type { Writes } from "@/db/file/writes";
import { createDailySpend, NO_DAILY_CAPS } from "@/db/records/daily-spend";
import { createGrants } from "@/db/records/grants";
import { HALTED } from "@/db/records/halt";
import { createMail } from "@/db/records/mail";
import { LOG_COLUMNS } from "@/db/records/task-columns";
import type { DailyCaps } from "@/lib/env/daily-caps";
import { HAS_RUNNER } from "./claims";

export interface TreeFacts {
  workspace: string;
  inPlace: boolean;
  createdAtMs: number;
  /** The newest snapshot of the folder, and a snapshot to check out before the folder is used. */
  snapshot: string | null;
  pendingSnapshot: string | null;
}

/** A task's own folder. */
interface OwnFolder {
  /** Public id of the task whose own folder was copied; null when the tree's folder was. */
  copiedFrom: string | null;
  /** The snapshot that later changes are merged against; null before the folder is copied. */
  base: string | null;
  /** The newest snapshot; null when it is `base`. */
  snapshot: string | null;
}

export interface Loader extends EntryReader {
  letters(taskId: number): Letter[];
  /** Returns subtasks and predecessors by public id, with the results of ended tasks. */
  relatives(taskId: number): Map<string, Relative>;
  tree(treeId: number): TreeFacts;
  snapshotOf(treeId: number): string | null;
  /** Returns a task's own folder, by the task's public id. Throws when it has none. */
  ownFolder(taskUid: string): OwnFolder;
  /**
   * Whether a task that shares the folder has read outside content. `owner` is the task whose own folder it is; null means
   * the tree's.
   */
  isFolderTainted(treeId: number, owner: string | null): boolean;
  /** Returns the task with its ancestors, and the number of work tasks in its tree. */
  family(
    taskId: number,
    treeId: number,
  ): { ancestors: { agent: string; instruction: string }[]; treeTasks: number; rounds: number };
  uidOf(taskId: number): string | null;
  /**
   * Whether a ready task with a higher priority waits for a slot. `openPools` as in a claim: a task that no claim takes
   * needs no slot.
   */
  readyAbove(priority: number, openPools: readonly string[] | null): boolean;
  /** Returns public ids of the tasks that are next to get a slot, in their order. */
  readyUids(): string[];
  /** Returns public ids of the worker's tasks that a person or task has stopped. */
  stopped(workerId: number): string[];
  /** Returns the worker's leases. */
  heldBy(workerId: number): { uid: string; lease: number }[];
  /** Returns what others may have changed: whether an open pause covers the task, and its number of unread letters. */
  outsideOf(taskId: number): { held: boolean; letters: number };
  /** Returns the row's explanation of why the task last waited or was parked. */
  detailOf(taskId: number): string | null;
  /** Returns the current grant, which a person may have extended since the last commit. */
  grantOf(taskId: number): GrantState;
  /** Returns what a task of the tree may still reserve today if its next record frees `freed`; null without a cap. */
  leftToday(
    treeId: number,
    freed: { tokens: number; microUsd: number },
    nowMs: number,
  ): { tokens: number | null; microUsd: number | null };
  /** Returns the stored derived columns, for a task whose log cannot be folded. */
  rowOf(taskId: number): DerivedRow;
  unendedSubtasks(taskId: number): string[];
}

interface RelativeRow {
  uid: string;
  title: string;
  status: TaskStatus;
  reason: Reason | null;
  body: string | null;
  blobId: number | null;
}

interface LoaderContext {
  run: ReturnType<typeof loadStatements>;
  bodies: BodyReader;
}

export function createLoader(
  sqlite: Sqlite,
  dailyCaps: DailyCaps = NO_DAILY_CAPS,
  glance: Writes["glance"] = readEachTime,
): Loader {
  const daily = createDailySpend(sqlite, dailyCaps, glance);
  const grants = createGrants(sqlite);
  const mail = createMail(sqlite);
  const run = loadStatements(sqlite);
  const context: LoaderContext = { run, bodies: createBodyReader(sqlite) };
  return {
    ...createEntryReader(sqlite, context.bodies),
    letters: (taskId) => mail.unread(taskId),
    relatives: (taskId) => relatives(context, taskId),
    tree: (treeId) => tree(context, treeId),
    family: (taskId, treeId) => family(context, taskId, treeId),
    ownFolder: (taskUid) => ownFolder(context, taskUid),
    isFolderTainted: (treeId, owner) => (owner === null ? run.tainted.get(treeId) : run.folderTainted.get(owner)) === 1,
    snapshotOf: (treeId) => run.snapshot.get(treeId) as string | null,
    uidOf: (taskId) => (run.uid.get(taskId) as string | undefined) ?? null,
    readyAbove: (priority, openPools) =>
      (openPools === null
        ? run.readyAbove.get({ priority })
        : run.readyAboveInPools.get({ priority, openPools: JSON.stringify(openPools) })) !== undefined,
    readyUids: () => run.readyUids.all() as string[],
    heldBy: (workerId) => run.heldBy.all(workerId) as { uid: string; lease: number }[],
    outsideOf: (taskId) => outsideOf(context, taskId),
    grantOf: (taskId) => grants.read(taskId),
    leftToday: (treeId, freed, nowMs) => daily.left(treeId, freed, nowMs),
    detailOf: (taskId) => (run.detail.get(taskId) as string | null | undefined) ?? null,
    rowOf: (taskId) => run.row.get(taskId) as DerivedRow,
    unendedSubtasks: (taskId) => run.unended.all(taskId) as string[],
    stopped: (workerId) => run.stopped.all(workerId) as string[],
  };
}

function loadStatements(sqlite: Sqlite) {
  return { ...logStatements(sqlite), ...treeStatements(sqlite), ...rowStatements(sqlite), ...workerStatements(sqlite) };
}

/** Statements that read messages. */
function logStatements(sqlite: Sqlite) {
  return {
    relatives: sqlite.prepare(`
      SELECT task.uid, task.title, task.status, task.reason, message.body, message.blob_id AS blobId
      FROM tasks task LEFT JOIN messages message ON message.id = task.result_seq
      WHERE task.parent_id = @task OR task.id IN (SELECT on_id FROM dependencies WHERE task_id = @task)`),
    ancestors: sqlite.prepare(`
      WITH RECURSIVE above(id, parent_id, agent) AS (
        SELECT id, parent_id, agent FROM tasks WHERE id = ?
        UNION ALL SELECT tasks.id, tasks.parent_id, tasks.agent FROM tasks JOIN above ON tasks.id = above.parent_id)
      SELECT agent, (SELECT min(messages.id) FROM messages WHERE task_id = above.id AND kind = 1) AS messageId FROM above`),
    body: sqlite.prepare("SELECT body, blob_id AS blobId FROM messages WHERE id = ?"),
  };
}

/** Statements that read a tree and its folders. */
function treeStatements(sqlite: Sqlite) {
  return {
    tree: sqlite.prepare(`
      SELECT workspace, in_place AS inPlace, created_at_ms AS createdAtMs, snapshot, pending_snapshot AS pendingSnapshot
      FROM trees WHERE id = ?`),
    tainted: sqlite.prepare("SELECT is_tainted FROM trees WHERE id = ?").pluck(),
    folder: sqlite.prepare("SELECT copied_from AS copiedFrom, base, snapshot FROM folders WHERE task_uid = ?"),
    folderTainted: sqlite.prepare("SELECT is_tainted FROM folders WHERE task_uid = ?").pluck(),
    treeTasks: sqlite.prepare("SELECT work_total FROM trees WHERE id = ?").pluck(),
    rounds: sqlite.prepare("SELECT count(*) FROM tasks WHERE tree_id = ? AND model = 'iteration'").pluck(),
    snapshot: sqlite.prepare("SELECT snapshot FROM trees WHERE id = ?").pluck(),
  };
}

/** Statements that read a task's row. */
function rowStatements(sqlite: Sqlite) {
  return {
    uid: sqlite.prepare("SELECT uid FROM tasks WHERE id = ?").pluck(),
    outside: sqlite.prepare(`SELECT holds + ${HALTED} AS holds, letters FROM tasks WHERE id = ?`),
    detail: sqlite.prepare("SELECT detail FROM tasks WHERE id = ?").pluck(),
    row: sqlite.prepare(`
      SELECT ${LOG_COLUMNS.read()} FROM tasks WHERE id = ?`),
    unended: sqlite
      .prepare("SELECT uid FROM tasks WHERE parent_id = ? AND ended_at_ms IS NULL AND purpose IS NOT 'document'")
      .pluck(),
  };
}

/** Statements that read all tasks of a worker. */
function workerStatements(sqlite: Sqlite) {
  const readyAbove = `SELECT 1 FROM tasks WHERE status = 'ready' AND holds + ${HALTED} = 0 AND priority > @priority`;
  return {
    readyAbove: sqlite.prepare(`${readyAbove} LIMIT 1`),
    readyAboveInPools: sqlite.prepare(`${readyAbove} AND ${HAS_RUNNER} LIMIT 1`),
    readyUids: sqlite
      .prepare(
        `SELECT uid FROM tasks WHERE status = 'ready' AND holds + ${HALTED} = 0 ORDER BY priority DESC, id LIMIT 2000`,
      )
      .pluck(),
    heldBy: sqlite.prepare("SELECT uid, lease FROM tasks WHERE status = 'running' AND worker_id = ?"),
    stopped: sqlite
      .prepare("SELECT uid FROM tasks WHERE stop_requested = 1 AND worker_id = ? AND status = 'running'")
      .pluck(),
  };
}

function relatives(context: LoaderContext, taskId: number): Map<string, Relative> {
  const rows = context.run.relatives.all({ task: taskId }) as RelativeRow[];
  return new Map(rows.map((row) => [row.uid, relativeOf(context, row)]));
}

function relativeOf({ bodies }: LoaderContext, row: RelativeRow): Relative {
  const { uid, title, status, reason } = row;
  if (!isEnded(status) || (row.body === null && row.blobId === null)) return { task: uid, status, result: null };
  const { summary, result, verdict, refused, unmerged, tainted } = JSON.parse(bodies.read(row)) as Ended;
  const flags = { ...(refused && { refused }), ...(unmerged && { unmerged }), ...(tainted && { tainted }) };
  const ended = { task: uid, title, status, reason, summary, verdict, text: result, ...flags };
  return { task: uid, status, result: ended };
}

function tree({ run }: LoaderContext, treeId: number): TreeFacts {
  const row = run.tree.get(treeId) as Omit<TreeFacts, "inPlace"> & { inPlace: number };
  return { ...row, inPlace: row.inPlace === 1 };
}

function family({ run, bodies }: LoaderContext, taskId: number, treeId: number): ReturnType<Loader["family"]> {
  const rows = run.ancestors.all(taskId) as { agent: string; messageId: number }[];
  const ancestors = rows.map((row) => {
    const stored = run.body.get(row.messageId) as { body: string | null; blobId: number | null };
    return { agent: row.agent, instruction: (JSON.parse(bodies.read(stored)) as Assignment).instruction };
  });
  return { ancestors, treeTasks: run.treeTasks.get(treeId) as number, rounds: run.rounds.get(treeId) as number };
}

function ownFolder({ run }: LoaderContext, taskUid: string): OwnFolder {
  const row = run.folder.get(taskUid) as OwnFolder | undefined;
  if (!row) throw new Error(`The task ${taskUid} has no own folder.`);
  return row;
}

function outsideOf({ run }: LoaderContext, taskId: number): { held: boolean; letters: number } {
  const { holds, letters } = run.outside.get(taskId) as { holds: number; letters: number };
  return { held: holds > 0, letters };
}
