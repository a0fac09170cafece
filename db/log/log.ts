/**
 * The log: the only writer of messages, and of the rows derived from them.
 *
 * Records queue and are committed together: one flush is BEGIN IMMEDIATE, the records, claims for the slots that they
 * free, COMMIT; then the promises resolve and the commit is published. No delay is added: whatever has queued by the
 * next turn of the event loop goes together. A record whose fence does not hold (lease or length differ) has written
 * nothing; when a record throws, the batch is rolled back and repeated one by one, so that only the bad one is refused.
 */

import { type EncodedEntry, encodeForStorage } from "@/db/file/bodies";
import type { Client, Sqlite } from "@/db/file/client";
import { isBusy, storeError } from "@/db/file/errors";
import type { Moment, WriteContext, Writes } from "@/db/file/writes";
import { type EncodedOutput, encodeOutputs } from "@/db/records/outputs";
import type { AppendResult, Commit, LeasedTask, TaskRecord } from "@/db/records/records";
import type { DailyCaps } from "@/lib/env";
import { type Claims, createClaims } from "./claims";
import { createRecordWriter, type RecordWriter } from "./record-writer";

/** Keeps the event loop's longest pause at a few milliseconds. */
const MAX_BATCH = 32;
const BUSY_RETRY_MS = 3;
const FULL_RETRY_MS = 1_000;
/** A page that the disk refuses to read looks like a damaged one: for so long it is taken for the former. By a clock that only goes forward. */
const DOUBT_MS = 60_000;

/** A worker that wants tasks: asked inside each flush, told after the commit. */
export interface Claimer {
  workerId: number;
  /** null: of every tree. */
  treeId: number | null;
  freeSlots(): number;
  /** It takes tasks at all: false while it shuts down. */
  isOpen(): boolean;
  deliver(claims: LeasedTask[]): void;
}

interface Queued {
  record: TaskRecord;
  encoded: EncodedEntry[];
  outputs: EncodedOutput[];
  resolve(result: AppendResult): void;
  reject(error: Error): void;
}

/** Any other write goes through the same queue, so that writes never wait for each other's locks in one process. */
interface QueuedWrite {
  write(context: WriteContext): unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface Log extends Writes {
  append(record: TaskRecord): Promise<AppendResult>;
  setClaimer(claimer: Claimer | null): void;
  /** Looks for ready tasks now: after a wake-up that came from elsewhere, or when slots became free without a record. */
  poke(): void;
  onCommit(listener: (commits: Commit[]) => void): () => void;
  /** The sentence that says why nothing can be written at present, or null. */
  trouble(): string | null;
  commits(): number;
  /** Now, by the clock that seconds of grants are counted by. */
  steadyMs(): number;
  /** From now on a record that cannot be written is refused instead of tried again: nothing else lets a process end. */
  giveUp(): void;
  /** Waits for what is queued. */
  drain(): Promise<void>;
}

interface LogOptions {
  now: () => number;
  steady: () => number;
  maxConcurrent: () => number;
  dailyCaps: DailyCaps;
}

/** What the functions below share: the queue, the statements of a transaction, and how the last one went. */
interface LogContext {
  client: Client;
  options: LogOptions;
  writer: RecordWriter;
  claims: Claims;
  run: ReturnType<typeof transactionStatements>;
  queue: (Queued | QueuedWrite)[];
  listeners: Set<(commits: Commit[]) => void>;
  claimer: Claimer | null;
  scheduled: boolean;
  poked: boolean;
  trouble: string | null;
  isGivingUp: boolean;
  doubtSinceMs: number | null;
  commitCount: number;
  /** Called when nothing is queued any more. */
  idle: (() => void)[];
}

export function createLog(client: Client, options: LogOptions): Log {
  const log = logContext(client, options);
  return {
    append: (record) => append(log, record),
    write: (work) => write(log, work),
    setClaimer(next) {
      log.claimer = next;
    },
    poke: () => poke(log),
    onCommit(listener) {
      log.listeners.add(listener);
      return () => log.listeners.delete(listener);
    },
    trouble: () => log.trouble,
    commits: () => log.commitCount,
    steadyMs: options.steady,
    giveUp: () => giveUp(log),
    drain: () => drain(log),
  };
}

function logContext(client: Client, options: LogOptions): LogContext {
  const { sqlite } = client;
  return {
    client,
    options,
    writer: createRecordWriter(sqlite, options.dailyCaps),
    claims: createClaims(sqlite),
    run: transactionStatements(sqlite),
    queue: [],
    listeners: new Set(),
    claimer: null,
    scheduled: false,
    poked: false,
    trouble: null,
    isGivingUp: false,
    doubtSinceMs: null,
    commitCount: 0,
    idle: [],
  };
}

function transactionStatements(sqlite: Sqlite) {
  return {
    begin: sqlite.prepare("BEGIN IMMEDIATE"),
    commit: sqlite.prepare("COMMIT"),
    rollback: sqlite.prepare("ROLLBACK"),
  };
}

async function append(log: LogContext, record: TaskRecord): Promise<AppendResult> {
  const encoded = await encodeForStorage(record.entries);
  const outputs = record.outputs?.length ? await encodeOutputs(record.outputs) : [];
  return new Promise<AppendResult>((resolve, reject) => {
    log.queue.push({ record, encoded, outputs, resolve, reject });
    schedule(log);
  });
}

function write<T>(log: LogContext, work: (context: WriteContext) => T): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const queued: QueuedWrite = { write: work, resolve: (value) => resolve(value as T), reject };
    log.queue.push(queued);
    schedule(log);
  });
}

