/** An editor that starts `banyan acp` and speaks to it with the protocol's own client, for tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import {
  type ClientContext,
  type CreateElicitationResponse,
  client,
  ndJsonStream,
  type RequestPermissionRequest,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import { expect, onTestFinished } from "vitest";
import { commandOf } from "./command-line";

export interface EditorOptions {
  args?: string[];
  /** The kind of option that the person chooses; null closes the request. */
  onPermission?(asked: RequestPermissionRequest): Promise<string | null> | string | null;
  /** Set for an editor with forms. */
  onForm?(message: string): CreateElicitationResponse;
}

export interface Editor {
  agent: ClientContext;
  process: ChildProcess;
  updates: SessionUpdate[];
  /** All text of one kind so far. */
  text(kind: "agent_message_chunk" | "agent_thought_chunk" | "user_message_chunk"): string;
  /** What it wrote to standard error. */
  stderr(): string;
  open(cwd: string): Promise<string>;
  prompt(sessionId: string, text: string): Promise<string>;
}

export async function startEditor(data: string, options: EditorOptions = {}): Promise<Editor> {
  const { file, args, env } = commandOf(["acp", "--data", data, ...(options.args ?? [])]);
  const child = spawn(file, args, { env: env as unknown as NodeJS.ProcessEnv, stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  // In every test, standard output has only the protocol.
  onTestFinished(() => {
    for (const line of stdout.split("\n").slice(0, -1)) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
  });
  const updates: SessionUpdate[] = [];
  const input = Readable.toWeb(child.stdout) as unknown as ReadableStream<Uint8Array>;
  const connection = client({ name: "editor" })
    .onNotification("session/update", ({ params }) => void updates.push(params.update))
    .onRequest("session/request_permission", async ({ params }) => {
      const kind = (await options.onPermission?.(params)) ?? null;
      const option = params.options.find((option) => option.kind === kind || option.name === kind);
      return { outcome: option ? { outcome: "selected", optionId: option.optionId } : { outcome: "cancelled" } };
    })
    .onRequest("elicitation/create", ({ params }) => options.onForm?.(params.message) ?? { action: "cancel" })
    .connect(ndJsonStream(Writable.toWeb(child.stdin) as WritableStream<Uint8Array>, input));
  const { agent } = connection;
  onTestFinished(() => connection.close());
  await agent.request("initialize", {
    protocolVersion: 1,
    clientCapabilities: { ...(options.onForm && { elicitation: { form: {} } }) },
  });
  return {
    agent,
    process: child,
    updates,
    stderr: () => stderr,
    text: (kind) =>
      updates
        .flatMap((update) =>
          update.sessionUpdate === kind && update.content.type === "text" ? [update.content.text] : [],
        )
        .join("\n"),
    open: async (cwd) => (await agent.request("session/new", { cwd, mcpServers: [] })).sessionId,
    prompt: async (sessionId, text) =>
      (await agent.request("session/prompt", { sessionId, prompt: [{ type: "text", text }] })).stopReason,
  };
}

/** Ends `banyan acp` as a crash does. */
export async function crash({ process: child }: Editor): Promise<void> {
  const dead = once(child, "close");
  child.kill("SIGKILL");
  await dead;
}
