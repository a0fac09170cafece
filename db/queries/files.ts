/** Finds the snapshots of the folder before and after a task, from the logs of its tree. */
import type { Assignment, TaskEvent } from "@/core/log/entries";
import { type BodyReader, createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";

const EVENT_KIND = KINDS.indexOf("event");
const INSTRUCTION_KIND = KINDS.indexOf("instruction");

export interface SnapshotSpan {
  /** Snapshot before the task; null when the folder was empty. */
  from: string | null;
  to: string;
  /** Whether tasks outside the branch made snapshots of the same folder in between. */
  shared: boolean;
}

export interface FileQueries {
  /** Returns the snapshots around a task and its subtasks, in the task's folder; null when they changed nothing. */
  spanOf(taskUid: string): SnapshotSpan | null;
}

interface Kept {
  seq: number;
  taskId: number;
  taskUid: string;
  body: string;
}

type Files = Extract<TaskEvent, { type: "files_saved" | "files_copied" | "files_merged" }>;

interface FilesContext {
  run: ReturnType<typeof fileStatements>;
  bodies: BodyReader;
}

export function createFileQueries(sqlite: Sqlite): FileQueries {
  const context: FilesContext = { run: fileStatements(sqlite), bodies: createBodyReader(sqlite) };
  return { spanOf: (taskUid) => spanOf(context, taskUid) };
}

function fileStatements(sqlite: Sqlite) {
  const columns = `messages.id AS seq, messages.task_id AS taskId, tasks.uid AS taskUid, whole(messages.body, messages.blob_id) AS body
    FROM messages JOIN tasks ON tasks.id = messages.task_id`;
  const isOfFiles = `messages.kind = ${EVENT_KIND} AND whole(messages.body, messages.blob_id) LIKE '{"type":"files\\_%' ESCAPE '\\'`;
  const branch = `WITH RECURSIVE branch (id) AS (
    SELECT @task UNION ALL SELECT tasks.id FROM tasks JOIN branch ON tasks.parent_id = branch.id)`;
  return {
    task: sqlite.prepare("SELECT id, uid, tree_id AS treeId FROM tasks WHERE uid = ?"),
    instruction: sqlite.prepare(
      `SELECT body, blob_id AS blobId FROM messages WHERE task_id = ? AND kind = ${INSTRUCTION_KIND} ORDER BY id LIMIT 1`,
    ),
    ofBranch: sqlite.prepare(`${branch}
      SELECT ${columns} WHERE messages.task_id IN (SELECT id FROM branch) AND ${isOfFiles} ORDER BY messages.id`),
    before: sqlite.prepare(`
      SELECT ${columns} WHERE messages.tree_id = @tree AND messages.id < @seq AND ${isOfFiles} ORDER BY messages.id DESC`),
    between: sqlite.prepare(`${branch}
      SELECT ${columns} WHERE messages.tree_id = @tree AND messages.id > @first AND messages.id < @last
        AND messages.task_id NOT IN (SELECT id FROM branch) AND ${isOfFiles}`),
    // A folder that began as a copy of a repository.
    isCopied: sqlite.prepare(`
      SELECT 1 FROM messages WHERE tree_id = ? AND kind = ${EVENT_KIND} AND turn = 0
        AND whole(body, blob_id) LIKE '{"type":"note"%' AND whole(body, blob_id) ->> '$.repository' IS NOT NULL LIMIT 1`),
    // A fork works in its own folder, but the tasks that it copied began in its origin's folder.
    inPlace: sqlite
      .prepare(`
      WITH RECURSIVE origin (forked_from, in_place) AS (
        SELECT forked_from, in_place FROM trees WHERE id = ?
        UNION SELECT trees.forked_from, trees.in_place FROM trees JOIN origin ON trees.uid = origin.forked_from)
      SELECT max(in_place) FROM origin`)
      .pluck(),
  };
}

function spanOf(context: FilesContext, taskUid: string): SnapshotSpan | null {
  const { run } = context;
  const found = run.task.get(taskUid) as { id: number; uid: string; treeId: number } | undefined;
  if (!found) return null;
  const { folder = null, base = null } = assignmentOf(context, found.id);
  const kept = snapshotsOf(context, folder);
  const own = (run.ofBranch.all({ task: found.id }) as Kept[]).filter((row) => isChange(row) && kept(row) !== null);
  const [first, last] = [own[0], own.at(-1)];
  const to = last && kept(last);
  if (!first || !last || !to) return null;
  const span = { tree: found.treeId, task: found.id, first: first.seq, last: last.seq };
  const before = newestBefore(context, first, found.treeId, kept) ?? base;
  return {
    from: before ?? (isFirstOfAll(context, folder, found.treeId) ? kept(first) : null),
    to,
    shared: (run.between.all(span) as Kept[]).some((row) => isChange(row) && kept(row) !== null),
  };
}

/** Returns a function that finds the snapshot of the folder in an event; null when the event has none or concerns another folder. */
function snapshotsOf(context: FilesContext, folder: string | null): (row: Kept) => string | null {
  const folders = new Map<number, string | null>();
  const folderOf = (taskId: number) => {
    if (!folders.has(taskId)) folders.set(taskId, assignmentOf(context, taskId).folder ?? null);
    return folders.get(taskId) ?? null;
  };
  return (row) => {
    const event = parsed<Files>(row.body);
    return event ? snapshotIn(folder, event, row.taskUid, folderOf(row.taskId)) : null;
  };
}

function assignmentOf({ run, bodies }: FilesContext, taskId: number): Pick<Assignment, "folder" | "base"> {
  const row = run.instruction.get(taskId) as { body: string | null; blobId: number | null } | undefined;
  return row ? (parsed<Assignment>(bodies.read(row)) ?? {}) : {};
}

function newestBefore(
  { run }: FilesContext,
  first: Kept,
  tree: number,
  kept: (row: Kept) => string | null,
): string | null {
  for (const row of run.before.iterate({ tree, seq: first.seq })) {
    const commit = kept(row as Kept);
    if (commit) return commit;
  }
  return null;
}

/** Whether the folder held files before the tree began: then the first snapshot shows these, not a task's changes. */
function isFirstOfAll({ run }: FilesContext, folder: string | null, treeId: number): boolean {
  return folder === null && (run.inPlace.get(treeId) === 1 || run.isCopied.get(treeId) !== undefined);
}

/** Whether the event changed the folder. Copying a folder does not. */
function isChange(row: Kept): boolean {
  return parsed<Files>(row.body)?.type !== "files_copied";
}

function snapshotIn(folder: string | null, event: Files, taskUid: string, taskFolder: string | null): string | null {
  switch (event.type) {
    case "files_saved":
      return taskFolder === folder ? event.commit : null;
    case "files_copied":
      return event.folder === folder || event.from === folder ? event.commit : null;
    case "files_merged":
      if (event.into === folder) return event.commit;
      return taskUid === folder ? event.theirs : null;
    default:
      return null;
  }
}

/** Parses a body. Returns null for a row that somebody edited outside Banyan into invalid JSON. */
function parsed<Shape>(body: string | null): Shape | null {
  try {
    return JSON.parse(body ?? "null") as Shape | null;
  } catch {
    return null;
  }
}
