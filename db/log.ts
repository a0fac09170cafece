/**
 * The log: the only writer of messages, and of the rows derived from them.
 *
 * Records queue and are committed together: one flush is BEGIN IMMEDIATE, the records, claims for the slots that they
 * free, COMMIT; then the promises resolve and the commit is published. No delay is added: whatever has queued by the
 * next turn of the event loop goes together. A record whose fence does not hold (lease or length differ) has written
 * nothing; when a record throws, the batch is rolled back and repeated one by one, so that only the bad one is refused.
 */

import type { DailyCaps } from "@/lib/env";
import { type EncodedEntry, encodeForStorage } from "./bodies";
import { createClaims } from "./claims";
import type { Client } from "./client";
import { isBusy, storeError } from "./errors";
import { type EncodedOutput, encodeOutputs } from "./outputs";
import { createRecordWriter } from "./record-writer";
import type { AppendResult, Commit, LeasedTask, TaskRecord } from "./records";

/** Keeps the event loop's longest pause at a few milliseconds. */
const MAX_BATCH = 32;
const BUSY_RETRY_MS = 3;
const FULL_RETRY_MS = 1_000;

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

export interface WriteContext {
  nowMs: number;
  /** Marks a task's row as changed, for those who watch. */
  touch(tree: { id: number; uid: string }, taskUid: string | null): void;
}

export interface Log {
  append(record: TaskRecord): Promise<AppendResult>;
  /** Runs a synchronous function inside the next transaction; its exceptions refuse it alone. */
  write<T>(write: (context: WriteContext) => T): Promise<T>;
  setClaimer(claimer: Claimer | null): void;
  /** Looks for ready tasks now: after a wake-up that came from elsewhere, or when slots became free without a record. */
  poke(): void;
  onCommit(listener: (commits: Commit[]) => void): () => void;
  /** The sentence that says why nothing can be written at present, or null. */
  trouble(): string | null;
  commits(): number;
  /** From now on a record that cannot be written is refused instead of tried again: nothing else lets a process end. */
  giveUp(): void;
  /** Waits for what is queued. */
  drain(): Promise<void>;
}

interface LogOptions {
  now: () => number;
  maxConcurrent: () => number;
  dailyCaps: DailyCaps;
}

