/**
 * The log: the only writer of messages, and of the rows derived from them.
 *
 * Records queue and are committed together. One flush is BEGIN IMMEDIATE, the records, claims for the slots that they
 * free, COMMIT; then the promises resolve and the commit is published. There is no added delay: a flush takes what has
 * queued by the next turn of the event loop. A record whose fence fails (lease or length differ) writes nothing. When a
 * record throws, the batch is rolled back and repeated one by one, so that only the bad record is refused.
 */
import { type EncodedEntry, encodeForStorage } from "@/db/file/bodies";
import type { Client, Sqlite } from "@/db/file/client";
import { isBusy, storeError } from "@/db/file/errors";
import { createGlances, type Glances } from "@/db/file/glance";
import type { Moment, WriteContext, Writes } from "@/db/file/writes";
import { type EncodedAttachment, encodeAttachments } from "@/db/records/attachments";
import { type EncodedOutput, encodeOutputs } from "@/db/records/outputs";
import type { AppendResult, Commit, LeasedTask, TaskRecord } from "@/db/records/records";
import type { DailyCaps } from "@/lib/env/daily-caps";
import type { Claimer } from "./claims";
import { type Claims, createClaims } from "./claims";
import { createRecordWriter, type RecordWriter } from "./record-writer";

/** Keeps the event loop's longest pause at a few milliseconds. */
const MAX_BATCH = 32;
const BUSY_RETRY_MS = 3;
const FULL_RETRY_MS = 1_000;
/**
 * An unreadable page may be damaged, or the disk may fail for a moment: for this long the log assumes the disk and retries.
 * On a clock that cannot be set.
 */
const DOUBT_MS = 60_000;

interface Queued {
  record: TaskRecord;
  encoded: EncodedEntry[];
  outputs: EncodedOutput[];
  attachments: EncodedAttachment[];
  resolve(result: AppendResult): void;
  reject(error: Error): void;
}

