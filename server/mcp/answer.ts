/**
 * The MCP endpoint `/mcp`, as Streamable HTTP without sessions, for clients of 2026-07-28 and of the versions before it.
 * The caller has already checked host, origin, token and size; the application checks the permissions of the token.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { type CreateMcpServer, createMcpServer, type McpCaller } from "./server";
import { shapeAnswer } from "./shape-answer";

export async function answerMcp(
  given: Omit<McpCaller, "wantsOtherNames">,
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
  create: CreateMcpServer = createMcpServer,
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
  const caller = { ...given, wantsOtherNames: wantsOtherNames(request) };
  const { keepAliveMs, patienceMs } = caller.times;
  const handler = createMcpHandler(({ era }) => create(caller, outcome, era), {
    legacy: "stateless",
    responseMode: "sse",
    keepAliveMs,
  });
  response.once("close", () => void handler.close());
  const answer = async (asked: Request): Promise<Response> => {
    const given = await handler.fetch(asked, { parsedBody: body });
    const takesStreams = asked.headers.get("accept")?.includes("text/event-stream") ?? false;
    const statusOf = (status: number, code?: number) => {
      // A missing permission also gives 403, as on all endpoints, so that programs need not parse the body.
      if (outcome.isForbidden) return 403;
      // The SDK has begun its stream with 200 before it knows of this error, for which the protocol wants 400.
      return code === ProtocolErrorCode.MissingRequiredClientCapability ? 400 : status;
    };
    return shapeAnswer(given, { takesStreams: takesStreams || isListening(body), patienceMs, statusOf });
  };
  await toNodeHandler({ fetch: answer })(request, response, body);
}

/** `?names=claude` asks for the names that programs know from elsewhere. */
function wantsOtherNames({ url = "/" }: IncomingMessage): boolean {
  return new URLSearchParams(url.split("?", 2)[1]).get("names") === "claude";
}

/** A subscription has no end, so its answer cannot be a document. */
function isListening(body: unknown): boolean {
  return (body as { method?: unknown } | null)?.method === "subscriptions/listen";
}

function errorText(code: ProtocolErrorCode, message: string): string {
  return JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null });
}

function send(response: ServerResponse, status: number, text: string): void {
  if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/json");
  response.writeHead(status, { "cache-control": "no-store" }).end(text);
}