export function createLog(client: Client, options: LogOptions): Log {
  const { sqlite } = client;
  const writer = createRecordWriter(sqlite, options.dailyCaps);
  const claims = createClaims(sqlite);
  const begin = sqlite.prepare("BEGIN IMMEDIATE");
  const commitStatement = sqlite.prepare("COMMIT");
  const rollback = sqlite.prepare("ROLLBACK");
  const queue: (Queued | QueuedWrite)[] = [];
  const listeners = new Set<(commits: Commit[]) => void>();
  let claimer: Claimer | null = null;
  let scheduled = false;
  let poked = false;
  let trouble: string | null = null;
  let isGivingUp = false;
  let commitCount = 0;
  let idle: (() => void)[] = [];

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    if (queue.length === 0 && !poked) {
      settleIdle();
      return;
    }
    poked = false;
    if (queue.length === 0 && !(claimer?.isOpen() && claimer.freeSlots() > 0 && claims.hasWork(options.now()))) {
      settleIdle();
      return;
    }
    const batch = queue.splice(0, MAX_BATCH);
    const outcome = commitBatch(batch);
    if (outcome === "later") return;
    if (queue.length > 0) schedule();
    // Another look at what is ready may be due: whoever waits for the log to be idle would close the file before it.
    else if (!scheduled) settleIdle();
  }

  /** One transaction, or one for each part when one of them throws. */
  function commitBatch(batch: (Queued | QueuedWrite)[]): "done" | "later" {
    const nowMs = options.now();
    const published = new Map<number, Commit>();
    const outcomes: (() => void)[] = [];
    let taken: LeasedTask[] = [];
    try {
      begin.run();
      for (const queued of batch) outcomes.push(apply(queued, nowMs, published));
      taken = claimer?.isOpen() ? claim(batch.filter(releases).length, nowMs, published) : [];
      commitStatement.run();
    } catch (error) {
      if (sqlite.inTransaction) rollback.run();
      return afterFailure(batch, error);
    }
    commitCount += 1;
    trouble = null;
    for (const outcome of outcomes) outcome();
    if (taken.length > 0) {
      claimer?.deliver(taken);
      // One transaction claims no more than it writes; there may be more, and nobody else would look before the next poll.
      poked = true;
      schedule();
    }
    if (published.size > 0) {
      const commits = [...published.values()];
      for (const listener of listeners) listener(commits);
    }
    return "done";
  }

  function apply(queued: Queued | QueuedWrite, nowMs: number, published: Map<number, Commit>): () => void {
    const touch = (tree: { id: number; uid: string }, taskUid: string | null, seq?: number) => {
      const commit = commitOf(published, tree.id, tree.uid);
      if (taskUid) commit.tasks.add(taskUid);
      if (seq === undefined) return;
      commit.fromSeq = commit.fromSeq === 0 ? seq : Math.min(commit.fromSeq, seq);
      commit.toSeq = Math.max(commit.toSeq, seq);
    };
    if ("write" in queued) {
      const value = queued.write({ nowMs, touch });
      return () => queued.resolve(value);
    }
    const result = writer.apply(queued.record, queued, nowMs, touch);
    return () => queued.resolve(result);
  }

  function claim(released: number, nowMs: number, published: Map<number, Commit>): LeasedTask[] {
    const free = (claimer?.freeSlots() ?? 0) + released;
    if (!claimer || free <= 0) return [];
    const taken = claims.take(claimer, Math.min(free, MAX_BATCH), options.maxConcurrent(), nowMs);
    for (const one of taken) commitOf(published, one.treeId, one.treeUid).tasks.add(one.uid);
    return taken;
  }

  function afterFailure(batch: (Queued | QueuedWrite)[], error: unknown): "done" | "later" {
    const sorted = storeError(error, client.file);
    const cannotWrite = sorted.kind === "full" || sorted.kind === "disk" || sorted.kind === "not_writable";
    if (cannotWrite) trouble = sorted.message;
    if (isBusy(error) || (cannotWrite && !isGivingUp)) {
      // Nothing was written and nothing is lost: the same records are tried again. Any other write is somebody's command,
      // who gets the sentence at once.
      const kept = cannotWrite ? batch.filter((queued) => "record" in queued) : batch;
      for (const queued of batch) if (!kept.includes(queued)) queued.reject(sorted);
      queue.unshift(...kept);
      poked = true;
      scheduled = true;
      setTimeout(flush, isBusy(error) ? BUSY_RETRY_MS : FULL_RETRY_MS);
      return "later";
    }
    if (batch.length > 1) return oneByOne(batch);
    if (sorted.kind !== "failed") trouble = sorted.message;
    const failure = error instanceof Error && sorted.kind === "failed" ? error : sorted;
    for (const queued of batch) queued.reject(failure);
    return "done";
  }

  function oneByOne(batch: (Queued | QueuedWrite)[]): "done" | "later" {
    for (const [at, queued] of batch.entries()) {
      if (commitBatch([queued]) === "done") continue;
      // What follows waits too, behind the record if that is kept, and before all that came later: records keep their order.
      queue.splice(queue[0] === queued ? 1 : 0, 0, ...batch.slice(at + 1));
      return "later";
    }
    return "done";
  }

  function settleIdle(): void {
    const waiting = idle;
    idle = [];
    for (const resolve of waiting) resolve();
  }

  return {
    async append(record) {
      const encoded = await encodeForStorage(record.entries);
      const outputs = record.outputs?.length ? await encodeOutputs(record.outputs) : [];
      return new Promise<AppendResult>((resolve, reject) => {
        queue.push({ record, encoded, outputs, resolve, reject });
        schedule();
      });
    },
    write<T>(write: (context: WriteContext) => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const queued: QueuedWrite = { write, resolve: (value) => resolve(value as T), reject };
        queue.push(queued);
        schedule();
      });
    },
    setClaimer(next) {
      claimer = next;
    },
    poke() {
      poked = true;
      schedule();
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    trouble: () => trouble,
    commits: () => commitCount,
    giveUp() {
      isGivingUp = true;
      scheduled = false;
      schedule();
    },
    drain: () =>
      new Promise<void>((resolve) => {
        if (queue.length === 0 && !scheduled) return resolve();
        idle.push(resolve);
        schedule();
      }),
  };
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
