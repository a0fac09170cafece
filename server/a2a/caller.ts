import { RequestMalformedError, TaskNotFoundError } from "@a2a-js/sdk/errors";
import type { GuardedApplication } from "@/agents/guard/guard";
import { type ShownArtifact, type ShownTask, shownTask } from "@/core/a2a/a2a-task";
import type { A2aRecords, A2aTask } from "@/core/a2a/records";

/** The other agent behind a request, with the rights of its token. */
export interface Caller {
  app: GuardedApplication;
  records: A2aRecords;
  /** The address of the server as the caller sees it, without a trailing slash. */
  base: string;
  /** Aborts when the other agent has gone, or lost its access. */
  signal: AbortSignal;
}

/** Returns the caller's task. An unknown task and one of somebody else get the same answer, to reveal nothing. */
export async function taskOf({ app, records }: Caller, id: string): Promise<A2aTask> {
  await app.check("getTask");
  if (id.trim() === "") throw new RequestMalformedError("The id of the task is missing.");
  const task = records.task(app.actor.id, id);
  if (!task) throw new TaskNotFoundError(`There is no task ${id.slice(0, 100)}.`);
  return task;
}

/** `files`: the artifacts of its files, when the caller wants artifacts. */
export async function shownOf(
  caller: Caller,
  task: A2aTask,
  { historyLength, files = [] }: { historyLength?: number | undefined; files?: readonly ShownArtifact[] } = {},
): Promise<ShownTask> {
  const { records } = caller;
  const result = await resultOf(caller, task);
  const [messages, questions] = [records.messages(task.id), records.questions(task.id)];
  const shown = shownTask(task, { result, files, messages, questions });
  if (historyLength === undefined) return shown;
  const { history = [], ...rest } = shown;
  return historyLength === 0 ? rest : { ...rest, history: history.slice(-historyLength) };
}

/** Returns the text of the task's result, or null. */
export async function resultOf({ app }: Caller, { ended, tree }: A2aTask): Promise<string | null> {
  if (ended) return ended.result;
  if (!tree || tree.endedAtMs === null) return null;
  return (await app.queries.getTask(tree.rootTask)).result;
}

export function checkHistoryLength(length: number | undefined): void {
  if (length !== undefined && length < 0) throw new RequestMalformedError("historyLength must be 0 or more.");
}
