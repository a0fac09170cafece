import type { TaskState } from "@/core/state";

/** Characters before the key in the id of a program's call, see `idOfCall`. */
const PREFIX_CHARS = 9;

/** Returns the public ids of a goal's tasks, by the key of the call that started each. */
export function tasksOfRounds({ subtasks }: Pick<TaskState, "subtasks">): Map<string, string> {
  return new Map([...subtasks.values()].map(({ call, task }) => [call.slice(PREFIX_CHARS), task]));
}
