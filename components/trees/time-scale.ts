/** Where a time is on the width of a timeline. Long stretches in which nothing ran can be folded. Pure. */
import type { Timeline } from "@/core/shapes/tree-views";
import { ROOM } from "./timeline";

export interface IdleFold {
  /** Milliseconds after the beginning of the tree. */
  from: number;
  to: number;
}

export interface TimeScale {
  /** Milliseconds that the width shows, without what is folded. */
  length: number;
  folds: IdleFold[];
  /** Returns the milliseconds from the left for a time; inside a fold they advance slowly. */
  shown(ms: number): number;
  /** Returns the part of the width, 0 to 1, at a time. */
  place(ms: number): number;
}

/** A fold's part of the time that is not folded. */
const FOLD_SHARE = 0.03;
const LEAST_FOLDED_MS = 60_000;

/** Returns the scale of a timeline whose `span` includes `ROOM` for the marks after its last bars. */
export function timeScale(span: number, idle: readonly IdleFold[]): TimeScale {
  const end = span / ROOM;
  const gaps = idle.filter(({ from, to }) => to > from);
  const busy = gaps.reduce((sum, { from, to }) => sum - (to - from), end);
  const width = Math.max(1, busy * FOLD_SHARE);
  const folds = gaps.filter(({ from, to }) => to - from > 2 * width);
  const shown = (ms: number) => {
    let at = ms;
    for (const { from, to } of folds) {
      if (ms <= from) break;
      const gone = Math.min(ms, to) - from;
      at -= gone - (gone / (to - from)) * width;
    }
    return at;
  };
  const length = shown(end) * ROOM;
  return { length, folds, shown, place: (ms) => shown(ms) / length };
}

/** Returns the stretches of at least a minute in which no task ran. */
export function idleStretches(timeline: Timeline, nowMs: number): IdleFold[] {
  const now = nowMs - Date.parse(timeline.from);
  const ran = timeline.tasks
    .flatMap(({ stretches }) =>
      stretches.filter(([kind]) => kind === "ran").map(([, from, to]) => ({ from, to: to ?? now })),
    )
    .sort((a, b) => a.from - b.from);
  const end = timeline.tasks.reduce(
    (latest, { stretches }) => stretches.reduce((most, [, , to]) => Math.max(most, to ?? now), latest),
    0,
  );
  const idle: IdleFold[] = [];
  let busyUntil = 0;
  for (const { from, to } of [...ran, { from: end, to: end }]) {
    if (from - busyUntil >= LEAST_FOLDED_MS) idle.push({ from: busyUntil, to: from });
    busyUntil = Math.max(busyUntil, to);
  }
  return idle;
}

/** Returns the timeline with its times as the scale shows them. What ran keeps its length. */
export function shownTimeline(timeline: Timeline, { shown, folds }: TimeScale): Timeline {
  if (folds.length === 0) return timeline;
  const tasks = timeline.tasks.map((task) => ({
    ...task,
    stretches: task.stretches.map(([kind, from, to]): (typeof task.stretches)[number] => [
      kind,
      shown(from),
      to === null ? null : shown(to),
    ]),
  }));
  return { ...timeline, tasks };
}
