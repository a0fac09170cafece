/** The disk of a runner: frees what trees that left have used, and sees when little is left. */
import { freeBytes } from "../process/free-bytes";
import type { SnapshotStore } from "../snapshots/port";

/** A compaction holds up the snapshots of all trees meanwhile. */
const COMPACT_EVERY_MS = 10 * 60_000;
const LOOK_EVERY_MS = 5_000;
/** With less free, a runner gets no new trees: the folder and the snapshots of one more need room. */
const LEAST_FREE_BYTES = 500_000_000;

interface SpaceOptions {
  dataDir: string;
  store: Pick<SnapshotStore, "compact">;
  leastFreeBytes?: number | undefined;
  /** Called when the disk gets full, and when it has room again. */
  onChange(isFull: boolean): void;
}

export interface RunnerSpace {
  isFull(): boolean;
  /** The store has forgotten the snapshots of a tree. */
  treeLeft(): void;
  /** Resolves when no compaction runs. */
  close(): Promise<void>;
}

export function watchSpace({ dataDir, store, leastFreeBytes = LEAST_FREE_BYTES, onChange }: SpaceOptions): RunnerSpace {
  let compactedMs = Number.NEGATIVE_INFINITY;
  let due: NodeJS.Timeout | undefined;
  let compacting: Promise<unknown> = Promise.resolve();
  const isFull = () => freeBytes(dataDir) < leastFreeBytes;
  let wasFull = isFull();
  const looks = setInterval(() => {
    if (isFull() === wasFull) return;
    wasFull = !wasFull;
    onChange(wasFull);
  }, LOOK_EVERY_MS);
  const compact = () => {
    due = undefined;
    compactedMs = performance.now();
    // What could not be freed now is freed the next time.
    compacting = store.compact({ maxBytes: Number.MAX_SAFE_INTEGER, droppable: () => [] }).catch(() => undefined);
  };
  return {
    isFull: () => wasFull,
    treeLeft() {
      due ??= setTimeout(compact, Math.max(0, compactedMs + COMPACT_EVERY_MS - performance.now()));
    },
    async close() {
      clearInterval(looks);
      clearTimeout(due);
      await compacting;
    },
  };
}
