/** Writes a tree of an archive as an ended tree, in one transaction. What its log determines is taken from its log. */
import type { ArchivedRow, RowOf } from "@/core/archive/rows";
import { type Blob, createBlobWriter, fieldOf, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import type { WriteContext, Writes } from "@/db/file/writes";
import { ArchiveError, type CheckedTree, type ReadTask } from "./archive-check";
import { type CopiedTasks, createCopiedTasks } from "./copied-tasks";

interface ReadWith {
  /** Where Banyan would have made its folder; nothing is there. */
  workspace: string;
  /** Whether its folder held files when it began; true too where its log records a copy of a repository. */
  hadFiles: boolean;
  /** Who reads the archive, and pins the tree. */
  by: string;
}

export interface ArchivedTrees {
  /**
   * Inserts the tree. Resolves with false, and writes nothing, when a tree with its id exists. Throws ArchiveError when
   * one of its other ids does.
   */
  insert(tree: CheckedTree, options: ReadWith): Promise<boolean>;
  /** Returns the hash of the archive that a tree was read from; null for a tree that ran here. */
  hashOf(treeUid: string): string | null;
}

interface WriterContext {
  run: ReturnType<typeof statements>;
  copied: CopiedTasks;
  keepBlob: (blob: Blob) => number;
}

/** The tree while it is written: its key, those of its tasks by public id, and those of its messages in their order. */
interface Written {
  from: CheckedTree;
  treeId: number;
  keys: Map<string, number>;
  seqs: number[];
}

export function createArchivedTrees(sqlite: Sqlite, log: Writes): ArchivedTrees {
  const writer = { run: statements(sqlite), copied: createCopiedTasks(sqlite), keepBlob: createBlobWriter(sqlite) };
  const hash = sqlite.prepare("SELECT archive_hash FROM trees WHERE uid = ?").pluck();
  return {
    insert: (tree, options) => log.write((context) => insert(writer, tree, options, context)),
    hashOf: (treeUid) => (hash.get(treeUid) as string | null | undefined) ?? null,
  };
}

function insert(
  writer: WriterContext,
  from: CheckedTree,
  { workspace, hadFiles, by }: ReadWith,
  context: WriteContext,
): boolean {
  const { run } = writer;
  const { tree, totals } = from;
  if (run.tree.get(tree.id)) return false;
  const treeId = run.insertTree.get({
    uid: tree.id,
    title: tree.title,
    workspace,
    priority: tree.priority,
    createdBy: tree.created_by,
    createdAtMs: tree.created_at_ms,
    forkedFrom: tree.forked_from,
    forkSeq: tree.fork_seq,
    copiedTokens: tree.copied_tokens,
    copiedMicroUsd: tree.copied_micro_usd,
    snapshot: tree.snapshot,
    isTainted: tree.is_tainted ? 1 : 0,
    hash: from.hash,
    by,
    now: context.nowMs,
    capTokens: tree.caps.tokens,
    capMicroUsd: tree.caps.micro_usd,
    capTasks: tree.caps.tasks,
    capDepth: tree.caps.depth,
    capSeconds: tree.caps.seconds,
    ...totals,
  }) as number;
  const written: Written = { from, treeId, keys: insertTasks(writer, from, treeId), seqs: [] };
  for (const message of from.messages) insertMessage(writer, written, message);
  for (const task of from.tasks) insertHistory(writer, written, task);
  for (const row of from.others) insertOther(writer, written, row);
  run.setRoot.run(keyOf(written, tree.root), treeId);
  run.setHadFiles.run({ tree: treeId, hadFiles: hadFiles ? 1 : 0 });
  context.touch({ id: treeId, uid: tree.id }, tree.root);
  return true;
}

function keyOf({ keys }: Written, uid: string): number {
  return keys.get(uid) as number;
}

function insertTasks({ run, copied }: WriterContext, { tasks }: CheckedTree, treeId: number): Map<string, number> {
  const keys = new Map<string, number>();
  for (const { row, state } of tasks) {
    if (run.task.get(row.id)) throw new ArchiveError(`the task ${row.id} exists already, in another tree`);
    const { tokens, micro_usd, tasks: count, depth, seconds } = row.grant;
    const id = copied.insertTask(treeId, {
      uid: row.id,
      parentId: row.parent === null ? null : (keys.get(row.parent) as number),
      state,
      priority: row.priority,
      lease: row.lease,
      activeMs: row.active_ms,
      cap: { tokens, microUsd: micro_usd, tasks: count, depth, seconds },
      given: { tokens: row.given.tokens, microUsd: row.given.micro_usd, tasks: row.given.tasks },
      createdAtMs: row.created_at_ms,
      startedAtMs: row.started_at_ms,
      originId: null,
    });
    keys.set(row.id, id);
  }
  return keys;
}

function insertMessage({ copied, keepBlob }: WriterContext, written: Written, message: RowOf<"message">): void {
  const { task, turn, kind, tool, call, body, content, at_ms } = message;
  const seq = copied.insertMessage(written.treeId, {
    taskId: keyOf(written, task),
    turn,
    kind,
    tool,
    callId: call,
    body,
    blobId: content === null ? null : keepBlob(blobOf(written, content)),
    atMs: at_ms,
    originSeq: written.seqs.length + 1,
  });
  written.seqs.push(seq);
}

function blobOf({ from }: Written, hash: string): Blob {
  return from.contents.get(hash) as Blob;
}

function insertHistory({ copied }: WriterContext, written: Written, task: ReadTask): void {
  const endings = task.endings.map((ending) => ({ ...ending, seq: written.seqs[ending.seq - 1] as number }));
  const known = { ...task, id: keyOf(written, task.uid), endings };
  copied.insertHistory(written.treeId, known, (uid) => keyOf(written, uid));
}

function insertOther({ run, keepBlob }: WriterContext, written: Written, row: ArchivedRow): void {
  const tree = written.treeId;
  const task = "task" in row ? keyOf(written, row.task) : 0;
  switch (row.row) {
    case "output":
      return void run.insertOutput.run({ ...row, tree, task, blob: keepBlob(blobOf(written, row.content)) });
    case "attachment":
      return void run.insertAttachment.run({ ...row, tree, task, blob: keepBlob(blobOf(written, row.content)) });
    case "review":
      if (run.review.get(row.id)) throw new ArchiveError(`the item ${row.id} exists already, in another tree`);
      return void run.insertReview.run({
        ...row,
        tree,
        task,
        addressee: row.addressee === null ? null : keyOf(written, row.addressee),
        seq: row.message === null ? null : written.seqs[row.message - 1],
      });
    case "intervention":
      return void run.insertIntervention.run({ ...row, tree, task });
    case "pause":
      return void run.insertPause.run({ ...row, tree, task });
    case "folder":
      return void run.insertFolder.run({ ...row, tree, uid: row.task, tainted: row.is_tainted ? 1 : 0 });
    case "verdict":
      return void run.insertVerdict.run({ ...row, tree });
  }
}

function statements(sqlite: Sqlite) {
  return { ...treeStatements(sqlite), ...outputStatements(sqlite), ...otherStatements(sqlite) };
}

function treeStatements(sqlite: Sqlite) {
  return {
    tree: sqlite.prepare("SELECT 1 FROM trees WHERE uid = ?"),
    task: sqlite.prepare("SELECT 1 FROM tasks WHERE uid = ?"),
    review: sqlite.prepare("SELECT 1 FROM reviews WHERE uid = ?"),
    // Pinned, because it ended long ago and retention would remove it on the same day.
    insertTree: sqlite
      .prepare(`
      INSERT INTO trees (uid, title, workspace, in_place, priority, created_by, cap_tokens, cap_micro_usd, cap_tasks,
        cap_depth, cap_seconds, tokens_in, tokens_out, micro_usd, tasks_total, tasks_ended, tasks_failed, tasks_stopped, work_total, created_at_ms,
        ended_at_ms, forked_from, fork_seq, copied_tokens, copied_micro_usd, snapshot, is_tainted, pinned_by, pinned_at_ms,
        seen_at_ms, archive_hash)
      VALUES (@uid, @title, @workspace, 0, @priority, @createdBy, @capTokens, @capMicroUsd, @capTasks, @capDepth,
        @capSeconds, @tokensIn, @tokensOut, @microUsd, @tasksTotal, @tasksEnded, @tasksFailed, @tasksStopped, @workTotal, @createdAtMs, @endedAtMs,
        @forkedFrom, @forkSeq, @copiedTokens, @copiedMicroUsd, @snapshot, @isTainted, @by, @now, @now, @hash) RETURNING id`)
      .pluck(),
    setRoot: sqlite.prepare("UPDATE trees SET root_id = ? WHERE id = ?"),
    // A copy of a repository is recorded by a note.
    setHadFiles: sqlite.prepare(`
      UPDATE trees SET had_files = max(@hadFiles, EXISTS (
        SELECT 1 FROM messages WHERE task_id = trees.root_id AND turn = 0 AND ${isEvent(["note"])}
          AND ${fieldOf("repository")} IS NOT NULL)) WHERE id = @tree`),
  };
}

function outputStatements(sqlite: Sqlite) {
  return {
    insertOutput: sqlite.prepare(`
      INSERT INTO outputs (tree_id, task_id, call_id, turn, chars, blob_id)
      VALUES (@tree, @task, @call, @turn, @chars, @blob)`),
    insertAttachment: sqlite.prepare(
      "INSERT INTO attachments (tree_id, task_id, turn, blob_id) VALUES (@tree, @task, @turn, @blob)",
    ),
  };
}

function otherStatements(sqlite: Sqlite) {
  return {
    insertReview: sqlite.prepare(`
      INSERT INTO reviews (uid, tree_id, task_id, addressee_id, kind, title, detail, evidence, blast_radius, uncertainty,
        if_ignored, facts, subject, level, why, seq, status, answer, created_at_ms, decided_by, decided_at_ms)
      VALUES (@id, @tree, @task, @addressee, @kind, @title, @detail, @evidence, @blast_radius, @uncertainty, @if_ignored,
        @facts, @subject, @level, @why, @seq, @status, @answer, @created_at_ms, @decided_by, @decided_at_ms)`),
    insertIntervention: sqlite.prepare(`
      INSERT INTO interventions (tree_id, task_id, rule, action, evidence, asked_in, created_at_ms)
      VALUES (@tree, @task, @rule, @action, @evidence, @asked_in, @created_at_ms)`),
    insertPause: sqlite.prepare(`
      INSERT INTO pauses (tree_id, task_id, scope, by, created_at_ms, closed_by, closed_at_ms)
      VALUES (@tree, @task, @scope, @by, @created_at_ms, @closed_by, @closed_at_ms)`),
    insertFolder: sqlite.prepare(`
      INSERT INTO folders (tree_id, task_uid, copied_from, base, snapshot, is_tainted)
      VALUES (@tree, @uid, @copied_from, @base, @snapshot, @tainted)`),
    insertVerdict: sqlite.prepare(`
      INSERT INTO person_verdicts (tree_id, outcome, reason, by, created_at_ms)
      VALUES (@tree, @outcome, @reason, @by, @created_at_ms)`),
  };
}
