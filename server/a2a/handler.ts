/** The protocol's methods over trees, for one request. Tasks live in the database only, so every process answers the same. */
import {
  type AgentCard,
  type ListTasksRequest,
  type ListTasksResponse,
  Message,
  type SendMessageRequest,
  StreamResponse,
  Task,
  TaskState,
  taskStateToJSON,
} from "@a2a-js/sdk";
import { RequestMalformedError, TaskNotCancelableError, UnsupportedOperationError } from "@a2a-js/sdk/errors";
import type { A2ARequestHandler } from "@a2a-js/sdk/server";
import { answerOf, artifactsOf, changedAtMs, isSettled, isTerminal, stateOf, statusOf } from "@/core/a2a/a2a-task";
import type { A2aTask } from "@/core/a2a/records";
import { deadline } from "@/lib/time/deadline";
import { type Caller, checkHistoryLength, resultOf, shownOf, taskOf } from "./caller";
import { a2aErrorOf, type Outcome } from "./errors";
import { filesOf } from "./files";
import { follow } from "./follow";
import { createPush, deletePush, getPush, listPushes } from "./pushes";
import { send } from "./send";

/** A longer wait would end as a timeout of the client. The task continues, and its id is in the answer. */
const MOST_WAIT_MS = 240_000;
const CANCEL_WAIT_MS = 20_000;
const MOST_PER_PAGE = 100;
const PER_PAGE = 50;

export interface Cards {
  /** The card without a signature, for the SDK's own checks. */
  plain(): AgentCard;
  /** The card that everybody sees. */
  open(): Promise<AgentCard>;
  /** The card with the agents, for callers with a token. */
  extended(caller: Caller): Promise<AgentCard>;
}

export function createHandler(caller: Caller, cards: Cards, outcome: Outcome): A2ARequestHandler {
  const or = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw a2aErrorOf(error, outcome);
    }
  };
  return {
    getAgentCard: async () => cards.plain(),
    getAuthenticatedExtendedAgentCard: () => or(() => cards.extended(caller)),
    sendMessage: (params) => or(() => sendAndWait(caller, params)),
    sendMessageStream: (params) => streamed(() => sendAndFollow(caller, params), outcome),
    getTask: ({ id, historyLength }) =>
      or(async () => {
        checkHistoryLength(historyLength);
        return wholeOf(caller, await taskOf(caller, id), historyLength);
      }),
    listTasks: (params) => or(() => listTasks(caller, params)),
    cancelTask: ({ id }) => or(() => cancelTask(caller, id)),
    resubscribe: ({ id }) => streamed(() => resubscribe(caller, id), outcome),
    createTaskPushNotificationConfig: (config) => or(() => createPush(caller, config)),
    getTaskPushNotificationConfig: ({ taskId, id }) => or(() => getPush(caller, taskId, id)),
    listTaskPushNotificationConfigs: ({ taskId }) =>
      or(async () => ({ configs: await listPushes(caller, taskId), nextPageToken: "" })),
    deleteTaskPushNotificationConfig: ({ taskId, id }) => or(() => deletePush(caller, taskId, id)),
  };
}

async function* streamed(
  open: () => AsyncGenerator<StreamResponse, void>,
  outcome: Outcome,
): AsyncGenerator<StreamResponse, void, undefined> {
  try {
    yield* open();
  } catch (error) {
    throw a2aErrorOf(error, outcome);
  }
}

async function sendAndWait(caller: Caller, params: SendMessageRequest): Promise<Task | Message> {
  const { historyLength, returnImmediately = false } = params.configuration ?? {};
  checkHistoryLength(historyLength);
  let task = await send(caller, params);
  if (!returnImmediately) task = await waitFor(caller, task, (now) => isSettled(stateOf(now)), MOST_WAIT_MS);
  const shown = await shownOf(caller, task, { historyLength, files: await filesOf(caller, task) });
  const isBare = !knowsTask(params) && caller.records.answersWithMessage(task.id);
  const answer = isBare ? answerOf(task, shown.artifacts ?? []) : null;
  return answer ? Message.fromJSON(answer) : Task.fromJSON(shown);
}

/** Whether the sender follows the task, or asked to: then a bare message would tell less than it expects. */
function knowsTask({ message, configuration }: SendMessageRequest): boolean {
  const { returnImmediately, taskPushNotificationConfig } = configuration ?? {};
  return message?.taskId !== "" || returnImmediately === true || taskPushNotificationConfig !== undefined;
}

/** Returns the task with its files. */
async function wholeOf(caller: Caller, task: A2aTask, historyLength?: number): Promise<Task> {
  return Task.fromJSON(await shownOf(caller, task, { historyLength, files: await filesOf(caller, task) }));
}

async function waitFor(
  caller: Caller,
  task: A2aTask,
  isEnough: (task: A2aTask) => boolean,
  mostMs: number,
): Promise<A2aTask> {
  const limit = deadline(caller.signal, mostMs);
  let last = task;
  try {
    for await (const now of follow({ ...caller, signal: limit.signal }, task.id)) {
      last = now;
      if (isEnough(now)) break;
    }
  } finally {
    limit.end();
  }
  return last;
}

