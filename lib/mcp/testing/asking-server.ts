/**
 * A real server whose tools ask during a call, in both generations and for both transports. Each tool answers with the
 * JSON of what it was answered.
 */
import { randomUUID } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { NodeStreamableHTTPServerTransport, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, Server, type ServerContext } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

export type Generation = "2025" | "2026";

const form = (message: string, properties: object = {}, required = Object.keys(properties)) => ({
  method: "elicitation/create",
  params: { mode: "form", message, requestedSchema: { type: "object", properties, required } },
});

/** What each tool asks. */
const ASKED: Record<string, Record<string, unknown>> = {
  delete_all: { sure: form("Delete all 12 files?\nThey cannot be restored.") },
  book: { seats: form("How many seats?", { seats: { type: "integer", minimum: 1, maximum: 4 } }) },
  choose: { size: form("Which size?", { size: { type: "string", enum: ["small", "large"] } }) },
  two: {
    one: form("The first?", { text: { type: "string" } }),
    other: form("The second?", { text: { type: "string" } }),
  },
  login: { login: form("Sign in.", { name: { type: "string" }, password: { type: "string" } }) },
  page: {
    page: {
      method: "elicitation/create",
      params: { mode: "url", message: "Open", url: "https://x.test/", elicitationId: "1" },
    },
  },
  broken: { broken: { method: "elicitation/create", params: { message: "No form" } } },
  hasty: { now: form("Now?") },
  look: { look: form("May it look?") },
  state: {},
};
/** Tools that ask without an end. */
const ENDLESS = { again: form("Once more?"), endless: form("And now?") };

const SCHEMA = { type: "object", properties: { text: { type: "string" } } } as const;

export interface AskingOptions {
  /** It also has a tool that only reads, and asks. */
  looks?: boolean;
}

function askingServer({ looks = false }: AskingOptions = {}): Server {
  const server = new Server({ name: "asking", version: "1" }, { capabilities: { tools: {} } });
  const names = [
    ...Object.keys(ASKED).filter((name) => name !== "look"),
    ...Object.keys(ENDLESS),
    "echo",
    "quit",
    "patient",
    "last",
  ];
  const look = { name: "look", description: "look", inputSchema: SCHEMA, annotations: { readOnlyHint: true } };
  server.setRequestHandler("tools/list", () => ({
    tools: [...names.map((name) => ({ name, description: name, inputSchema: SCHEMA })), ...(looks ? [look] : [])],
  }));
  server.setRequestHandler("tools/call", async ({ params: { name, arguments: args } }, ctx) => {
    if (name === "quit") process.exit(3);
    if (name === "echo") return text(args?.text ?? "");
    if (name === "last") return text(JSON.stringify(last));
    if (name === "patient") return text(await patiently(ctx));
    return ctx.mcpReq.envelope ? modern(name, ctx) : text(await older(name, ctx));
  });
  return server;
}

/** What the last request was answered, also after its call was cancelled. */
let last: unknown = null;

/** Servers of 2026 answer the call with their questions, and get it again with the answers. */
function modern(name: string, { mcpReq }: ServerContext) {
  const round = Number(mcpReq.requestState() ?? 0) + 1;
  const asking = (inputRequests?: object) =>
    ({ resultType: "input_required", ...(inputRequests && { inputRequests }), requestState: String(round) }) as never;
  if (name === "again") return asking({ again: ENDLESS.again });
  if (name === "endless") return asking({ [`key ${round}`]: ENDLESS.endless });
  if (name === "state") return round < 3 ? asking() : text(`round ${round}`);
  return round === 1 ? asking(ASKED[name]) : text(JSON.stringify(mcpReq.inputResponses));
}

/** Older servers send requests. */
async function older(name: string, { mcpReq }: ServerContext): Promise<string> {
  // Some servers wait only briefly.
  const how = name === "hasty" ? { timeout: 100 } : {};
  const ask = (request: unknown) =>
    mcpReq.send(request as never, z.unknown(), how).catch((error: Error) => ({ error: error.message }));
  const answers: Record<string, unknown> = {};
  for (const [key, request] of Object.entries(ASKED[name] ?? {})) answers[key] = last = await ask(request);
  for (let times = 1; name === "endless" && times <= 12; times += 1) answers[times] = await ask(ENDLESS.endless);
  return JSON.stringify(answers);
}

/** Withdraws its question when the call is cancelled, and reports that it began. */
async function patiently({ mcpReq }: ServerContext): Promise<string> {
  const progressToken = mcpReq._meta?.progressToken ?? 0;
  await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress: 1 } });
  await new Promise((resolve) => mcpReq.signal.addEventListener("abort", resolve));
  return "";
}

function text(value: unknown) {
  return { content: [{ type: "text" as const, text: String(value) }] };
}

/** Returns a handler of HTTP requests, and the function that ends its sessions. */
function askingOverHttp(generation: Generation, options: AskingOptions = {}) {
  if (generation === "2026") {
    const handler = createMcpHandler(() => askingServer(options), { legacy: "reject" });
    return { handle: toNodeHandler(handler), close: () => handler.close() };
  }
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const handle = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const id = String(request.headers["mcp-session-id"] ?? "");
    const known = sessions.get(id);
    if (known) return known.handleRequest(request, response);
    const opened: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => void sessions.set(session, opened),
    });
    await askingServer(options).connect(opened);
    await opened.handleRequest(request, response);
  };
  return {
    handle,
    close: async () => void (await Promise.all([...sessions.values()].map((session) => session.close()))),
  };
}

export interface AskingFixture {
  host: string;
  url: string;
  /** Ends it as a crash would. */
  kill(): void;
  stop(): Promise<void>;
}

export async function startAsking(generation: Generation, options: AskingOptions = {}): Promise<AskingFixture> {
  const { handle, close } = askingOverHttp(generation, options);
  const listener = http.createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const kill = () => {
    listener.close();
    listener.closeAllConnections();
  };
  return {
    host,
    url: `http://${host}/mcp`,
    kill,
    async stop() {
      await close();
      kill();
    },
  };
}

if (process.argv[2] === "stdio-2025") await askingServer().connect(new StdioServerTransport());
if (process.argv[2] === "stdio-2026") serveStdio(() => askingServer(), { legacy: "reject" });
