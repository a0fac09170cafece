/** Which tasks of a tree run now, and which of them is followed. Pure. */
import type { Activity } from "@/core/shapes/live";
import type { Task } from "@/core/shapes/shapes";

export interface RunningTask {
  task: Task;
  /** What it does now; null when another process runs it, or between two steps. */
  now: Activity | null;
}

/** Returns the running tasks, in their order in the tree. */
export function runningTasks(tasks: Iterable<Task>, now: readonly Activity[]): RunningTask[] {
  const byTask = new Map(now.map((one) => [one.task_id, one]));
  return [...tasks]
    .filter((task) => task.status === "running")
    .map((task) => ({ task, now: byTask.get(task.id) ?? null }));
}

/** Returns the task to select while following: the open task as long as it runs, else the one that began last. */
export function followedTask(running: readonly RunningTask[], openId: string | null): string | null {
  if (running.some(({ task }) => task.id === openId)) return openId;
  const began = ({ task, now }: RunningTask) => Date.parse(now?.since ?? task.started_at ?? task.created_at);
  const latest = running.reduce<RunningTask | null>(
    (best, one) => (!best || began(one) >= began(best) ? one : best),
    null,
  );
  return latest?.task.id ?? openId;
}

/** Returns what the task does, in a few words. */
export function nowText({ task, now }: RunningTask): string {
  if (!now) return `turn ${task.turns + 1}`;
  if (!now.call) return "writing";
  return now.call.about || now.call.tool;
}
