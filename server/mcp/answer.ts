/**
 * The MCP endpoint `/mcp`, as Streamable HTTP without sessions, for clients of 2026-07-28 and of the versions before it.
 * The caller has already checked host, origin, token and size; the application checks the permissions of the token.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
  type CallToolResult,
  createMcpHandler,
  isLegacyRequest,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { GuardedApplication } from "@/agents/guard/guard";
import { problemOfError } from "@/lib/http/problem";
import { MCP_TOOLS } from "./tools";

export async function answerMcp(
  app: GuardedApplication,
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
): Promise<void> {
  if (request.method !== "POST") {
    // GET would open a stream and DELETE would end a session; this endpoint has neither.
    response.setHeader("allow", "POST");
    return send(
      response,
      405,
      errorText(ProtocolErrorCode.InvalidRequest, "Send requests with POST. This server keeps no sessions."),
    );
  }
  if (body === undefined || Array.isArray(body))
    return send(response, 400, errorText(ProtocolErrorCode.InvalidRequest, "Send one JSON-RPC message in the body."));
  const outcome = { isForbidden: false };
  const handler = createMcpHandler(() => createMcpServer(app, outcome), { legacy: "reject" });
  const answer = async (asked: Request): Promise<Response> => {
    const isOlder = await isLegacyRequest(asked, body);
    const given = await (isOlder
      ? answerOlder(createMcpServer(app, outcome), asked, body)
      : handler.fetch(asked, { parsedBody: body }));
    // A missing permission also gives 403, as on all endpoints, so that programs need not parse the body.
    const status = outcome.isForbidden ? 403 : given.status;
    const headers = new Headers(given.headers);
    headers.set("cache-control", "no-store");
    return new Response(given.body, { status, headers });
  };
  try {
    await toNodeHandler({ fetch: answer })(request, response, body);
  } finally {
    await handler.close();
  }
}

/** Answers one request of a version before 2026, always with one JSON document. */
async function answerOlder(server: Server, request: Request, body: unknown): Promise<Response> {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  try {
    await server.connect(transport);
    const answer = await transport.handleRequest(request, { parsedBody: body });
    // Read before the server is closed, which ends what is still open.
    const text = await answer.text();
    return new Response(text === "" ? null : text, { status: answer.status, headers: answer.headers });
  } finally {
    await server.close();
  }
}

function createMcpServer(app: GuardedApplication, outcome: { isForbidden: boolean }): Server {
  const server = new Server({ name: "banyan", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/list", () => ({
    tools: MCP_TOOLS.filter((tool) => app.may(tool.calls)).map(({ name, description, input }) => ({
      name,
      description,
      inputSchema: z.toJSONSchema(input, { io: "input" }) as { type: "object" },
    })),
  }));
  server.setRequestHandler("tools/call", async ({ params }) => {
    try {
      return await callTool(app, params.name, params.arguments ?? {});
    } catch (error) {
      const known = problemOfError(error);
      outcome.isForbidden ||= known?.status === 403;
      if (known?.status === 403) throw new ProtocolError(ProtocolErrorCode.InvalidRequest, known.detail);
      if (known) return failed(known.detail);
      if (error instanceof ProtocolError) throw error;
      console.error("The MCP endpoint failed:", error);
      return failed("The server failed. Committed work is safe.");
    }
  });
  return server;
}

async function callTool(app: GuardedApplication, name: string, input: unknown): Promise<CallToolResult> {
  const tool = MCP_TOOLS.find((candidate) => candidate.name === name);
  if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${name.slice(0, 100)}.`);
  await app.check(tool.calls);
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) return failed(sentenceOf(parsed.error));
  const result = await tool.run(app, input);
  return { content: [{ type: "text", text: JSON.stringify(result, null, 2) }] };
}

function failed(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

function sentenceOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") return `The tool takes no argument "${issue.keys[0]}".`;
  return `The argument "${issue?.path.join(".")}" is not valid: ${issue?.message ?? "unknown form"}.`;
}

function errorText(code: ProtocolErrorCode, message: string): string {
  return JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null });
}

function send(response: ServerResponse, status: number, text: string): void {
  if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/json");
  response.writeHead(status, { "cache-control": "no-store" }).end(text);
}
