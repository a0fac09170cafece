/** A small server that speaks Ollama's protocol and answers from a script, in place of a language model. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** The name without its provider. People see it wherever a page names the model. */
const MODEL = "Scripted-demo";
/** As the setting BANYAN_MODEL names it. */
export const SCRIPTED_MODEL = `ollama/${MODEL}`;
const CONTEXT_TOKENS = 262_144;

export interface ScriptedRequest {
  agent: string;
  /** The first message: what the task should do. */
  prompt: string;
  /** The replies that the conversation has already. */
  replies: ScriptedExchange[];
}

/** An earlier reply, and what followed it. */
export interface ScriptedExchange {
  /** The names of the called tools. */
  tools: string[];
  /** The results of the calls, and the messages that came with them. */
  told: string[];
}

export interface ScriptedReply {
  text?: string;
  calls: { name: string; input: object }[];
  /** How long the model seems to think. */
  delayMs: number;
}

const Chat = z.object({
  messages: z.array(
    z.object({
      role: z.string(),
      content: z.string().default(""),
      tool_calls: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
    }),
  ),
  stream: z.boolean().default(true),
});

/** Starts the server at a free port of the loopback. */
export async function startScriptedModel(
  answer: (request: ScriptedRequest) => ScriptedReply,
): Promise<{ url: string; close(): Promise<void> }> {
  const closing = new AbortController();
  const server = createServer((request, response) => {
    handle(request, response, { answer, signal: closing.signal }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answering {
  answer: (request: ScriptedRequest) => ScriptedReply;
  signal: AbortSignal;
}

async function handle(request: IncomingMessage, response: ServerResponse, { answer, signal }: Answering) {
  const path = request.url?.split("?")[0];
  if (path === "/v1/models") return send(response, { data: [{ id: MODEL, type: "model" }] });
  if (path === "/api/show") {
    const facts = { "general.architecture": "demo", "demo.context_length": CONTEXT_TOKENS };
    return send(response, { capabilities: ["completion", "tools"], model_info: facts });
  }
  if (path !== "/api/chat") return response.writeHead(404).end();
  const chat = Chat.parse(JSON.parse(await bodyOf(request)));
  const reply = answer(readChat(chat.messages));
  await sleep(reply.delayMs, undefined, { signal });
  const { text = "", calls } = reply;
  const message = {
    role: "assistant",
    content: text,
    tool_calls: calls.map(({ name, input }, at) => ({ id: `call_${at}`, function: { name, arguments: input } })),
  };
  // No model reads or writes tokens, so none are counted.
  const done = { done: true, done_reason: "stop", prompt_eval_count: 0, eval_count: 0 };
  const line = (more: object) => ({ model: MODEL, created_at: new Date().toISOString(), ...more });
  if (!chat.stream) return send(response, line({ message, ...done }));
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.write(`${JSON.stringify(line({ message, done: false }))}\n`);
  response.end(`${JSON.stringify(line({ message: { role: "assistant", content: "" }, ...done }))}\n`);
}

function readChat(messages: z.output<typeof Chat>["messages"]): ScriptedRequest {
  const system = messages.find(({ role }) => role === "system")?.content ?? "";
  const first = messages.find(({ role }) => role === "user")?.content ?? "";
  const replies: ScriptedExchange[] = [];
  for (const { role, content, tool_calls: calls } of messages) {
    if (role === "assistant") replies.push({ tools: calls.map((each) => each.function.name), told: [] });
    else replies.at(-1)?.told.push(content);
  }
  return {
    agent: /^Agent: *(\S+)/m.exec(system)?.[1] ?? "",
    prompt: first.split("\n\nFrom Banyan, about this task:\n", 1)[0] ?? "",
    replies,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
