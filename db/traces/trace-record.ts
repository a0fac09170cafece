/** What is kept of traces beside the log: up to where it was sent, and kills, which the log does not tell. */
import type { Cut } from "@/core/traces/span";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

export interface StoredCut extends Cut {
  isSent: boolean;
}

export interface TraceRecord {
  /** The last entry whose spans the collector has. */
  sentSeq: number;
  /** Kills during trees that have not ended. */
  cuts: StoredCut[];
}

export interface TraceRecords {
  /** null: traces are off, or were never on. */
  read(): TraceRecord | null;
  /** Writes what `make` returns for the present record: several processes and parts of one change it. null: nothing is written. */
  change(make: (record: TraceRecord | null) => TraceRecord | null): Promise<void>;
  forget(): Promise<void>;
  /**
   * Notes that the tasks of a worker were cut off, if traces are on. Call it in the transaction that removes a dead or
   * frozen worker, while the worker still holds them.
   */
  noteCuts(workerId: number, foundAtMs: number): void;
}

const FACT = "traces";
/** Kills that are remembered; after more of them, spans of the oldest ones are told as if nothing had happened. */
const MOST_CUTS = 1_000;

export function createTraceRecords(sqlite: Sqlite, log: Pick<Writes, "write">): TraceRecords {
  const facts = createFacts(sqlite);
  const held = sqlite.prepare(`
    SELECT task.uid AS taskUid, ifnull(worker.seen_at_ms, worker.started_at_ms) AS diedAtMs,
      (SELECT max(id) FROM messages WHERE task_id = task.id) AS afterSeq
    FROM tasks task JOIN workers worker ON worker.id = task.worker_id
    WHERE task.status = 'running' AND worker.id = ?`);
  const read = () => JSON.parse(facts.read(FACT) ?? "null") as TraceRecord | null;
  const write = (record: TraceRecord | null) => facts.write(FACT, JSON.stringify(record));
  return {
    read,
    change: (make) =>
      log.write(() => {
        const record = make(read());
        if (record !== null) write(record);
      }),
    forget: () => log.write(() => write(null)),
    noteCuts(workerId, foundAtMs) {
      const record = read();
      if (!record) return;
      const found = held.all(workerId) as Pick<Cut, "taskUid" | "diedAtMs" | "afterSeq">[];
      const cuts = found.map((cut) => ({ ...cut, foundAtMs, isSent: false }));
      if (cuts.length > 0) write({ ...record, cuts: [...record.cuts, ...cuts].slice(-MOST_CUTS) });
    },
  };
}
