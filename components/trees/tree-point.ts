/** The state of a tree at an earlier time, from its timeline. Pure. */
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import type { Activity, Timeline, TimelineTask } from "@/core/shapes/tree-views";
import { countStatuses, countsText } from "@/core/words/counts";
import { plural } from "@/core/words/figures";
import type { ShownStatus } from "@/core/words/status";

const STATUS_OF: Readonly<Record<Activity, ShownStatus>> = {
  ran: "running",
  tasks: "waiting",
  you: "you",
  parked: "parked",
  queued: "ready",
  paused: "paused",
};

/** Returns the state of a task at `ms` after the beginning; null if it had not begun. `now`: its state now. */
export function statusAt({ stretches, ends }: TimelineTask, now: Task["status"], ms: number): ShownStatus | null {
  const index = stretches.findLastIndex(([, start]) => start <= ms);
  const stretch = stretches[index];
  if (!stretch) return null;
  const [kind, , end] = stretch;
  if (end === null || end > ms) return STATUS_OF[kind];
  const attempt = ends.findLast(({ at }) => at >= end && at <= ms);
  if (attempt) return attempt.status;
  return index === stretches.length - 1 && isEnded(now) ? now : STATUS_OF[kind];
}

/** Says how many tasks had begun by then, and their states. */
export function stateText(timeline: Timeline, tasks: ReadonlyMap<string, Task>, ms: number): string {
  const all = timeline.tasks.flatMap((figures) => {
    const task = tasks.get(figures.id);
    return task?.role === "work" ? [statusAt(figures, task.status, ms)] : [];
  });
  const begun = all.filter((status) => status !== null);
  const states = countsText(countStatuses(begun));
  if (all.length < 2) return "";
  return `${begun.length} of ${plural(all.length, "task")} had begun: ${states}.`;
}

/** Returns the index of the value that is nearest; 0 for an empty list. `values` rise. */
export function nearest(values: readonly number[], wanted: number): number {
  let best = 0;
  for (let index = 1; index < values.length; index++)
    if (Math.abs(values[index]! - wanted) < Math.abs(values[best]! - wanted)) best = index;
  return best;
}
