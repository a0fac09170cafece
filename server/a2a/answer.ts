/**
 * The A2A endpoint `/a2a`: JSON-RPC of version 1.0, and of 0.3 for clients that do not name a version. The door has
 * checked host, origin, token and size; the application checks the permissions of the token.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { AgentCard, Extensions, formatSSEErrorEvent, formatSSEEvent, SSE_HEADERS } from "@a2a-js/sdk";
import { LEGACY_METHOD_GET_AUTHENTICATED_EXTENDED_CARD } from "@a2a-js/sdk/compat/v0_3";
import { LegacyJsonRpcTransportHandler } from "@a2a-js/sdk/compat/v0_3/server";
import { ContentTypeNotSupportedError } from "@a2a-js/sdk/errors";
import {
  type A2ARequestHandler,
  defaultServerCallContextBuilder,
  JsonRpcTransportHandler,
  type ServerCallContext,
  validateVersion,
} from "@a2a-js/sdk/server";
import { beyondBounds } from "@/lib/net/bounded-json";
import type { Caller } from "./caller";
import { type CardSources, cardsOf } from "./card";
import { a2aErrorOf, type Outcome } from "./errors";
import { createHandler } from "./handler";

const LEGACY = "0.3";
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
/** Proxies and clients end a stream that is silent for longer. */
const SILENCE_MS = 15_000;

type Answer = { jsonrpc: string; id: unknown; result?: unknown; error?: unknown };

export async function answerA2a(
  caller: Caller,
  sources: CardSources,
  { request, response, text }: { request: IncomingMessage; response: ServerResponse; text: string },
): Promise<void> {
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    return sendAnswer(response, 405, failure(null, INVALID_REQUEST, "Send requests with POST."));
  }
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== undefined && type !== "application/json" && type !== "application/a2a+json") {
    const error = new ContentTypeNotSupportedError("Send the request as application/json.");
    return sendAnswer(response, 200, { ...EMPTY, error: JsonRpcTransportHandler.mapToJSONRPCError(error) });
  }
  const body = parsed(text);
  if ("error" in body) return sendAnswer(response, 200, failure(null, body.code, body.error));
  const outcome: Outcome = { isForbidden: false };
  const context = contextOf(caller, request);
  const isLegacy = context.requestedVersion === LEGACY;
  const mapError = isLegacy
    ? LegacyJsonRpcTransportHandler.mapToLegacyJSONRPCError
    : JsonRpcTransportHandler.mapToJSONRPCError;
  const fail = (error: unknown): Answer => ({
    ...EMPTY,
    id: idOf(body.value),
    error: mapError(a2aErrorOf(error, outcome)),
  });
  try {
    const handler = createHandler(caller, cardsOf(sources), outcome);
    validateVersion(context.requestedVersion, await handler.getAgentCard(), "JSONRPC");
    const transport = isLegacy ? new LegacyJsonRpcTransportHandler(handler) : new JsonRpcTransportHandler(handler);
    const answer = await transport.handle(body.value, context);
    if (Symbol.asyncIterator in answer) return await sendStream(response, answer, { fail, outcome });
    sendAnswer(response, outcome.isForbidden ? 403 : 200, answer);
  } catch (error) {
    const answer = fail(error);
    sendAnswer(response, outcome.isForbidden ? 403 : 200, answer);
  }
}

/** Returns the card in the form of the version, as JSON. Old clients must name theirs, because everybody else does not. */
export async function cardFor(sources: CardSources, version: string | undefined): Promise<string> {
  const { open } = cardsOf(sources);
  if (version !== LEGACY) return JSON.stringify(AgentCard.toJSON(await open()));
  // The SDK translates a card only as the answer to this method.
  const cards = { getAgentCard: open, getAuthenticatedExtendedAgentCard: open } as Partial<A2ARequestHandler>;
  const asked = { ...EMPTY, method: LEGACY_METHOD_GET_AUTHENTICATED_EXTENDED_CARD };
  const context = defaultServerCallContextBuilder({ extensions: undefined, user: undefined, headers: {} });
  const answer = (await new LegacyJsonRpcTransportHandler(cards as A2ARequestHandler).handle(asked, context)) as Answer;
  return JSON.stringify(answer.result);
}

const EMPTY = { jsonrpc: "2.0", id: null } as const;

function failure(id: unknown, code: number, message: string): Answer {
  return { ...EMPTY, id, error: { code, message } };
}

function parsed(text: string): { value: Record<string, unknown> } | { code: number; error: string } {
  const fault = beyondBounds(text);
  if (fault !== null) return { code: PARSE_ERROR, error: `The body is refused: ${fault}.` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { code: PARSE_ERROR, error: "The body is not valid JSON." };
  }
  // The SDK would answer "invalid params", which JSON-RPC keeps for a request whose form is right.
  if (!isRequest(value)) return { code: INVALID_REQUEST, error: "Send one JSON-RPC 2.0 request in the body." };
  return { value };
}

function isRequest(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { jsonrpc, method, id = null } = value as Record<string, unknown>;
  const isId = id === null || typeof id === "string" || Number.isInteger(id);
  return jsonrpc === "2.0" && typeof method === "string" && method !== "" && isId;
}

function idOf({ id }: Record<string, unknown>): unknown {
  return typeof id === "string" || typeof id === "number" ? id : null;
}

function contextOf({ app }: Caller, { headers }: IncomingMessage): ServerCallContext {
  const headerOf = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return defaultServerCallContextBuilder({
    extensions: Extensions.parseServiceParameter(headerOf("a2a-extensions")),
    user: { isAuthenticated: true, userName: app.actor.id },
    // The token itself stays outside.
    headers: {},
    ...(headerOf("a2a-version") && { requestedVersion: headerOf("a2a-version") }),
  });
}

/** The first event is awaited before the headers, so that a refused request gets a plain answer. */
async function sendStream(
  response: ServerResponse,
  stream: AsyncGenerator<unknown, void>,
  { fail, outcome }: { fail(error: unknown): Answer; outcome: Outcome },
): Promise<void> {
  let first: IteratorResult<unknown, void>;
  try {
    first = await stream.next();
  } catch (error) {
    const answer = fail(error);
    return sendAnswer(response, outcome.isForbidden ? 403 : 200, answer);
  }
  response.writeHead(200, SSE_HEADERS);
  const heartbeat = setInterval(() => response.write(": still here\n\n"), SILENCE_MS);
  try {
    for (let event = first; !event.done; event = await stream.next())
      await write(response, formatSSEEvent(event.value));
  } catch (error) {
    response.write(formatSSEErrorEvent(fail(error)));
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

/** Resolves when the reader has room for more, so that a slow one does not fill the memory. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text) || response.destroyed) return;
  await new Promise<void>((resolve) => {
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}

function sendAnswer(response: ServerResponse, status: number, answer: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(answer));
}
