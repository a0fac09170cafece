/** Decides when a task may start no more subtasks: limits refused it too often, or one of its subtasks was a runaway. */
import type { TaskState } from "./state";

const MAX_LIMIT_REFUSALS = 3;
const STARTING_TOOLS = new Set(["start_subtask", "break_down_task"]);

export function isOutgrown(state: Pick<TaskState, "limitRefusals" | "runawaySubtask">): boolean {
  return state.limitRefusals >= MAX_LIMIT_REFUSALS || state.runawaySubtask;
}

/** Returns the refusal for the model, or null. The call counts as invalid, so that a model that only repeats it comes to an end. */
export function outgrownProblem(state: TaskState, tool: string): string | null {
  if (!STARTING_TOOLS.has(tool) || !isOutgrown(state)) return null;
  const why = state.runawaySubtask
    ? "A subtask of this task kept hitting limits"
    : "Limits refused subtasks of this task three times";
  return `${why}, so this task cannot start more subtasks: finish the work yourself, or call end_task.`;
}
