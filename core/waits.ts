import type { Facts } from "./facts";
import type { SubtaskResult } from "./log/entries";
import { isEnded } from "./log/terms";
import type { Call, Subtask, TaskState } from "./state";

/** Public ids of the tasks that must end before the call can be answered. */
export function waitedFor(state: TaskState, call: Call): string[] {
  if (call.tool !== "wait_for_subtasks") return call.tasks;
  const named = (call.input as { tasks?: string[] }).tasks ?? [];
  return [...state.subtasks.values()]
    .filter((one) => one.role === "work" && !one.delivered)
    .map((one) => one.task)
    .filter((task) => named.length === 0 || named.some((name) => task.startsWith(name)));
}

/** null while it has not ended. */
export function resultOf(facts: Facts, task: string): SubtaskResult | null {
  const relative = facts.relatives.get(task);
  if (!relative?.result || !isEnded(relative.status)) return null;
  // The whole text stays in the subtask's own log: here it would be stored once more with every parent.
  const { text: _, ...result } = relative.result;
  return result;
}

/** Subtasks that have not ended; finishing tasks are not counted. */
export function unfinishedSubtasks(state: TaskState, facts: Facts): Subtask[] {
  return [...state.subtasks.values()].filter(
    (one) => one.role === "work" && !one.delivered && !resultOf(facts, one.task),
  );
}
