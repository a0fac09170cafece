/** Writes the copy of a tree in the caller's transaction: tree, tasks, messages, attempts, reviews, letters. */
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Entry } from "@/core/log/entries";
import { rowOf } from "@/core/row";
import { type Blob, createBlobWriter, LARGE_BYTES } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS, type MessageRow } from "@/db/file/rows";
import type { WriteContext } from "@/db/file/writes";
import { derivedAttempts, type Ending } from "@/db/records/derive";
import { createMail } from "@/db/records/mail";
import type { CopiedMessage, NewFork } from "./fork-records";
import { forkStatements } from "./fork-statements";

const EVENT_KIND = KINDS.indexOf("event");

export interface ForkWriter {
  /** Returns false when the original was deleted after it was read: its blobs are gone, and another tree may have reused their keys. */
  insert(fork: NewFork, context: WriteContext): boolean;
}

interface ForkContext {
  run: ReturnType<typeof forkStatements>;
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
  const writer = { run: forkStatements(sqlite), mail: createMail(sqlite), keepBlob: createBlobWriter(sqlite) };
  return { insert: (fork, context) => insert(writer, fork, context) };
}

function insert(writer: ForkContext, fork: NewFork, context: WriteContext): boolean {
  const { run, mail } = writer;
  const { uid, title, by, from, workspace, snapshot, source } = fork;
  if (!run.original.get(source.id, from.uid)) return false;
  const treeId = run.insertTree.get({
    ...{ uid, title, by, workspace, snapshot, priority: source.priority, now: context.nowMs },
    from: from.uid,
    seq: from.seq,
  }) as number;
  const copy = { fork, treeId, keys: insertTasks(writer, fork, treeId) };
  const endings = insertMessages(writer, copy);
  for (const task of fork.tasks) insertHistory(writer, copy, task, endings.get(task.uid) ?? []);
  for (const folder of fork.folders) run.insertFolder.run({ tree: treeId, ...folder });
  run.total.run({ root: rootOf(copy), tree: treeId });
  for (const review of fork.reviews) insertReview(writer, copy, review);
  for (const { to, body } of fork.letters) mail.send(to, body, context.nowMs);
  context.touch({ id: treeId, uid }, fork.tasks[0]?.uid ?? null);
  return true;
}

/** Inserts the tasks, parents before their subtasks. Returns the new keys by public id. */
function insertTasks({ run }: ForkContext, fork: NewFork, treeId: number): Map<string, number> {
  const keys = new Map<string, number>();
  for (const task of fork.tasks) {
    const { source, state, grant } = task;
    const { assignment, ended } = state;
    const { cap, given } = grant;
    const id = run.insertTask.get({
      ...rowOf(state),
      uid: task.uid,
      tree: treeId,
      parent: task.parentUid ? (keys.get(task.parentUid) ?? null) : null,
      role: assignment.role,
      purpose: assignment.purpose,
      title: assignment.title,
      depth: assignment.depth,
      priority: source.priority,
      // An open task starts as ready; its first claim finds out what it waits for.
      status: ended?.status ?? "ready",
      length: state.length,
      lease: source.lease,
      capTokens: cap.tokens,
      capMicroUsd: cap.microUsd,
      capTasks: cap.tasks,
      capDepth: cap.depth,
      capSeconds: cap.seconds,
      givenTokens: given.tokens,
      givenMicroUsd: given.microUsd,
      givenTasks: given.tasks,
      activeMs: Math.min(
        source.activeMs,
        Math.max(0, fork.source.cutAtMs - (source.startedAtMs ?? fork.source.cutAtMs)),
      ),
      reason: ended?.reason ?? null,
      detail: ended?.detail ?? null,
      createdAtMs: source.createdAtMs,
      // An open task starts with its next claim, because the time before belongs to the original.
      startedAtMs: ended ? source.startedAtMs : null,
      origin: source.id,
    }) as number;
    keys.set(task.uid, id);
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
  { run, keepBlob }: ForkContext,
  treeId: number,
  taskId: number,
  { row, origin, atMs, blobId: kept }: CopiedMessage,
): number {
  let blobId = kept;
  const own = blobId === null ? blobOf(row.body) : null;
  if (blobId !== null) run.useBlob.run(blobId);
  if (own) blobId = keepBlob(own);
  const body = blobId === null ? row.body : null;
  const { turn, kind, tool, callId } = row;
  const info = run.insertMessage.run(treeId, taskId, turn, kind, tool, callId, body, blobId, atMs, origin);
  return Number(info.lastInsertRowid);
}

/** Copies the whole outputs and the files of a task's calls, its attempts, and what it waits for. */
function insertHistory(
  { run }: ForkContext,
  { treeId, keys }: Copy,
  { uid, state, source }: NewFork["tasks"][number],
  endings: Ending[],
): void {
  const id = keys.get(uid) as number;
  const last = endings.at(-1);
  const upTo = { origin: source.id, turn: state.turn };
  run.useOutputs.run(upTo);
  run.copyOutputs.run({ ...upTo, tree: treeId, id });
  run.useAttachments.run(upTo);
  run.copyAttachments.run({ ...upTo, tree: treeId, id });
  if (state.ended && last) run.endTask.run({ id, atMs: last.atMs, seq: last.seq });
  const folded = { id, uid, role: state.assignment.role, state, endings };
  for (const attempt of derivedAttempts(folded)) run.insertAttempt.run({ id, tree: treeId, ...attempt });
  for (const before of state.assignment.dependsOn) run.insertDependency.run(id, keys.get(before) as number, treeId);
}

function rootOf({ fork, keys }: Copy): number | null {
  const root = fork.tasks.find((task) => task.source.id === fork.source.rootId);
  return root ? (keys.get(root.uid) as number) : null;
}

function insertReview({ run }: ForkContext, { treeId, keys }: Copy, review: NewFork["reviews"][number]): void {
  const { uid, sourceUid, taskUid, addressee } = review;
  const isOpen = review.isOpen ? 1 : 0;
  run.copyReview.run({
    ...{ uid, tree: treeId, task: keys.get(taskUid), source: sourceUid, isOpen },
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

/** Parses an `ended` event; returns null for other messages, without decoding them again. */
function endedIn(row: MessageRow): Pick<Ending, "status" | "reason"> | null {
  if (row.kind !== EVENT_KIND || !row.body.startsWith('{"type":"ended"')) return null;
  const { status, reason } = JSON.parse(row.body) as Extract<Entry, { kind: "event" }>["content"] & Ending;
  return { status, reason };
}
