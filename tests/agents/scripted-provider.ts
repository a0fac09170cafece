/**
 * A local HTTP server that speaks Anthropic's Messages and OpenAI's chat completions protocol, streaming or not, and
 * answers from a script. It refuses what the real services refuse (a tool call without a result, a thinking block with
 * a wrong signature, an empty text), so the real services accept each conversation that it accepts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { answerModels, answerShow, type ListedModels } from "./services/models";
import type { Fault, ProviderScript, Reply, ScriptedRequest, StandInName } from "./services/script";
import { STAND_INS, standInAt } from "./services/table";
import type { ProtocolAnswer, ReadRequest } from "./services/wire";

export type { Fault, ProviderScript, Reply, ScriptedRequest, ScriptRule } from "./services/script";
export { agentScript, ruleScript } from "./services/script";

/** A request as it was received, and its outcome. */
export interface RecordedRequest extends ScriptedRequest {
  /** Resolves when the exchange is over: `answered`, or `closed` when the client went away or a fault cut it. */
  ended: Promise<"answered" | "closed">;
}

export interface ScriptedProvider {
  /** `http://127.0.0.1:<port>`: as ANTHROPIC_BASE_URL and OLLAMA_BASE_URL; OPENAI_BASE_URL takes it with `/v1`. */
  url: string;
  requests: RecordedRequest[];
  /** Messages of scripts that threw, and of requests that the real service would have refused. */
  refusals: string[];
  /** The number of answers under way. */
  open: () => number;
  close: () => Promise<void>;
}

export interface ScriptedProviderOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Called for every request before its reply is made. */
  onRequest?: (request: ScriptedRequest) => void;
  /** With false, `requests` stays empty: for runs of very many requests. Default true. */
  record?: boolean;
  /** Absent: there is no list of models. */
  models?: ListedModels;
}

