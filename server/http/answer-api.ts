/** The door to the HTTP API: the address, the `Idempotency-Key`, the headers and files, around the table of routes. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { createIdempotency } from "@/lib/http/idempotency";
import { problem } from "@/lib/http/problem";
import { sendJson, sendProblem } from "../answers/send";
import { answerTreeFiles, isOfTreeFiles } from "../downloads/tree-files";
import { type ApiAnswer, handleApi, hasRoute, headersOfStored, tellsSecret } from "./v1/handle";

/** `once` runs a request with an `Idempotency-Key` only once. */
export async function answerApi(
  app: GuardedApplication,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: unknown,
  once: ReturnType<typeof createIdempotency>,
): Promise<void> {
  const path = pathOf(url);
  if (path === null)
    return sendProblem(
      response,
      problem("invalid-request", "Invalid address: a % in it does not encode a UTF-8 character."),
    );
  if (isOfTreeFiles(path)) return answerTreeFiles(app, request, response, path, url.searchParams);
  const method = request.method ?? "GET";
  const query = url.searchParams;
  const headers = { "if-match": request.headers["if-match"] };
  const key = request.headers["idempotency-key"];
  // The answer to a wrong method names the right ones in a header, which is not stored with a key.
  if (method !== "POST" || key === undefined || !hasRoute({ method, path }))
    return send(response, await handleApi(app, { method, path, query, body, headers }));
  const keyed = { key: String(key), sender: app.actor.id, method, path: url.pathname + url.search, body };
  const answer = await once({ ...keyed, isSecret: tellsSecret(path) }, (id) =>
    handleApi(app, { method, path, query, body, headers, once: id }),
  );
  if (answer.isRepeated) response.setHeader("idempotent-replayed", "true");
  send(response, { ...answer, headers: headersOfStored({ method, path }, answer) });
}

/** Returns the decoded path below `/api/v1/`; null if it cannot be decoded. */
function pathOf(url: URL): string[] | null {
  try {
    return url.pathname
      .replace(/^\/api\/v1\/?/, "")
      .split("/")
      .filter(Boolean)
      .map(decodeURIComponent);
  } catch {
    return null;
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: ApiAnswer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status === 204) response.writeHead(204, { "cache-control": "no-store" }).end();
  else sendJson(response, status, body);
}
