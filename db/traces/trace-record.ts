/** What is kept of traces beside the log: up to where it was sent, and kills, which the log does not tell. */
import type { Cut } from "@/core/traces/span";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import type { HeldTask } from "./trace-rows";

export interface StoredCut extends Cut {
  isSent: boolean;
}

export interface TraceRecord {
  /** The last entry whose spans the collector has. */
  sentSeq: number;
  /** Tasks that another process worked on when this one began. */
  held: HeldTask[];
  /** Kills during trees that have not ended. */
  cuts: StoredCut[];
}

export interface TraceRecords {
  /** null: traces are off, or were never on. */
  read(): TraceRecord | null;
  /** Writes what `make` returns for the present record: several processes and parts of one change it. null: nothing is written. */
  change(make: (record: TraceRecord | null) => TraceRecord | null): Promise<void>;
  forget(): Promise<void>;
}

const FACT = "traces";

export function createTraceRecords(sqlite: Sqlite, log: Pick<Writes, "write">): TraceRecords {
  const facts = createFacts(sqlite);
  const read = () => JSON.parse(facts.read(FACT) ?? "null") as TraceRecord | null;
  return {
    read,
    change: (make) =>
      log.write(() => {
        const record = make(read());
        if (record !== null) facts.write(FACT, JSON.stringify(record));
      }),
    forget: () => log.write(() => facts.write(FACT, "null")),
  };
}
