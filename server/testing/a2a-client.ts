/** The SDK's client with a token, and messages for it. */
import { randomUUID } from "node:crypto";
import { type Message, Role, type StreamResponse, type Task } from "@a2a-js/sdk";
import { type Client, ClientFactory, ClientFactoryOptions, JsonRpcTransportFactory } from "@a2a-js/sdk/client";

export async function a2aClient(url: string, headers: Record<string, string>): Promise<Client> {
  const withToken: typeof fetch = (target, init) => {
    const all = new Headers(init?.headers);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return fetch(target, { ...init, headers: all });
  };
  const transports = [new JsonRpcTransportFactory({ fetchImpl: withToken })];
  const factory = new ClientFactory(ClientFactoryOptions.createFrom(ClientFactoryOptions.default, { transports }));
  return factory.createFromUrl(url);
}

export function said(text: string, more: Partial<Message> = {}): Message {
  const part = { content: { $case: "text" as const, value: text }, metadata: undefined, filename: "", mediaType: "" };
  return {
    messageId: randomUUID(),
    contextId: "",
    taskId: "",
    role: Role.ROLE_USER,
    parts: [part],
    metadata: { banyan: { agent: "worker" } },
    extensions: [],
    referenceTaskIds: [],
    ...more,
  };
}

interface SendOptions {
  /** Whether to return before the task is over. */
  isFast?: boolean;
  /** The media types that the agent reads. */
  accepts?: string[];
  push?: { url: string; token?: string };
}

export function sendParams(message: Message, { isFast = false, accepts = [], push }: SendOptions = {}) {
  const address = { tenant: "", id: "", taskId: "", token: "", authentication: undefined };
  return {
    tenant: "",
    message,
    metadata: undefined,
    configuration: {
      acceptedOutputModes: accepts,
      taskPushNotificationConfig: push && { ...address, ...push },
      returnImmediately: isFast,
    },
  };
}

export async function sendTo(client: Client, message: Message, options: SendOptions = {}): Promise<Task> {
  return (await client.sendMessage(sendParams(message, options))) as Task;
}

/** Returns the kind of the event, and the state that it tells. */
export function told({ payload }: StreamResponse): unknown[] {
  return payload?.$case === "statusUpdate" || payload?.$case === "task"
    ? [payload.$case, payload.value.status?.state]
    : [payload?.$case];
}
