/** Shows an agent_selector and the task that it chose as one task. Pure. */
import type { Task } from "@/core/shapes/shapes";

interface ShownTask extends Task {
  /** `agent_selector` chose its agent; the selector's own task is not shown. */
  chosen?: true;
}

export function isChosen(task: Task): boolean {
  return (task as ShownTask).chosen === true;
}

/**
 * Returns the tasks without each agent_selector that has chosen. The chosen task stands in its place, with what both
 * spent. The same map comes back when no selector has chosen.
 */
export function withoutSelectors(tasks: ReadonlyMap<string, Task>): ReadonlyMap<string, Task> {
  const picks = picksOf(tasks);
  if (picks.size === 0) return tasks;
  const now = (id: string) => chosenBy(picks, id);
  const shown = new Map<string, Task>();
  const selectorOf = new Map([...picks].map(([selector, chosen]) => [chosen, selector]));
  for (const task of tasks.values()) {
    if (picks.has(task.id)) continue;
    const selector = tasks.get(selectorOf.get(task.id) ?? "");
    shown.set(task.id, renamed(selector ? inPlaceOf(selector, task) : task, now));
  }
  return shown;
}

/** Returns the task that stands for this one: the task that it chose, if it is an agent_selector. */
export function shownIdOf(tasks: Iterable<Task>, id: string): string {
  return chosenBy(picksOf(new Map([...tasks].map((task) => [task.id, task]))), id);
}

/** Each selector with the task that it chose. Such a task is the only work that a selector starts. */
function picksOf(tasks: ReadonlyMap<string, Task>): Map<string, string> {
  const picks = new Map<string, string>();
  for (const { id, role, parent_id } of tasks.values())
    if (role === "work" && parent_id && tasks.get(parent_id)?.agent === "agent_selector") picks.set(parent_id, id);
  return picks;
}

function chosenBy(picks: ReadonlyMap<string, string>, id: string): string {
  let now = id;
  for (let next = picks.get(now); next !== undefined; next = picks.get(now)) now = next;
  return now;
}

function inPlaceOf(selector: Task, task: Task): ShownTask {
  const { parent_id, depends_on, depth, spent, grant } = selector;
  return { ...task, parent_id, depends_on, depth, spent, grant, chosen: true };
}

/** A task that waits for a selector waits for the task that it chose. */
function renamed(task: Task, now: (id: string) => string): Task {
  const { depends_on, waiting_for } = task;
  const names = (ids: string[]) => (ids.some((id) => now(id) !== id) ? ids.map(now) : ids);
  const after = names(depends_on);
  const awaited = waiting_for && names(waiting_for.tasks);
  if (after === depends_on && awaited === waiting_for?.tasks) return task;
  return { ...task, depends_on: after, waiting_for: waiting_for && { ...waiting_for, tasks: awaited ?? [] } };
}
