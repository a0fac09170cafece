import type { Facts } from "./facts";
import type { SubtaskResult } from "./log/entries";
import { isEnded } from "./log/terms";
import type { Call, CallAsk, Subtask, TaskState } from "./state";

/** Returns public ids of the tasks that must end before the call can be answered. */
export function waitedFor(state: TaskState, call: Call): string[] {
  if (call.tool !== "wait_for_subtasks") return call.tasks;
  const named = (call.input as { tasks?: string[] }).tasks ?? [];
  return [...state.subtasks.values()]
    .filter((subtask) => subtask.role === "work" && !subtask.delivered)
    .map((subtask) => subtask.task)
    .filter((task) => named.length === 0 || named.some((name) => task.startsWith(name)));
}

/** Returns the task's result, or null while it has not ended. */
export function resultOf(facts: Facts, task: string): SubtaskResult | null {
  const relative = facts.relatives.get(task);
  if (!relative?.result || !isEnded(relative.status)) return null;
  // The whole text stays in the subtask's own log; including it here would store it again with every parent.
  const { text: _, ...result } = relative.result;
  return result;
}

/** Returns subtasks that have not ended, without finishing tasks. */
export function unfinishedSubtasks(state: TaskState, facts: Facts): Subtask[] {
  return [...state.subtasks.values()].filter(
    (subtask) => subtask.role === "work" && !subtask.delivered && !resultOf(facts, subtask.task),
  );
}

/** Returns the call's unanswered questions to a person, with their reviews. */
export function openAsksOf(state: TaskState, call: Call): [review: string, ask: CallAsk][] {
  return [...state.callAsks].filter(([, ask]) => ask.call === call.id && !ask.answer);
}