/** A write other than a record. It uses the same queue, so that writes of one process never wait for each other's locks. */
interface QueuedWrite {
  write(context: WriteContext): unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type CommitListener = (commits: Commit[], from: "here" | "peer") => void;

export interface Log extends Writes {
  append(record: TaskRecord): Promise<AppendResult>;
  setClaimer(claimer: Claimer | null): void;
  /** Looks for ready tasks now, after a wake-up from elsewhere, or when slots became free without a record. */
  poke(): void;
  /** Calls the listener after each commit of this process, and after those that another process has told (`hear`). */
  onCommit(listener: CommitListener): () => void;
  /** Takes commits that another process has told at once: tells its listeners, then looks for ready tasks. */
  hear(commits: Commit[]): void;
  /** Returns a sentence that says why nothing can be written now, or null. */
  trouble(): string | null;
  /** The commits of this process. */
  commits(): number;
  /** Takes how many commits the process beside this one has made since its start. */
  notePeerCommits(count: number): void;
  /** Its commits since its first report. They never fall, also when that process starts again. */
  peerCommits(): number;
  /** Returns the current time of the clock that counts the seconds of grants. */
  steadyMs(): number;
  /** From now on refuses records that cannot be written instead of retrying them, so that the process can end. */
  giveUp(): void;
  /** Waits until the queue is empty. */
  drain(): Promise<void>;
}

interface LogOptions {
  now: () => number;
  steady: () => number;
  maxConcurrent: () => number;
  dailyCaps: DailyCaps;
}

/** State that the functions below share: the queue, the transaction's statements, and the last result. */
interface LogContext {
  client: Client;
  options: LogOptions;
  writer: RecordWriter;
  claims: Claims;
  run: ReturnType<typeof transactionStatements>;
  glances: Glances;
  /** Changes with each commit of another connection. */
  dataVersion: number;
  /** Whether the open transaction also writes other rows than records. Records change nothing that a glance reads. */
  isWriting: boolean;
  queue: (Queued | QueuedWrite)[];
  listeners: Set<CommitListener>;
  claimer: Claimer | null;
  scheduled: boolean;
  poked: boolean;
  trouble: string | null;
  isGivingUp: boolean;
  doubtSinceMs: number | null;
  commitCount: number;
  peerCommits: number;
  /** The last report; null before the first. */
  peerReported: number | null;
  /** Called when the queue is empty. */
  idle: (() => void)[];
}

export function createLog(client: Client, options: LogOptions): Log {
  const log = logContext(client, options);
  return {
    append: (record) => append(log, record),
    write: (work) => write(log, work),
    glance: log.glances.of,
    setClaimer(next) {
      log.claimer = next;
    },
    poke: () => poke(log),
    onCommit(listener) {
      log.listeners.add(listener);
      return () => log.listeners.delete(listener);
    },
    hear(commits) {
      for (const listener of log.listeners) listener(commits, "peer");
      poke(log);
    },
    trouble: () => log.trouble,
    commits: () => log.commitCount,
    notePeerCommits(count) {
      const before = log.peerReported ?? count;
      // A process that started again counts from 0.
      log.peerCommits += count < before ? count : count - before;
      log.peerReported = count;
    },
    peerCommits: () => log.peerCommits,
    steadyMs: options.steady,
    giveUp: () => giveUp(log),
    drain: () => drain(log),
  };
}

function logContext(client: Client, options: LogOptions): LogContext {
  const { sqlite } = client;
  const glances = createGlances({ now: options.now, isWriting: () => log.isWriting });
  const log: LogContext = {
    client,
    options,
    writer: createRecordWriter(sqlite, options.dailyCaps, glances.of),
    claims: createClaims(sqlite),
    run: transactionStatements(sqlite),
    glances,
    dataVersion: 0,
    isWriting: false,
    queue: [],
    listeners: new Set(),
    claimer: null,
    scheduled: false,
    poked: false,
    trouble: null,
    isGivingUp: false,
    doubtSinceMs: null,
    commitCount: 0,
    peerCommits: 0,
    peerReported: null,
    idle: [],
  };
  return log;
}

function transactionStatements(sqlite: Sqlite) {
  return {
    begin: sqlite.prepare("BEGIN IMMEDIATE"),
    commit: sqlite.prepare("COMMIT"),
    rollback: sqlite.prepare("ROLLBACK"),
    dataVersion: sqlite.prepare("PRAGMA data_version").pluck(),
  };
}

async function append(log: LogContext, record: TaskRecord): Promise<AppendResult> {
  const encoded = await encodeForStorage(record.entries);
  const outputs = record.outputs?.length ? await encodeOutputs(record.outputs) : [];
  const attachments = record.attachments?.length ? await encodeAttachments(record.attachments) : [];
  return new Promise<AppendResult>((resolve, reject) => {
    log.queue.push({ record, encoded, outputs, attachments, resolve, reject });
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
  // If a search for ready tasks is scheduled, the log is not idle: a waiter on idle would close the file before it.
  else if (!log.scheduled) settleIdle(log);
}

function findsWork({ claimer, claims, options }: LogContext): boolean {
  if (!claimer?.isOpen() || claimer.freeSlots() <= 0) return false;
  try {
    return claims.hasWork(options.now(), claimer.stopsOnly());
  } catch {
    // The transaction that follows meets the same fault, reports it and retries.
    return true;
  }
}

/** Commits a batch in one transaction, or each part in its own when one throws. */
function commitBatch(log: LogContext, batch: (Queued | QueuedWrite)[]): "done" | "later" {
  const at = { nowMs: log.options.now(), steadyMs: log.options.steady() };
  const published = new Map<number, Commit>();
  const outcomes: (() => void)[] = [];
  let taken: LeasedTask[] = [];
  try {
    log.run.begin.run();
    noteOthers(log);
    log.isWriting = batch.some((queued) => "write" in queued);
    for (const queued of batch) outcomes.push(apply(log, queued, at, published));
    taken = log.claimer?.isOpen() ? claim(log, batch.filter(endsLease).length, at, published) : [];
    log.run.commit.run();
  } catch (error) {
    log.isWriting = false;
    if (log.client.sqlite.inTransaction) log.run.rollback.run();
    return afterFailure(log, batch, error);
  }
  if (log.isWriting) log.glances.forget();
  log.isWriting = false;
  log.commitCount += 1;
  log.trouble = null;
  log.doubtSinceMs = null;
  for (const outcome of outcomes) outcome();
  if (taken.length > 0) {
    log.claimer?.deliver(taken);
    // One transaction claims only a batch of tasks. More may be ready, and the next poll is too late for them.
    poke(log);
  }
  if (published.size > 0) {
    const commits = [...published.values()];
    for (const listener of log.listeners) listener(commits, "here");
  }
  return "done";
}

/** Call it inside the transaction, where asking costs nothing. */
function noteOthers(log: LogContext): void {
  const version = log.run.dataVersion.get() as number;
  if (version !== log.dataVersion) log.glances.forget();
  log.dataVersion = version;
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
  freed: number,
  at: Moment,
  published: Map<number, Commit>,
): LeasedTask[] {
  const free = (claimer?.freeSlots() ?? 0) + freed;
  if (!claimer || free <= 0) return [];
  const taken = claims.take(claimer, Math.min(free, MAX_BATCH), options.maxConcurrent(), at);
  for (const task of taken) commitOf(published, task.treeId, task.treeUid).tasks.add(task.uid);
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
    // Nothing was written and nothing is lost: the same records are retried. Any other write is a user's command, and
    // the user gets the error now.
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
    // Records stay in order: the rest of the batch waits behind a retried record, before everything that came later.
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

/** Whether a record ends its lease: the claim in the same transaction can take its slot. */
function endsLease(queued: Queued | QueuedWrite): boolean {
  return "record" in queued && queued.record.leaseEnd !== undefined;
}

function commitOf(published: Map<number, Commit>, treeId: number, treeUid: string): Commit {
  let commit = published.get(treeId);
  if (!commit) {
    commit = { treeId, treeUid, tasks: new Set(), fromSeq: 0, toSeq: 0 };
    published.set(treeId, commit);
  }
  return commit;
}
