/** Finds the snapshots of the folder before and after a task, from the logs of its tree. */
import type { Assignment, TaskEvent } from "@/core/log/entries";
import type { CopiedRepository } from "@/core/projects/repositories";
import { type BodyReader, createBodyReader, fieldOf, isEvent, wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { BEGUN_AT_PLACE } from "@/db/records/begun-at-place";

const INSTRUCTION_KIND = KINDS.indexOf("instruction");

/** A part of a log: until a time, or between two messages. */
export interface LogPart {
  untilMs?: number | undefined;
  afterSeq?: number | undefined;
  beforeSeq?: number | undefined;
}

interface SnapshotSpan {
  /** Snapshot before the task; null when the folder was empty. */
  from: string | null;
  to: string;
  /** Whether tasks outside the branch made snapshots of the same folder in between. */
  shared: boolean;
  /** The message that records `to`. */
  at: number;
}

export interface FileQueries {
  /**
   * Returns the snapshots around a task and its subtasks, in the task's folder; null when they changed nothing. `part`
   * leaves out what they did outside of it.
   */
  spanOf(taskUid: string, part?: LogPart): SnapshotSpan | null;
  /** Returns the snapshots of the tree's folder and of own folders of its tasks, oldest first. */
  historyOf(treeUid: string): FolderHistory;
  /** Returns the address or the folder of which the tree's folder began as a copy; or null. */
  copiedFrom(treeUid: string): string | null;
  /** Returns the copies with which the tree's folder began, when there are several side by side; else none. */
  copiesOf(treeUid: string): CopiedRepository[];
  /** Returns where a task has its files: `none`, the tree's folder (null), or the own folder of this task (its id). */
  folderOf(taskUid: string): { owner: string | null } | "none";
}

export interface KeptSnapshot {
  seq: number;
  taskUid: string;
  turn: number;
  atMs: number;
  commit: string;
  changed: number;
  /** The task whose own folder it shows; null: the tree's folder. */
  folder: string | null;
}

interface FolderHistory {
  /** The tree's folder before the tree; null: it was empty. */
  start: string | null;
  snapshots: KeptSnapshot[];
}

interface Kept {
  seq: number;
  taskId: number;
  taskUid: string;
  turn: number;
  atMs: number;
  body: string;
}

const ABOUT_FILES = ["files_saved", "files_copied", "files_merged", "forked"] as const;
type Files = Extract<TaskEvent, { type: (typeof ABOUT_FILES)[number] }>;

interface FilesContext {
  run: ReturnType<typeof fileStatements>;
  bodies: BodyReader;
}

export function createFileQueries(sqlite: Sqlite): FileQueries {
  const context: FilesContext = { run: fileStatements(sqlite), bodies: createBodyReader(sqlite) };
  return {
    spanOf: (taskUid, part) => spanOf(context, taskUid, part),
    historyOf: (treeUid) => historyOf(context, treeUid),
    copiedFrom: (treeUid) => (context.run.copiedFrom.get(context.run.tree.get(treeUid)) as string | undefined) ?? null,
    copiesOf(treeUid) {
      const copies = context.run.copies.get(context.run.tree.get(treeUid)) as string | undefined;
      return copies === undefined ? [] : (JSON.parse(copies) as CopiedRepository[]);
    },
    folderOf: (taskUid) => folderOf(context, taskUid),
  };
}

function fileStatements(sqlite: Sqlite) {
  const columns = `messages.id AS seq, messages.task_id AS taskId, tasks.uid AS taskUid, messages.turn,
    messages.created_at_ms AS atMs, ${wholeBody("messages")} AS body
    FROM messages JOIN tasks ON tasks.id = messages.task_id`;
  const isOfFiles = isEvent(ABOUT_FILES, "messages");
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
    tree: sqlite.prepare("SELECT id FROM trees WHERE uid = ?").pluck(),
    ofTree: sqlite.prepare(`SELECT ${columns} WHERE messages.tree_id = ? AND ${isOfFiles} ORDER BY messages.id`),
    // The repository of which its folder began as a copy.
    copiedFrom: sqlite
      .prepare(`
      SELECT ${fieldOf("repository")} FROM messages WHERE tree_id = ? AND turn = 0 AND ${isEvent(["note"])}
        AND ${fieldOf("repository")} IS NOT NULL LIMIT 1`)
      .pluck(),
    copies: sqlite
      .prepare(`
      SELECT ${fieldOf("copies")} FROM messages WHERE tree_id = ? AND turn = 0 AND ${isEvent(["note"])}
        AND ${fieldOf("copies")} IS NOT NULL LIMIT 1`)
      .pluck(),
    begunAtPlace: sqlite.prepare(BEGUN_AT_PLACE).pluck(),
    hadFiles: sqlite.prepare("SELECT had_files FROM trees WHERE id = ?").pluck(),
  };
}

