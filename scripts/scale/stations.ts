/** A clock of events, and stations at which work waits in order for one of some servers. Times are milliseconds. */

export interface Clock {
  nowMs(): number;
  after(ms: number, then: () => void): void;
  /** Runs what is due until this time. */
  runUntil(endMs: number): void;
}

interface Due {
  atMs: number;
  /** Of two at the same time the one that was added first is first. */
  order: number;
  then(): void;
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

export function createClock(): Clock {
  /** A heap: each is before its two below, at twice its place and one or two more. */
  const heap: Due[] = [];
  let now = 0;
  let added = 0;
  const rise = (due: Due) => {
    let at = heap.length;
    for (let above = (at - 1) >> 1; at > 0 && isBefore(due, heap[above] as Due); above = (at - 1) >> 1) {
      heap[at] = heap[above] as Due;
      at = above;
    }
    heap[at] = due;
  };
  const sink = (due: Due) => {
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      const right = heap[below + 1];
      if (right && isBefore(right, heap[below] as Due)) below += 1;
      if (!isBefore(heap[below] as Due, due)) break;
      heap[at] = heap[below] as Due;
      at = below;
    }
    heap[at] = due;
  };
  return {
    nowMs: () => now,
    after(ms, then) {
      rise({ atMs: now + ms, order: added, then });
      added += 1;
    },
    runUntil(endMs) {
      for (let [due] = heap; due && due.atMs <= endMs; [due] = heap) {
        const last = heap.pop() as Due;
        if (heap.length > 0) sink(last);
        now = due.atMs;
        due.then();
      }
      now = endMs;
    },
  };
}

export interface Station {
  /** Waits for a free server, holds it for this time, then goes on. */
  work(ms: number, then: () => void): void;
  /** Forgets what was counted, when the beginning is over. */
  reset(): void;
  /** The share of the servers' time that was used since, 0 to 1. */
  used(): number;
  /** How long work waited for a server. */
  waits(): readonly number[];
  /** How much waits now. */
  queue(): number;
}

export function createStation(clock: Clock, servers: number): Station {
  const queue: { sinceMs: number; ms: number; then: () => void }[] = [];
  let first = 0;
  let busy = 0;
  let startedMs = clock.nowMs();
  let countedMs = startedMs;
  let usedMs = 0;
  let waits: number[] = [];
  const count = () => {
    usedMs += busy * (clock.nowMs() - countedMs);
    countedMs = clock.nowMs();
  };
  const begin = ({ sinceMs, ms, then }: (typeof queue)[number]) => {
    count();
    busy += 1;
    waits.push(clock.nowMs() - sinceMs);
    clock.after(ms, () => {
      count();
      busy -= 1;
      const next = queue[first];
      if (next) first += 1;
      // Now and then, what was taken is removed.
      if (first > 10_000) {
        queue.splice(0, first);
        first = 0;
      }
      if (next) begin(next);
      then();
    });
  };
  return {
    work(ms, then) {
      const given = { sinceMs: clock.nowMs(), ms, then };
      if (busy < servers) begin(given);
      else queue.push(given);
    },
    reset() {
      count();
      usedMs = 0;
      waits = [];
      startedMs = clock.nowMs();
    },
    used() {
      count();
      return usedMs / (servers * (clock.nowMs() - startedMs));
    },
    waits: () => waits,
    queue: () => queue.length - first,
  };
}
