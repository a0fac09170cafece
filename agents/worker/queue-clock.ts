/**
 * Measures how long tasks wait for a slot. No row says since when a task is ready, so the worker looks at the queue with
 * each poll. A wait is at most one poll too short. It is counted from the start of the worker when it began before, and from
 * when the task is among the first 2,000 when more are ready (`readyUids`).
 */
import type { Counts } from "@/core/metrics/counts";

export interface QueueClock {
  /** These tasks are ready now. */
  see(ready: readonly string[]): void;
  /** The worker has leased this task. */
  claimed(uid: string): void;
}

/** `monotonic`: milliseconds. */
export function createQueueClock(monotonic: () => number, counts: Pick<Counts, "observe">): QueueClock {
  let since = new Map<string, number>();
  return {
    see(ready) {
      const nowMs = monotonic();
      since = new Map(ready.map((uid) => [uid, since.get(uid) ?? nowMs]));
    },
    claimed(uid) {
      const sinceMs = since.get(uid);
      since.delete(uid);
      // A task that no poll has seen got its slot at once.
      counts.observe("banyan_queue_wait_seconds", {}, sinceMs === undefined ? 0 : (monotonic() - sinceMs) / 1_000);
    },
  };
}