function spanOf(
  context: FilesContext,
  taskUid: string,
  { untilMs = Number.MAX_SAFE_INTEGER, afterSeq = 0, beforeSeq = Number.MAX_SAFE_INTEGER }: LogPart = {},
): SnapshotSpan | null {
  const { run } = context;
  const isWithin = ({ atMs, seq }: Kept) => atMs <= untilMs && seq > afterSeq && seq < beforeSeq;
  const found = run.task.get(taskUid) as { id: number; uid: string; treeId: number } | undefined;
  if (!found) return null;
  const { folder = null, base = null } = assignmentOf(context, found.id);
  const kept = snapshotsOf(context, folder);
  const own = (run.ofBranch.all({ task: found.id }) as Kept[]).filter(
    (row) => isWithin(row) && isChange(row) && kept(row) !== null,
  );
  const [first, last] = [own[0], own.at(-1)];
  const to = last && kept(last);
  if (!first || !last || !to) return null;
  const span = { tree: found.treeId, task: found.id, first: first.seq, last: last.seq };
  const before = newestBefore(context, first, found.treeId, kept) ?? base;
  return {
    from: before ?? (isFirstOfAll(context, folder, found.treeId) ? kept(first) : null),
    to,
    shared: (run.between.all(span) as Kept[]).some((row) => isChange(row) && kept(row) !== null),
    at: last.seq,
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

function folderOf(context: FilesContext, taskUid: string): { owner: string | null } | "none" {
  const found = context.run.task.get(taskUid) as { id: number } | undefined;
  const { workspace = "none", folder = null } = found ? assignmentOf(context, found.id) : {};
  return workspace === "none" ? "none" : { owner: folder };
}

function assignmentOf(
  { run, bodies }: FilesContext,
  taskId: number,
): Partial<Pick<Assignment, "folder" | "base" | "workspace">> {
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
  return folder === null && run.hadFiles.get(treeId) === 1;
}

function historyOf(context: FilesContext, treeUid: string): FolderHistory {
  const treeId = context.run.tree.get(treeUid) as number;
  const folders = new Map<string, string | null>();
  const folderOf = (row: Kept) => {
    if (!folders.has(row.taskUid)) folders.set(row.taskUid, assignmentOf(context, row.taskId).folder ?? null);
    return folders.get(row.taskUid) ?? null;
  };
  const rows = context.run.ofTree.all(treeId) as Kept[];
  const snapshots = rows.flatMap((row) => keptIn(row, folderOf(row)));
  if (!isFirstOfAll(context, null, treeId)) return { start: null, snapshots };
  const first = snapshots.find(({ folder }) => folder === null)?.commit;
  const start = first ?? (context.run.begunAtPlace.get({ tree: treeId }) as string | null | undefined) ?? null;
  return { start, snapshots };
}

/** Returns the snapshots that an event records: a merge has one of each folder. */
function keptIn({ seq, taskUid, turn, atMs, body }: Kept, own: string | null): KeptSnapshot[] {
  const event = parsed<Files>(body);
  const of = (folder: string | null, commit: string | null, changed: number): KeptSnapshot[] =>
    commit === null ? [] : [{ seq, taskUid, turn, atMs, folder, commit, changed }];
  switch (event?.type) {
    case "files_saved":
      return of(own, event.commit, event.changed);
    case "files_copied":
      return [...of(event.from, event.commit, 0), ...of(event.folder, event.commit, 0)];
    case "files_merged":
      return [...of(own, event.theirs, 0), ...of(event.into, event.commit, event.changed)];
    case "forked":
      return of(null, event.files, 0);
    default:
      return [];
  }
}

/** Whether the event changed the folder. Copying a folder, or a tree with its folder, does not. */
function isChange(row: Kept): boolean {
  const type = parsed<Files>(row.body)?.type;
  return type !== "files_copied" && type !== "forked";
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
    case "forked":
      return folder === null ? event.files : null;
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
