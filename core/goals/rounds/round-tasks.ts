import { prefixIn } from "@/core/programs/conversation";
import type { TaskState } from "@/core/state";

/**
 * Returns the public ids of a goal's tasks, by the key of the call that started each. An attempt that begins anew has the
 * same keys, and those of the attempts before it are no rounds of it.
 */
export function tasksOfRounds({ subtasks, messages }: Pick<TaskState, "subtasks" | "messages">): Map<string, string> {
  const prefix = prefixIn(messages);
  if (prefix === null) return new Map();
  const own = [...subtasks.values()].filter(({ call }) => call.startsWith(`${prefix}-`));
  return new Map(own.map(({ call, task }) => [call.slice(prefix.length + 1), task]));
}
