/** Reads a tree up to a message and writes its copy as a new tree. Logs are immutable, so reading needs no transaction. */
import type { LoggedEntry } from "@/core/fork";
import { type BodyReader, createBodyReader, fieldOf, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { decodeEntry, EVENT_KIND, KINDS } from "@/db/file/rows";
import type { Writes } from "@/db/file/writes";
import { BEGUN_AT_PLACE } from "@/db/records/begun-at-place";
import type { NewFork, SourceMessage, SourceTask, SourceTree } from "./fork-records";
import { createForkWriter } from "./fork-writer";

const INSTRUCTION_KIND = KINDS.indexOf("instruction");

export interface Forks {
  /** Returns the whole log of a task with its sequence numbers. Throws BrokenLogError. */
  log(taskId: number): LoggedEntry[];
  /** Reads the tree up to the message, or to the end of its record if that starts subtasks: a parent never comes without them. */
  read(treeUid: string, upTo: number): SourceTree;
  /** Writes the copy. Resolves with false, and writes nothing, when the original was deleted meanwhile. */
  insert(fork: NewFork): Promise<boolean>;
  /** Returns the first snapshot of the tree's folder, or the one with which it began on a runner; or null. */
  beganWith(treeId: number): string | null;
  /** Returns the snapshot of the files with which the tree began; null where its folder was empty, or they were not kept. */
  startOf(treeId: number): string | null;
  /** Returns the copied part of the tree's totals, and its newest snapshot. */
  copied(treeUid: string): { copiedTokens: number; copiedMicroUsd: number; snapshot: string | null };
  /** Notes that a fork's files are checked out. */
  filesAreThere(treeId: number): Promise<void>;
}

interface ForksContext {
  run: ReturnType<typeof sourceStatements>;
  bodies: BodyReader;
}

export function createForks(sqlite: Sqlite, log: Writes): Forks {
  const run = sourceStatements(sqlite);
  const forks: ForksContext = { run, bodies: createBodyReader(sqlite) };
  const writer = createForkWriter(sqlite);
  return {
    log: (taskId) => logOf(forks, taskId),
    read: (treeUid, upTo) => read(forks, treeUid, upTo),
    beganWith: (treeId) =>
      ((run.firstSnapshot.get(treeId) ?? run.begunAtPlace.get({ tree: treeId })) as string | null | undefined) ?? null,
    startOf: (treeId) =>
      run.hadFiles.get(treeId) === 1 ? ((run.firstSnapshot.get(treeId) as string | undefined) ?? null) : null,
    copied: (treeUid) => run.copied.get(treeUid) as ReturnType<Forks["copied"]>,
    filesAreThere: (treeId) => log.write(() => void run.filesAreThere.run(treeId)),
    insert: (fork) => log.write((context) => writer.insert(fork, context)),
  };
}

/** SQL of the snapshot that an event of files records. */
const FILES_OF_EVENT = `ifnull(${fieldOf("commit")}, ${fieldOf("files")})`;

function sourceStatements(sqlite: Sqlite) {
  const columns = `
    id AS seq, task_id AS taskId, turn, kind, tool, call_id AS callId, body, blob_id AS blobId, created_at_ms AS atMs
    FROM messages`;
  return {
    ofTask: sqlite.prepare(`SELECT ${columns} WHERE task_id = ? ORDER BY id`),
    ofTree: sqlite.prepare(`SELECT ${columns} WHERE tree_id = ? AND id > ? AND id <= ? ORDER BY id`),
    tree: sqlite.prepare(`
      SELECT id, title, priority, root_id AS rootId, workspace, in_place AS inPlace, had_files AS hadFiles
      FROM trees WHERE uid = ?`),
    tasks: sqlite.prepare(`
      SELECT id, uid, parent_id AS parentId, priority, lease, active_ms AS activeMs, created_at_ms AS createdAtMs,
        started_at_ms AS startedAtMs FROM tasks WHERE tree_id = ? ORDER BY id`),
    reviews: sqlite.prepare(`
      SELECT review.uid, task.uid AS taskUid, review.kind, review.status, review.answer, review.decided_by AS decidedBy,
        review.decided_at_ms AS decidedAtMs, review.title, review.detail, review.created_at_ms AS createdAtMs
      FROM reviews review JOIN tasks task ON task.id = task_id
      WHERE review.tree_id = ? AND (review.seq IS NULL OR review.seq <= ?) ORDER BY review.id`),
    lastInstruction: sqlite
      .prepare(`
      SELECT max(messages.id) FROM tasks JOIN messages ON messages.task_id = tasks.id
      WHERE tasks.tree_id = ? AND messages.kind = ${INSTRUCTION_KIND} AND tasks.uid IN (SELECT value FROM json_each(?))`)
      .pluck(),
    // A copied folder starts with a snapshot of the tree's folder, before the copy's own snapshots. A fork that was made before
    // its origin's first snapshot begins with its own.
    firstSnapshot: sqlite
      .prepare(`
      SELECT ${FILES_OF_EVENT} FROM messages WHERE tree_id = ? AND ${isEvent(["files_saved", "files_copied", "forked"])}
        AND ${FILES_OF_EVENT} IS NOT NULL ORDER BY id LIMIT 1`)
      .pluck(),
    begunAtPlace: sqlite.prepare(BEGUN_AT_PLACE).pluck(),
    hadFiles: sqlite.prepare("SELECT had_files FROM trees WHERE id = ?").pluck(),
    copied: sqlite.prepare(`
      SELECT copied_tokens AS copiedTokens, copied_micro_usd AS copiedMicroUsd, snapshot FROM trees WHERE uid = ?`),
    filesAreThere: sqlite.prepare("UPDATE trees SET pending_snapshot = NULL WHERE id = ?"),
  };
}

type Row = Omit<SourceMessage, "body"> & { body: string | null };

function whole({ bodies }: ForksContext, row: Row): SourceMessage {
  return { ...row, body: bodies.read(row) };
}

function logOf(forks: ForksContext, taskId: number): LoggedEntry[] {
  const rows = forks.run.ofTask.all(taskId) as Row[];
  return rows.map((row) => ({ seq: row.seq, entry: decodeEntry(whole(forks, row)) }));
}

type TreeRow = Omit<SourceTree, "inPlace" | "hadFiles" | "tasks" | "messages" | "reviews" | "cutAtMs"> &
  Record<"inPlace" | "hadFiles", number>;

function read(forks: ForksContext, treeUid: string, upTo: number): SourceTree {
  const { run } = forks;
  const found = run.tree.get(treeUid) as TreeRow;
  const messages = readUpTo(forks, found.id, upTo);
  const end = messages.at(-1)?.seq ?? upTo;
  const begun = new Set(messages.map((message) => message.taskId));
  const cutAtMs = messages.at(-1)?.atMs ?? 0;
  return {
    ...found,
    inPlace: found.inPlace === 1,
    hadFiles: found.hadFiles === 1,
    tasks: (run.tasks.all(found.id) as SourceTask[]).filter((task) => begun.has(task.id)),
    messages,
    reviews: (run.reviews.all(found.id, end) as SourceTree["reviews"]).filter(
      (review) => review.createdAtMs <= cutAtMs,
    ),
    cutAtMs,
  };
}

/**
 * A record inserts its subtasks after all its entries, and some of these may come after the message. A parent copied
 * without a subtask that it started would wait for it forever.
 */
function readUpTo(forks: ForksContext, treeId: number, upTo: number): SourceMessage[] {
  const { run } = forks;
  const messages = (run.ofTree.all(treeId, 0, upTo) as Row[]).map((row) => whole(forks, row));
  const end = run.lastInstruction.get(treeId, JSON.stringify(messages.flatMap(startedBy))) as number | null;
  if (end === null || end <= upTo) return messages;
  return [...messages, ...(run.ofTree.all(treeId, upTo, end) as Row[]).map((row) => whole(forks, row))];
}

/** Returns public ids of the subtasks that a message reports as started. Throws BrokenLogError. */
function startedBy(message: SourceMessage): string[] {
  if (message.kind !== EVENT_KIND) return [];
  const entry = decodeEntry(message);
  if (entry.kind !== "event" || entry.content.type !== "subtasks_started") return [];
  // The fold that follows reports damage.
  return entry.content.subtasks?.map(({ task }) => task) ?? [];
}