function poke(log: LogContext): void {
  log.poked = true;
  schedule(log);
}

function giveUp(log: LogContext): void {
  log.isGivingUp = true;
  log.scheduled = false;
  schedule(log);
}

function drain(log: LogContext): Promise<void> {
  return new Promise<void>((resolve) => {
    if (log.queue.length === 0 && !log.scheduled) return resolve();
    log.idle.push(resolve);
    schedule(log);
  });
}

function schedule(log: LogContext): void {
  if (log.scheduled) return;
  log.scheduled = true;
  setImmediate(flush, log);
}

function flush(log: LogContext): void {
  const { queue } = log;
  log.scheduled = false;
  if (queue.length === 0 && !log.poked) {
    settleIdle(log);
    return;
  }
  log.poked = false;
  if (queue.length === 0 && !findsWork(log)) {
    settleIdle(log);
    return;
  }
  const batch = queue.splice(0, MAX_BATCH);
  const outcome = commitBatch(log, batch);
  if (outcome === "later") return;
  if (queue.length > 0) schedule(log);
  // Another look at what is ready may be due: whoever waits for the log to be idle would close the file before it.
  else if (!log.scheduled) settleIdle(log);
}

function findsWork({ claimer, claims, options }: LogContext): boolean {
  if (!claimer?.isOpen() || claimer.freeSlots() <= 0) return false;
  try {
    return claims.hasWork(options.now());
  } catch {
    // The transaction that follows meets the same fault, says why and is tried again.
    return true;
  }
}

/** One transaction, or one for each part when one of them throws. */
function commitBatch(log: LogContext, batch: (Queued | QueuedWrite)[]): "done" | "later" {
  const at = { nowMs: log.options.now(), steadyMs: log.options.steady() };
  const published = new Map<number, Commit>();
  const outcomes: (() => void)[] = [];
  let taken: LeasedTask[] = [];
  try {
    log.run.begin.run();
    for (const queued of batch) outcomes.push(apply(log, queued, at, published));
    taken = log.claimer?.isOpen() ? claim(log, batch.filter(releases).length, at, published) : [];
    log.run.commit.run();
  } catch (error) {
    if (log.client.sqlite.inTransaction) log.run.rollback.run();
    return afterFailure(log, batch, error);
  }
  log.commitCount += 1;
  log.trouble = null;
  log.doubtSinceMs = null;
  for (const outcome of outcomes) outcome();
  if (taken.length > 0) {
    log.claimer?.deliver(taken);
    // One transaction claims no more than it writes; there may be more, and nobody else would look before the next poll.
    poke(log);
  }
  if (published.size > 0) {
    const commits = [...published.values()];
    for (const listener of log.listeners) listener(commits);
  }
  return "done";
}

