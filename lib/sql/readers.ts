/** Keeps readers of SQL for the next query, because starting a reader takes about fifty times as long as a query. */
import path from "node:path";
import type { SandboxPort, SandboxStatus } from "../sandbox/port";
import { type ReaderAnswer, type ReaderProcess, startReader } from "./reader-process";

const IDLE_MS = 30_000;
const KEPT_READERS = 4;

export interface QueryLimits {
  maxRows: number;
  maxBytes: number;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface SqlReaders {
  /** Without a sandbox no query runs. */
  status(): Promise<SandboxStatus>;
  /** Starts the reader of a folder of snapshots, while its snapshot is still being made. */
  prepare(folder: string): void;
  /**
   * Queries one snapshot file. Queries over files of one folder run one after the other in one process, each for at
   * most `timeoutMs`, and none sees changes of an earlier one. Rejects with one sentence when no reader can start, and
   * with the signal's reason.
   */
  query(file: string, sql: string, limits: QueryLimits): Promise<ReaderAnswer>;
  /** Ends all readers; resolves when all have ended. */
  close(): Promise<void>;
}

interface Slot {
  reader: Promise<ReaderProcess> | null;
  queue: Promise<unknown>;
  waiting: number;
  stopIdling(): void;
}

interface ReadersContext {
  sandbox: SandboxPort;
  program: string;
  idleMs: number;
  /** Slots by folder, the most recently used last. */
  slots: Map<string, Slot>;
}

/** `program` is the folder of the running system's files. */
export function createSqlReaders(sandbox: SandboxPort, program: string, idleMs = IDLE_MS): SqlReaders {
  const context: ReadersContext = { sandbox, program, idleMs, slots: new Map() };
  return {
    status: () => sandbox.status(),
    prepare: (folder) => prepare(context, folder),
    query: (file, sql, limits) => query(context, file, sql, limits),
    close: () => closeReaders(context),
  };
}

function prepare(context: ReadersContext, folder: string): void {
  const slot = slotOf(context, folder);
  // The next query reports why it could not start.
  readerOf(context, folder, slot).catch(() => undefined);
  if (slot.waiting === 0) idle(context, folder, slot);
}

async function query(context: ReadersContext, file: string, sql: string, limits: QueryLimits): Promise<ReaderAnswer> {
  const folder = path.dirname(file);
  const slot = slotOf(context, folder);
  slot.stopIdling();
  slot.waiting += 1;
  const asked = slot.queue.then(() => ask(context, slot, file, sql, limits));
  slot.queue = asked.catch(() => undefined);
  try {
    return await asked;
  } finally {
    slot.waiting -= 1;
    if (slot.waiting === 0) idle(context, folder, slot);
  }
}

async function closeReaders(context: ReadersContext): Promise<void> {
  await Promise.all([...context.slots].map(([folder, slot]) => endReader(context, folder, slot)));
}

function slotOf(context: ReadersContext, folder: string): Slot {
  const { slots } = context;
  const slot = slots.get(folder) ?? { reader: null, queue: Promise.resolve(), waiting: 0, stopIdling: () => {} };
  slots.delete(folder);
  slots.set(folder, slot);
  const idle = [...slots].filter(([, other]) => other.waiting === 0 && other !== slot);
  for (const [name, slot] of idle.slice(0, Math.max(0, slots.size - KEPT_READERS))) endReader(context, name, slot);
  return slot;
}

function readerOf({ sandbox, program }: ReadersContext, folder: string, slot: Slot): Promise<ReaderProcess> {
  if (slot.reader) return slot.reader;
  const started = startReader(sandbox, program, folder);
  const forget = () => {
    if (slot.reader === started) slot.reader = null;
  };
  slot.reader = started;
  started.then((reader) => reader.ended.then(forget), forget);
  return started;
}

function endReader({ slots }: ReadersContext, folder: string, slot: Slot): Promise<void> {
  slot.stopIdling();
  if (slots.get(folder) === slot) slots.delete(folder);
  const { reader } = slot;
  slot.reader = null;
  return reader?.then((reader) => reader.kill()).catch(() => undefined) ?? Promise.resolve();
}

/** Ends the reader when it was idle for a while. */
function idle(context: ReadersContext, folder: string, slot: Slot): void {
  slot.stopIdling();
  const timer = setTimeout(() => endReader(context, folder, slot), context.idleMs).unref();
  slot.stopIdling = () => clearTimeout(timer);
}

async function ask(
  context: ReadersContext,
  slot: Slot,
  file: string,
  sql: string,
  limits: QueryLimits,
): Promise<ReaderAnswer> {
  const { timeoutMs, signal, maxRows, maxBytes } = limits;
  signal.throwIfAborted();
  const reader = await readerOf(context, path.dirname(file), slot);
  return reader.ask({ file: path.basename(file), sql, maxRows, maxBytes }, timeoutMs, signal);
}
