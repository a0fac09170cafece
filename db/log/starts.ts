/** The journal of the server's starts and stops: the newest hundred. */
import type { ServerStart } from "@/core/shapes/operations";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { ProcessIdentity } from "@/db/file/process-identity";
import type { Writes } from "@/db/file/writes";
import { STARTS } from "@/db/records/starts";
import type { WorkerRole, WorkerRow } from "./workers";

export interface StartEnd {
  /**
   * `signal`: a signal stopped it. `asked`: a person stopped it. `crashed`: its process ended without a word.
   * `machine`: so did its machine. `restored`: it ran on a database that a restore replaced.
   */
  how: NonNullable<ServerStart["end"]>;
  /** For a crash the last sign of life; null when there was none. */
  atMs: number | null;
  /** The signal, or the person; null for the others. */
  by: string | null;
}

export interface StoredStart {
  id: string;
  role: WorkerRole;
  version: string;
  /** null for a checkout without git. */
  commit: string | null;
  startedAtMs: number;
  process: ProcessIdentity;
  /** null while it runs. */
  end: StartEnd | null;
}

export interface Starts {
  /** Returns the starts, newest first. */
  list(): StoredStart[];
  add(start: StoredStart): Promise<void>;
  /** Sets the end of each start for which `endOf` returns one. */
  close(endOf: (start: StoredStart) => StartEnd | null): Promise<void>;
}

export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.processStart === b.processStart && a.bootId === b.bootId;
}

/** Returns the end of a start whose process ended without a word. `rows`: those of workers, which tell when it was last seen. */
export function crashOf(
  { process }: Pick<StoredStart, "process">,
  rows: readonly WorkerRow[],
  own: Pick<ProcessIdentity, "bootId">,
): StartEnd {
  const row = rows.find((worker) => isSameProcess(worker, process));
  const how = process.bootId === own.bootId ? "crashed" : "machine";
  return { how, atMs: row ? (row.seenAtMs ?? row.startedAtMs) : null, by: null };
}

const KEPT = 100;

export function createStarts(sqlite: Sqlite, log: Writes): Starts {
  const facts = createFacts(sqlite);
  const list = () => JSON.parse(facts.read(STARTS) ?? "[]") as StoredStart[];
  const write = (starts: StoredStart[]) => facts.write(STARTS, JSON.stringify(starts.slice(0, KEPT)));
  return {
    list,
    add: (start) => log.write(() => write([start, ...list()])),
    close: (endOf) => log.write(() => write(list().map((start) => ({ ...start, end: endOf(start) ?? start.end })))),
  };
}