function apply(log: LogContext, queued: Queued | QueuedWrite, at: Moment, published: Map<number, Commit>): () => void {
  const touch = (tree: { id: number; uid: string }, taskUid: string | null, seq?: number) => {
    const commit = commitOf(published, tree.id, tree.uid);
    if (taskUid) commit.tasks.add(taskUid);
    if (seq === undefined) return;
    commit.fromSeq = commit.fromSeq === 0 ? seq : Math.min(commit.fromSeq, seq);
    commit.toSeq = Math.max(commit.toSeq, seq);
  };
  if ("write" in queued) {
    const value = queued.write({ ...at, touch });
    return () => queued.resolve(value);
  }
  const result = log.writer.apply(queued.record, queued, at, touch);
  return () => queued.resolve(result);
}

function claim(
  { claimer, claims, options }: LogContext,
  released: number,
  at: Moment,
  published: Map<number, Commit>,
): LeasedTask[] {
  const free = (claimer?.freeSlots() ?? 0) + released;
  if (!claimer || free <= 0) return [];
  const taken = claims.take(claimer, Math.min(free, MAX_BATCH), options.maxConcurrent(), at);
  for (const one of taken) commitOf(published, one.treeId, one.treeUid).tasks.add(one.uid);
  return taken;
}

function isDoubtful(log: LogContext, kind: string): boolean {
  if (kind !== "unreadable") return false;
  log.doubtSinceMs ??= performance.now();
  return performance.now() - log.doubtSinceMs < DOUBT_MS;
}

function afterFailure(log: LogContext, batch: (Queued | QueuedWrite)[], error: unknown): "done" | "later" {
  const sorted = storeError(error, log.client.file);
  const cannotWrite =
    isDoubtful(log, sorted.kind) || sorted.kind === "full" || sorted.kind === "disk" || sorted.kind === "not_writable";
  if (cannotWrite) log.trouble = sorted.message;
  if (isBusy(error) || (cannotWrite && !log.isGivingUp)) {
    // Nothing was written and nothing is lost: the same records are tried again. Any other write is somebody's command,
    // who gets the sentence at once.
    const kept = cannotWrite ? batch.filter((queued) => "record" in queued) : batch;
    for (const queued of batch) if (!kept.includes(queued)) queued.reject(sorted);
    log.queue.unshift(...kept);
    log.poked = true;
    log.scheduled = true;
    setTimeout(flush, isBusy(error) ? BUSY_RETRY_MS : FULL_RETRY_MS, log);
    return "later";
  }
  if (batch.length > 1) return oneByOne(log, batch);
  if (sorted.kind !== "failed") log.trouble = sorted.message;
  const failure = error instanceof Error && sorted.kind === "failed" ? error : sorted;
  for (const queued of batch) queued.reject(failure);
  return "done";
}

function oneByOne(log: LogContext, batch: (Queued | QueuedWrite)[]): "done" | "later" {
  const { queue } = log;
  for (const [at, queued] of batch.entries()) {
    if (commitBatch(log, [queued]) === "done") continue;
    // What follows waits too, behind the record if that is kept, and before all that came later: records keep their order.
    queue.splice(queue[0] === queued ? 1 : 0, 0, ...batch.slice(at + 1));
    return "later";
  }
  return "done";
}

function settleIdle(log: LogContext): void {
  const waiting = log.idle;
  log.idle = [];
  for (const resolve of waiting) resolve();
}

/** A record that gives its lease back frees the slot that the next claim of the same transaction takes. */
function releases(queued: Queued | QueuedWrite): boolean {
  return "record" in queued && queued.record.release !== undefined;
}

function commitOf(published: Map<number, Commit>, treeId: number, treeUid: string): Commit {
  let commit = published.get(treeId);
  if (!commit) {
    commit = { treeId, treeUid, tasks: new Set(), fromSeq: 0, toSeq: 0 };
    published.set(treeId, commit);
  }
  return commit;
}
