/**
 * Writes tasks and messages that come from elsewhere, in the caller's transaction: those of a fork from another tree,
 * those of an archive from a file. What a task's log determines is taken from its folded log.
 */
import type { GrantAmounts } from "@/core/log/amounts";
import { rowOf } from "@/core/row";
import type { TaskState } from "@/core/state";
import type { Sqlite } from "@/db/file/client";
import { derivedAttempts, type FoldedTask } from "@/db/records/derive";
import { LOG_COLUMNS } from "@/db/records/task-columns";

interface CopiedTaskRow {
  uid: string;
  parentId: number | null;
  state: TaskState;
  priority: number;
  lease: number;
  activeMs: number;
  cap: GrantAmounts;
  given: { tokens: number; microUsd: number; tasks: number };
  createdAtMs: number;
  startedAtMs: number | null;
  /** The task that it is a copy of; null: the task itself, which an archive brings back. */
  originId: number | null;
}

interface CopiedMessageRow {
  taskId: number;
  turn: number;
  kind: number;
  tool: string | null;
  callId: string | null;
  /** null: the blob has it. */
  body: string | null;
  blobId: number | null;
  atMs: number;
  originSeq: number | null;
}

export interface CopiedTasks {
  /** Inserts a task after its parent, and returns its key. */
  insertTask(treeId: number, task: CopiedTaskRow): number;
  /** Returns the message's key. */
  insertMessage(treeId: number, message: CopiedMessageRow): number;
  /** Inserts the task's attempts, and what it waits for, once all tasks and messages are there. */
  insertHistory(treeId: number, task: FoldedTask, keyOf: (uid: string) => number): void;
}

export function createCopiedTasks(sqlite: Sqlite): CopiedTasks {
  const run = statements(sqlite);
  return {
    insertTask: (treeId, task) => insertTask(run, treeId, task),
    insertMessage: (treeId, message) => Number(run.insertMessage.run({ treeId, ...message }).lastInsertRowid),
    insertHistory: (treeId, task, keyOf) => insertHistory(run, treeId, task, keyOf),
  };
}

type Statements = ReturnType<typeof statements>;

function insertTask(run: Statements, treeId: number, task: CopiedTaskRow): number {
  const { uid, parentId, state, priority, lease, activeMs, cap, given, createdAtMs, startedAtMs, originId } = task;
  const { assignment, ended, length } = state;
  const id = run.insertTask.get({
    ...rowOf(state),
    uid,
    tree: treeId,
    parent: parentId,
    role: assignment.role,
    purpose: assignment.purpose,
    title: assignment.title,
    depth: assignment.depth,
    priority,
    // An open task starts as ready; its first claim finds out what it waits for.
    status: ended?.status ?? "ready",
    reason: ended?.reason ?? null,
    detail: ended?.detail ?? null,
    length,
    lease,
    activeMs,
    capTokens: cap.tokens,
    capMicroUsd: cap.microUsd,
    capTasks: cap.tasks,
    capDepth: cap.depth,
    capSeconds: cap.seconds,
    givenTokens: given.tokens,
    givenMicroUsd: given.microUsd,
    givenTasks: given.tasks,
    createdAtMs,
    startedAtMs,
    origin: originId,
  }) as number;
  if (originId === null) run.setOwnOrigin.run(id);
  return id;
}

function insertHistory(run: Statements, treeId: number, task: FoldedTask, keyOf: (uid: string) => number): void {
  const { id, state, endings } = task;
  const last = endings.at(-1);
  if (state.ended && last) run.endTask.run({ id, atMs: last.atMs, seq: last.seq });
  for (const attempt of derivedAttempts(task)) run.insertAttempt.run({ id, tree: treeId, ...attempt });
  for (const before of state.assignment.dependsOn) run.insertDependency.run(id, keyOf(before), treeId);
}

function statements(sqlite: Sqlite) {
  return {
    insertTask: sqlite
      .prepare(`
      INSERT INTO tasks (uid, tree_id, parent_id, role, purpose, title, depth, priority, status, reason, detail, length,
        ${LOG_COLUMNS.names}, grant_tokens, grant_micro_usd,
        grant_tasks, grant_depth, grant_seconds, given_tokens, given_micro_usd, given_tasks, lease, active_ms, created_at_ms,
        started_at_ms, origin_id)
      VALUES (@uid, @tree, @parent, @role, @purpose, @title, @depth, @priority, @status, @reason, @detail, @length,
        ${LOG_COLUMNS.values}, @capTokens, @capMicroUsd,
        @capTasks, @capDepth, @capSeconds, @givenTokens, @givenMicroUsd, @givenTasks, @lease, @activeMs, @createdAtMs,
        @startedAtMs, @origin) RETURNING id`)
      .pluck(),
    setOwnOrigin: sqlite.prepare("UPDATE tasks SET origin_id = id WHERE id = ?"),
    endTask: sqlite.prepare("UPDATE tasks SET ended_at_ms = @atMs, result_seq = @seq WHERE id = @id"),
    insertMessage: sqlite.prepare(`
      INSERT INTO messages (tree_id, task_id, turn, kind, tool, call_id, body, blob_id, created_at_ms, origin_seq)
      VALUES (@treeId, @taskId, @turn, @kind, @tool, @callId, @body, @blobId, @atMs, @originSeq)`),
    insertAttempt: sqlite.prepare(`
      INSERT INTO attempts (task_id, attempt, tree_id, status, reason, result_seq, ended_at_ms)
      VALUES (@id, @attempt, @tree, @status, @reason, @resultSeq, @endedAtMs)`),
    insertDependency: sqlite.prepare("INSERT INTO dependencies (task_id, on_id, tree_id) VALUES (?, ?, ?)"),
  };
}