/** Ends when the task is over, or needs an answer. */
async function* sendAndFollow(caller: Caller, params: SendMessageRequest): AsyncGenerator<StreamResponse, void> {
  const { historyLength } = params.configuration ?? {};
  checkHistoryLength(historyLength);
  yield* events(caller, await send(caller, params), (now) => isSettled(stateOf(now)), historyLength);
}

async function* resubscribe(caller: Caller, id: string): AsyncGenerator<StreamResponse, void> {
  const task = await taskOf(caller, id);
  if (isTerminal(stateOf(task)))
    throw new UnsupportedOperationError(`The task has ended (${stateOf(task)}): read it instead.`);
  yield* events(caller, task, () => false);
}

/** The first event is the task; each change of its status follows, the result before the status that ends it. */
async function* events(
  caller: Caller,
  { id }: A2aTask,
  isLast: (task: A2aTask) => boolean,
  historyLength?: number,
): AsyncGenerator<StreamResponse, void> {
  let isFirst = true;
  for await (const task of follow(caller, id)) {
    const ids = { taskId: id, contextId: task.context };
    if (isFirst) {
      const files = await filesOf(caller, task);
      yield StreamResponse.fromJSON({ task: await shownOf(caller, task, { historyLength, files }) });
    } else {
      for (const artifact of artifactsOf(task, await resultOf(caller, task), await filesOf(caller, task)))
        yield StreamResponse.fromJSON({ artifactUpdate: { ...ids, artifact, append: false, lastChunk: true } });
      yield StreamResponse.fromJSON({ statusUpdate: { ...ids, status: statusOf(task) } });
    }
    isFirst = false;
    if (isLast(task)) return;
  }
}

async function cancelTask(caller: Caller, id: string): Promise<Task> {
  const { app } = caller;
  const task = await taskOf(caller, id);
  const state = stateOf(task);
  if (isTerminal(state) && state !== "TASK_STATE_CANCELED")
    throw new TaskNotCancelableError(`The task has ended (${state}), so it cannot be canceled.`);
  if (state === "TASK_STATE_CANCELED") return Task.fromJSON(await shownOf(caller, task));
  await app.commands.stop({ id, reason: "canceled by the agent that gave the task" });
  const now = await waitFor(caller, task, (task) => isTerminal(stateOf(task)), CANCEL_WAIT_MS);
  const after = stateOf(now);
  if (isTerminal(after) && after !== "TASK_STATE_CANCELED")
    throw new TaskNotCancelableError(`The task ended (${after}) before it could be canceled.`);
  return Task.fromJSON(await shownOf(caller, now));
}

async function listTasks(caller: Caller, params: ListTasksRequest): Promise<ListTasksResponse> {
  const { app, records } = caller;
  const {
    contextId,
    status,
    pageSize = PER_PAGE,
    pageToken,
    historyLength,
    statusTimestampAfter,
    includeArtifacts,
  } = params;
  await app.check("getTask");
  checkHistoryLength(historyLength);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MOST_PER_PAGE)
    throw new RequestMalformedError(`pageSize must be a whole number from 1 to ${MOST_PER_PAGE}.`);
  if (status === TaskState.UNRECOGNIZED) throw new RequestMalformedError("The status is not known.");
  const sinceMs = statusTimestampAfter ? Date.parse(statusTimestampAfter) : null;
  if (Number.isNaN(sinceMs)) throw new RequestMalformedError("statusTimestampAfter must be an ISO 8601 time.");
  const wanted = status ? taskStateToJSON(status) : null;
  const found = records
    .list(app.actor.id, contextId || null)
    .map((task) => ({ task, atMs: changedAtMs(task, stateOf(task)) }))
    .filter(({ task, atMs }) => (!wanted || stateOf(task) === wanted) && (sinceMs === null || atMs >= sinceMs))
    .sort((a, b) => b.atMs - a.atMs || (a.task.id < b.task.id ? 1 : -1));
  const start = pageToken ? found.findIndex(({ task }) => task.id === tokenOf(pageToken)) + 1 : 0;
  if (pageToken && start === 0)
    throw new RequestMalformedError("The pageToken is not known: begin with the first page.");
  const page = found.slice(start, start + pageSize);
  const tasks = await Promise.all(
    page.map(async ({ task }) => {
      const files = includeArtifacts ? await filesOf(caller, task, { isBrief: true }) : [];
      return shownOf(caller, task, { historyLength, files });
    }),
  );
  return {
    tasks: tasks.map(({ artifacts = [], ...task }) =>
      Task.fromJSON({ ...task, ...(includeArtifacts && { artifacts }) }),
    ),
    nextPageToken: start + pageSize < found.length ? encodeToken(page.at(-1)?.task.id ?? "") : "",
    pageSize,
    totalSize: found.length,
  };
}

function encodeToken(id: string): string {
  return Buffer.from(id).toString("base64url");
}

function tokenOf(pageToken: string): string {
  return Buffer.from(pageToken, "base64url").toString();
}
