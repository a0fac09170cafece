/**
 * The Tasks extension of 2026-07-28: a tool answers with a task, which the client then reads, answers and cancels. This
 * file is the protocol only; `GivenTasks` says what the tasks are.
 */
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";

const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";
export const TASKS_CAPABILITY = { extensions: { [TASKS_EXTENSION]: {} } };

/** How often a client should look. Each look is a few reads of the database. */
const POLL_MS = 2_000;

export type TaskState =
  | { status: "working" | "cancelled" }
  | { status: "input_required"; inputRequests: InputRequests }
  /** A tool that has failed is completed with an error; `failed` is for errors of the protocol. */
  | { status: "completed"; result: CallToolResult }
  | { status: "failed"; error: { code: number; message: string } };

export interface McpTask {
  id: string;
  state: TaskState;
  /** One sentence for the client's person. */
  says: string;
  createdAt: string;
  changedAt: string;
}

/** The tasks of one caller. */
export interface GivenTasks {
  /** Resolves with null for a task that is unknown or of somebody else. */
  get(id: string, client: ClientCapabilities): Promise<McpTask | null>;
  /** Passes answers on. Keys that are not asked for are ignored, since somebody else may have answered. */
  update(task: McpTask, answers: Record<string, unknown>): Promise<void>;
  cancel(task: McpTask): Promise<void>;
}

type McpRequest = ServerContext["mcpReq"];

/** Returns what the client of this request can do; nothing for clients of versions before 2026. */
export function clientOf({ envelope }: Pick<McpRequest, "envelope">): ClientCapabilities {
  // The SDK has checked the envelope, but its type has no fields.
  const given = envelope as { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined;
  return given?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
}

export function takesTasks({ extensions }: ClientCapabilities): boolean {
  return extensions?.[TASKS_EXTENSION] !== undefined;
}

/** Throws the error of the protocol for a client that has not declared the extension. */
export function checkTakesTasks(client: ClientCapabilities): void {
  if (takesTasks(client)) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: TASKS_CAPABILITY });
}

/** What a tool returns that has started a task. The task's result stays out: the client reads it with `tasks/get`. */
export function createdTask(task: McpTask): CallToolResult {
  // The SDK passes it on, but has no type for it.
  return { resultType: "task", ...shownBasics(task) } as unknown as CallToolResult;
}

/** Answers `tasks/get`, `tasks/update` and `tasks/cancel`. `refusing` turns failures of the work into the protocol's errors. */
export function serveTasks(
  server: Server,
  tasks: GivenTasks,
  refusing: <Answer>(work: () => Promise<Answer>) => Promise<Answer> = (work) => work(),
): void {
  const found = async (id: string, mcpReq: McpRequest): Promise<McpTask> => {
    const client = clientOf(mcpReq);
    checkTakesTasks(client);
    const task = await tasks.get(id, client);
    if (!task) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no task ${id.slice(0, 100)}.`);
    return task;
  };
  server.setRequestHandler("tasks/get", { params: idOnly }, ({ taskId }, { mcpReq }) =>
    refusing(async () => shown(await found(taskId, mcpReq))),
  );
  server.setRequestHandler("tasks/update", { params: update }, ({ taskId, inputResponses }, { mcpReq }) =>
    refusing(async () => {
      // The SDK may have lifted the answers out of the parameters, as it does for other methods.
      await tasks.update(await found(taskId, mcpReq), mcpReq.inputResponses ?? inputResponses ?? {});
      return DONE;
    }),
  );
  server.setRequestHandler("tasks/cancel", { params: idOnly }, ({ taskId }, { mcpReq }) =>
    refusing(async () => {
      await tasks.cancel(await found(taskId, mcpReq));
      return DONE;
    }),
  );
}

const DONE = { resultType: "complete" };
const idOnly = z.looseObject({ taskId: z.string().min(1) });
const update = idOnly.extend({ inputResponses: z.record(z.string(), z.unknown()).optional() });

function shown(task: McpTask) {
  const { status: _, ...more } = task.state;
  // A result that is not said to be complete does not pass the schema of the protocol.
  const result = "result" in more ? { result: { ...DONE, ...more.result } } : {};
  return { ...DONE, ...shownBasics(task), ...more, ...result };
}

/** Tasks are kept as long as their trees, so they have no time to live. */
function shownBasics({ id, state, says, createdAt, changedAt }: McpTask) {
  return {
    taskId: id,
    status: state.status,
    ...(says !== "" && { statusMessage: says }),
    createdAt,
    lastUpdatedAt: changedAt,
    ttlMs: null,
    pollIntervalMs: POLL_MS,
  };
}
