/** The SDK's client with the Tasks extension, of which it knows only the messages. */
import { Client, type ClientCapabilities, type JSONRPCMessage, type Transport } from "@modelcontextprotocol/client";
import { expect, onTestFinished } from "vitest";
import { z } from "zod";
import { TASKS_CAPABILITY } from "@/server/mcp/tasks/protocol";

const task = z.looseObject({
  taskId: z.string(),
  status: z.enum(["working", "input_required", "completed", "failed", "cancelled"]),
  statusMessage: z.string().optional(),
  inputRequests: z.record(z.string(), z.unknown()).optional(),
  result: z
    .looseObject({ isError: z.boolean().optional(), structuredContent: z.record(z.string(), z.unknown()) })
    .optional(),
});

type ShownTask = z.infer<typeof task>;

export interface TasksClient {
  client: Client;
  /** Calls a tool. A task that it starts is returned. */
  start(name: string, args: object): Promise<ShownTask>;
  get(taskId: string): Promise<ShownTask>;
  /** Resolves when the task has this status. */
  until(taskId: string, status: ShownTask["status"]): Promise<ShownTask>;
  update(taskId: string, inputResponses: Record<string, unknown>): Promise<void>;
  cancel(taskId: string): Promise<void>;
}

export async function connectTasksClient(
  transport: Transport,
  capabilities: ClientCapabilities = { elicitation: {} },
): Promise<TasksClient> {
  const versionNegotiation = { mode: { pin: "2026-07-28" } };
  const declared = { ...capabilities, ...TASKS_CAPABILITY };
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation, capabilities: declared });
  await client.connect(withTasks(transport));
  onTestFinished(() => client.close());
  const ask = <Answer extends z.ZodType>(method: string, params: Record<string, unknown>, schema: Answer) =>
    client.request({ method, params }, schema);
  const get = (taskId: string) => ask("tasks/get", { taskId }, task);
  return {
    client,
    get,
    async start(name, args) {
      const { structuredContent } = await client.callTool({ name, arguments: { ...args } });
      return task.parse(structuredContent);
    },
    async until(taskId, status) {
      await expect.poll(async () => (await get(taskId)).status).toBe(status);
      return get(taskId);
    },
    async update(taskId, inputResponses) {
      await ask("tasks/update", { taskId, inputResponses }, z.looseObject({}));
    },
    async cancel(taskId) {
      await ask("tasks/cancel", { taskId }, z.looseObject({}));
    },
  };
}

/** The SDK's client refuses the result type of a task, so it gets the task as structured content. */
function withTasks(transport: Transport): Transport {
  return new Proxy(transport, {
    set: (target, key, value) =>
      Reflect.set(target, key, key === "onmessage" && value ? translating(value) : value, target),
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function translating(hear: NonNullable<Transport["onmessage"]>): Transport["onmessage"] {
  return (message, extra) => hear(translated(message), extra);
}

function translated<Message extends JSONRPCMessage>(message: Message): Message {
  if (!("result" in message) || message.result.resultType !== "task") return message;
  const { resultType: _, ...structuredContent } = message.result;
  return { ...message, result: { resultType: "complete", content: [], structuredContent } };
}
