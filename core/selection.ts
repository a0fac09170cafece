/** agent_selector starts exactly one subtask, whose end is copied to it without another model call. */
import type { EndDecision } from "./decision";
import type { Facts } from "./facts";
import type { TaskRole } from "./log/terms";
import { answerCall } from "./notes";
import type { TaskState } from "./state";

export const SELECTOR = "agent_selector";

export function isSelector(agent: string): boolean {
  return agent === SELECTOR;
}

/** Returns the task that agent_selector chose, or undefined. */
export function selectedTask(state: TaskState): string | undefined {
  if (!isSelector(state.setup.agent)) return undefined;
  return [...state.subtasks.values()].find((subtask) => subtask.role === "work")?.task;
}

/** Whether a tree's counts name the task. A selector that has chosen is hidden behind its choice; see `db/records/tree-counts.ts`. */
export function isCounted(role: TaskRole, state: TaskState): boolean {
  return role === "work" && selectedTask(state) === undefined;
}

export function copyOfSelected(state: TaskState, facts: Facts): EndDecision | null {
  const task = selectedTask(state);
  const result = task ? facts.relatives.get(task)?.result : undefined;
  if (!result) return null;
  const { status, reason, summary, verdict, text, title } = result;
  const detail =
    status === "succeeded" ? null : `The chosen task “${title}” ${status === "failed" ? "failed" : "was stopped"}.`;
  return { kind: "end", status, reason, detail, result: text, summary, verdict, response: answerCall(result) };
}