/** Starts the server on 127.0.0.1. `script` is called once per request; what it throws is answered with status 400. */
export async function startScriptedProvider(
  script: ProviderScript,
  options: ScriptedProviderOptions = {},
): Promise<ScriptedProvider> {
  const service = new ScriptedEndpoint(script, options);
  const sockets = new Set<Socket>();
  let openCount = 0;
  const server = createServer((incoming, response) => {
    openCount += 1;
    response.once("close", () => {
      openCount -= 1;
    });
    service.handle(incoming, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port ?? 0, host: "127.0.0.1", backlog: 2048 }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: service.requests,
    refusals: service.refusals,
    open: () => openCount,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Turns a request's bytes into those of the answer, and keeps state between requests. */
class ScriptedEndpoint {
  readonly requests: RecordedRequest[] = [];
  readonly refusals: string[] = [];
  private readonly counts = new Map<string, number>();
  private serial = 0;

  constructor(
    private readonly script: ProviderScript,
    private readonly options: ScriptedProviderOptions,
  ) {}

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (answerModels(incoming, response, this.options.models)) return;
    if (answerShow(incoming, response)) return;
    const protocol = protocolOf(incoming);
    if (protocol === undefined) {
      send(response, 404, {}, { error: { message: `There is nothing at ${incoming.method} ${incoming.url}` } });
      return;
    }
    const ended = new Promise<"answered" | "closed">((resolve) => {
      response.once("close", () => resolve(response.writableFinished ? "answered" : "closed"));
    });
    const rawBody = await readBody(incoming);
    const body = parseObject(rawBody);
    if (body === undefined) return this.refuse(response, protocol, "The body is no JSON object.");
    const read = STAND_INS[protocol].read(body, incoming.url ?? "");
    const request = describe(protocol, read, body, rawBody, incoming, (key) => this.count(key));
    this.options.onRequest?.(request);
    if (this.options.record !== false) this.requests.push(Object.assign(request, { ended }));
    if (read.refusal !== undefined) return this.refuse(response, protocol, read.refusal);
    let reply: Reply;
    try {
      reply = await this.script(request);
    } catch (error) {
      return this.refuse(response, protocol, error instanceof Error ? error.message : String(error));
    }
    this.serial += 1;
    await answer(response, request, read.stream, reply, this.serial);
  }

  private refuse(response: ServerResponse, protocol: StandInName, message: string): void {
    this.refusals.push(message);
    send(response, 400, {}, refused(protocol, message));
  }

  /** How often the key was counted before. */
  private count(key: string): number {
    const before = this.counts.get(key) ?? 0;
    this.counts.set(key, before + 1);
    return before;
  }
}

function protocolOf(incoming: IncomingMessage): StandInName | undefined {
  if (incoming.method !== "POST") return undefined;
  const path = incoming.url?.split("?")[0];
  return path === undefined ? undefined : standInAt(path);
}

/** From the line `Task: <id>` of the first messages of the host; empty without one. */
function taskIn({ system, messages }: ReadRequest): string {
  const own = messages.slice(0, 2).map((message) => (message.role === "user" ? message.text : ""));
  return [...own, system].map((text) => /^Task: *(\S+)/m.exec(text)?.[1]).find(Boolean) ?? "";
}

function describe(
  protocol: StandInName,
  read: ReadRequest,
  body: Record<string, unknown>,
  rawBody: string,
  incoming: IncomingMessage,
  count: (key: string) => number,
): ScriptedRequest {
  const agent = /^Agent: *(\S+)/m.exec(read.system)?.[1] ?? "";
  const task = taskIn(read);
  const first = read.messages.find((message) => message.role === "user")?.text ?? "";
  // For chat completions, the same message holds the facts of the task.
  const instruction = first.split("\n\nFrom Banyan, about this task:\n", 1)[0] ?? "";
  const turn = read.messages.filter((message) => message.role === "assistant").length;
  const lastAssistant = read.messages.findLastIndex((message) => message.role === "assistant");
  const lastToolResults = read.messages
    .slice(lastAssistant + 1)
    .flatMap((message) => (message.role === "tool" ? [message] : []));
  // Without a task in the prompt, the agent and its instruction identify it.
  const key = task === "" ? `${agent}\n${instruction}` : task;
  return {
    provider: protocol,
    agent,
    task,
    instruction,
    system: read.system,
    model: read.model,
    messages: read.messages,
    tools: read.tools,
    body,
    rawBody,
    headers: incoming.headers,
    index: count(key),
    turn,
    attempt: count(`${turn}\n${key}`),
    lastToolResults,
  };
}

async function answer(
  response: ServerResponse,
  request: ScriptedRequest,
  stream: boolean,
  reply: Reply,
  serial: number,
): Promise<void> {
  if (reply.delayMs) await pause(reply.delayMs, response);
  if (response.destroyed) return;
  const { fault } = reply;
  const error = fault && STAND_INS[request.provider].error(fault, request.model, Date.now());
  if (error) return send(response, error.status, error.headers, error.body);
  if (fault?.type === "silent") return;
  if (fault?.type === "cut" && fault.afterBytes === undefined && fault.afterEvents === undefined) {
    response.socket?.destroy();
    return;
  }
  const whole = STAND_INS[request.provider].answer(reply, request, serial);
  if (!stream || reply.isWhole) return send(response, 200, {}, whole.body);
  const frames = reply.raw && { events: reply.raw.map((part) => rawFrame(request.provider, part)), closing: [] };
  await sendStream(response, { ...whole, ...frames }, reply);
}

/** Returns an event or a chunk as its protocol frames it; a text is a frame already. */
function rawFrame(protocol: StandInName, part: unknown): string {
  if (typeof part === "string") return part;
  const data = JSON.stringify(part);
  if (protocol === "ollama") return `${data}\n`;
  const type = (part as { type?: unknown } | null)?.type;
  return typeof type === "string" ? `event: ${type}\ndata: ${data}\n\n` : `data: ${data}\n\n`;
}

async function sendStream(
  response: ServerResponse,
  whole: ProtocolAnswer,
  { fault, headers, chunkDelayMs = 0, heartbeats = 0, beforeFrame }: Reply,
): Promise<void> {
  const { type, encoding } = whole.stream ?? { type: "text/event-stream; charset=utf-8", encoding: "utf8" };
  response.writeHead(200, { "content-type": type, "cache-control": "no-cache", ...headers });
  const frames = [...Array<string>(heartbeats).fill(whole.heartbeat), ...framesUnder(whole, fault)];
  if (chunkDelayMs === 0 && !beforeFrame) {
    const bytes = frames.join("");
    if (fault?.type === "cut" || fault?.type === "stall") await write(response, bytes, encoding);
    else response.end(bytes, encoding);
  } else {
    response.flushHeaders();
    for (const [at, frame] of frames.entries()) {
      if (at > 0 && chunkDelayMs > 0) await pause(chunkDelayMs, response);
      await beforeFrame?.(at);
      if (response.destroyed) return;
      await write(response, frame, encoding);
    }
    if (fault?.type !== "cut" && fault?.type !== "stall") response.end();
  }
  if (fault?.type === "cut") response.socket?.destroy();
}

/** Returns the frames that are really sent. */
function framesUnder(whole: ProtocolAnswer, fault: Fault | undefined): string[] {
  const all = [...whole.events, ...whole.closing];
  switch (fault?.type) {
    case "cut":
      return fault.afterEvents === undefined
        ? [cutText(all.join(""), fault.afterBytes, whole.stream?.encoding)]
        : all.slice(0, fault.afterEvents);
    case "stall":
      return all.slice(0, fault.afterEvents ?? 0);
    case "no_finish":
      return whole.events;
    case "error_event":
      return [...all.slice(0, fault.afterEvents ?? 3), whole.errorEvent];
    default:
      return all;
  }
}

function cutText(text: string, bytes: number | undefined, encoding: BufferEncoding = "utf8"): string {
  return Buffer.from(text, encoding).subarray(0, bytes).toString(encoding);
}

/** Resolves when the bytes have left for the kernel, so that a cut comes after them. */
function write(response: ServerResponse, bytes: string, encoding: BufferEncoding): Promise<void> {
  if (bytes === "") {
    response.flushHeaders();
    return Promise.resolve();
  }
  return new Promise((resolve) => response.write(bytes, encoding, () => resolve()));
}

/** Waits, but no longer than the client does. */
function pause(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.once("close", done);
  });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refused(protocol: StandInName, message: string): unknown {
  return STAND_INS[protocol].error({ type: "status", status: 400, message }, "", 0)?.body;
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
