/** Writes the starts and stops of the server into its journal, and finds those that ended without a word. */
import { crashOf, isSameProcess, type StartEnd, type StoredStart } from "@/db/log/starts";
import type { WorkerRole, WorkerRow } from "@/db/log/workers";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { livenessOf, type ProcessIdentity } from "@/lib/process/identity";
import type { Timers } from "@/lib/time/timers";

/** By then a dead process in another container, which cannot be seen from here, has lost its row (STILL_MS). */
const RECHECK_MS = 60_000;

export interface JournalOptions {
  store: Pick<Store, "starts" | "workers">;
  own: ProcessIdentity;
  role: WorkerRole;
  version: string;
  commit: string | null;
  timers: Timers;
  now(): number;
  report(message: string, error?: unknown): void;
}

export interface Journal {
  /** Writes the start, and the ends of processes that crashed. */
  started(): Promise<void>;
  /** Writes the end, when it begins and again when it is complete. */
  stopped(how: "signal" | "asked", by: string): Promise<void>;
}

/** Opens the journal before the server starts, while the rows of processes that crashed still tell their last signs. */
export function openJournal({ store, own, timers, now, report, ...about }: JournalOptions): Journal {
  const rowsBefore = store.workers.list();
  const id = newId();
  const closeCrashed = () =>
    store.starts.close((start) =>
      start.end === null && start.id !== id ? endOf(start, own, rowsBefore, store.workers.list()) : null,
    );
  let stopRechecks = () => {};
  return {
    async started() {
      await closeCrashed();
      await store.starts.add({ ...about, id, startedAtMs: now(), process: own, end: null });
      stopRechecks = timers.after(RECHECK_MS, () => {
        closeCrashed().catch((error: unknown) => report("The journal of starts could not be written.", error));
      });
    },
    async stopped(how, by) {
      stopRechecks();
      await store.starts.close((start) => (start.id === id ? { how, by, atMs: now() } : null));
    },
  };
}

/** Returns the end of a start whose process is gone, or null. */
function endOf(
  start: StoredStart,
  own: ProcessIdentity,
  before: readonly WorkerRow[],
  present: readonly WorkerRow[],
): StartEnd | null {
  const liveness = livenessOf(start.process, own);
  const hasRow = present.some((row) => isSameProcess(row, start.process));
  return liveness === "alive" || (liveness === "unknown" && hasRow) ? null : crashOf(start, before, own);
}
