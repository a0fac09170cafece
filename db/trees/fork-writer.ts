/** Writes the copy of a tree in the caller's transaction: tree, tasks, messages, attempts, reviews, letters. */
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Entry } from "@/core/log/entries";
import { type Blob, createBlobWriter, LARGE_BYTES } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { decodeEntry, EVENT_KIND, type MessageRow } from "@/db/file/rows";
import type { WriteContext } from "@/db/file/writes";
import type { Ending } from "@/db/records/derive";
import { createMail } from "@/db/records/mail";
import { type CopiedTasks, createCopiedTasks } from "./copied-tasks";
import type { CopiedMessage, NewFork } from "./fork-records";
import { forkStatements } from "./fork-statements";

export interface ForkWriter {
  /** Returns false when the original was deleted after it was read: its blobs are gone, and another tree may have reused their keys. */
  insert(fork: NewFork, context: WriteContext): boolean;
}

interface ForkContext {
  run: ReturnType<typeof forkStatements>;
  copied: CopiedTasks;
  mail: ReturnType<typeof createMail>;
  /** Returns the key of the blob; writes it if needed. */
  keepBlob: (blob: Blob) => number;
}

/** The copy while it is written: the key of its tree, and the keys of its tasks by public id. */
interface Copy {
  fork: NewFork;
  treeId: number;
  keys: Map<string, number>;
}

export function createForkWriter(sqlite: Sqlite): ForkWriter {
  const writer = {
    run: forkStatements(sqlite),
    copied: createCopiedTasks(sqlite),
    mail: createMail(sqlite),
    keepBlob: createBlobWriter(sqlite),
  };
  return { insert: (fork, context) => insert(writer, fork, context) };
}

function insert(writer: ForkContext, fork: NewFork, context: WriteContext): boolean {
  const { run, mail } = writer;
  const { uid, title, by, from, workspace, snapshot, source } = fork;
  if (!run.original.get(source.id, from.uid)) return false;
  const treeId = run.insertTree.get({
    uid,
    title,
    by,
    workspace,
    snapshot,
    priority: source.priority,
    now: context.nowMs,
    from: from.uid,
    seq: from.seq,
  }) as number;
  const copy = { fork, treeId, keys: insertTasks(writer, fork, treeId) };
  const endings = insertMessages(writer, copy);
  for (const task of fork.tasks) insertHistory(writer, copy, task, endings.get(task.uid) ?? []);
  run.copyPool.run({ tree: treeId, source: source.id });
  run.copyCheckPool.run({ tree: treeId, source: source.id });
  for (const folder of fork.folders) run.insertFolder.run({ tree: treeId, ...folder });
  run.total.run({ root: rootOf(copy), tree: treeId });
  for (const review of fork.reviews) insertReview(writer, copy, review);
  for (const { to, body } of fork.letters) mail.send(to, body, context.nowMs);
  context.touch({ id: treeId, uid }, fork.tasks[0]?.uid ?? null);
  return true;
}

/** Inserts the tasks, parents before their subtasks. Returns the new keys by public id. */
function insertTasks({ copied }: ForkContext, fork: NewFork, treeId: number): Map<string, number> {
  const keys = new Map<string, number>();
  const { cutAtMs } = fork.source;
  for (const { uid, parentUid, source, state, grant } of fork.tasks) {
    const id = copied.insertTask(treeId, {
      uid,
      parentId: parentUid ? (keys.get(parentUid) ?? null) : null,
      state,
      priority: source.priority,
      lease: source.lease,
      activeMs: Math.min(source.activeMs, Math.max(0, cutAtMs - (source.startedAtMs ?? cutAtMs))),
      cap: grant.cap,
      given: grant.given,
      createdAtMs: source.createdAtMs,
      // An open task starts with its next claim, because the time before belongs to the original.
      startedAtMs: state.ended ? source.startedAtMs : null,
      originId: source.id,
    });
    keys.set(uid, id);
  }
  return keys;
}

/** Returns how the copied attempts of each task ended, by public id. */
function insertMessages(writer: ForkContext, { fork, treeId, keys }: Copy): Map<string, Ending[]> {
  const endings = new Map<string, Ending[]>();
  for (const message of fork.messages) {
    const seq = insertMessage(writer, treeId, keys.get(message.taskUid) as number, message);
    const entry = endedIn(message.row);
    if (!entry) continue;
    const list = endings.get(message.taskUid) ?? [];
    list.push({ seq, atMs: message.atMs, ...entry });
    endings.set(message.taskUid, list);
  }
  return endings;
}

function insertMessage(
  { run, copied, keepBlob }: ForkContext,
  treeId: number,
  taskId: number,
  { row, origin, atMs, blobId: kept }: CopiedMessage,
): number {
  let blobId = kept;
  const own = blobId === null ? blobOf(row.body) : null;
  if (blobId !== null) run.useBlob.run(blobId);
  if (own) blobId = keepBlob(own);
  const body = blobId === null ? row.body : null;
  return copied.insertMessage(treeId, { ...row, taskId, body, blobId, atMs, originSeq: origin });
}

/** Copies the whole outputs and the files of a task's calls, its attempts, and what it waits for. */
function insertHistory(
  { run, copied }: ForkContext,
  { treeId, keys }: Copy,
  { uid, state, source }: NewFork["tasks"][number],
  endings: Ending[],
): void {
  const id = keys.get(uid) as number;
  const upTo = { origin: source.id, turn: state.turn };
  run.useOutputs.run(upTo);
  run.copyOutputs.run({ ...upTo, tree: treeId, id });
  run.useAttachments.run(upTo);
  run.copyAttachments.run({ ...upTo, tree: treeId, id });
  const folded = { id, uid, role: state.assignment.role, state, endings };
  copied.insertHistory(treeId, folded, (before) => keys.get(before) as number);
}

function rootOf({ fork, keys }: Copy): number | null {
  const root = fork.tasks.find((task) => task.source.id === fork.source.rootId);
  return root ? (keys.get(root.uid) as number) : null;
}

function insertReview({ run }: ForkContext, { treeId, keys }: Copy, review: NewFork["reviews"][number]): void {
  const { uid, sourceUid, taskUid, addressee } = review;
  const isOpen = review.isOpen ? 1 : 0;
  run.copyReview.run({
    uid,
    tree: treeId,
    task: keys.get(taskUid),
    source: sourceUid,
    isOpen,
    addressee: addressee ? (keys.get(addressee) ?? null) : null,
  });
  run.copyProposal.run({ uid, source: sourceUid, isOpen });
}

/** Stores a changed large body as a new blob. */
function blobOf(body: string): Blob | null {
  if (body.length <= LARGE_BYTES) return null;
  const bytes = Buffer.from(body);
  return { hash: createHash("sha256").update(bytes).digest(), sizeBytes: bytes.length, data: deflateRawSync(bytes) };
}

/** Returns how an `ended` event ends its task; null for other messages. Throws BrokenLogError. */
function endedIn(row: MessageRow): Pick<Ending, "status" | "reason"> | null {
  if (row.kind !== EVENT_KIND) return null;
  const { content } = decodeEntry(row) as Extract<Entry, { kind: "event" }>;
  return content.type === "ended" ? { status: content.status, reason: content.reason } : null;
}
