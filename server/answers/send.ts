/** How the server sends its own answers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzip } from "node:zlib";
import { allowedWith, notAllowed } from "@/lib/http/methods";
import { type Problem, problem } from "@/lib/http/problem";

/** A smaller answer fits into a few packets as it is. */
const LARGE_ANSWER = 16_384;

/** How to get and send a token, for whoever has none. */
export const HOW_TO_ENTER =
  "Send the header Authorization: Bearer with a token of Banyan: create one with `npx banyan token create`, or on the page Settings, Tokens.";

/** Sends JSON, compressed when it is large: the rounds of a long goal are most of a megabyte. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  const headers = { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" };
  const text = JSON.stringify(body);
  const accepted = String(response.req.headers["accept-encoding"] ?? "");
  if (text.length < LARGE_ANSWER || !/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)) {
    response.writeHead(status, headers).end(text);
    return;
  }
  gzip(text, (error, packed) => {
    if (response.destroyed) return;
    if (error) response.writeHead(status, headers).end(text);
    else response.writeHead(status, { ...headers, "content-encoding": "gzip" }).end(packed);
  });
}

/** Sends plain text, never HTML, because it may quote text from outside. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(`${text}\n`);
}

export function sendProblem(response: ServerResponse, body: Problem): void {
  sendJson(response, body.status, body);
}

/** Sends the same body at every address, so that strangers do not learn which addresses exist. */
export function sendUnauthorized(response: ServerResponse, challenge = 'Bearer realm="Banyan"'): void {
  response.setHeader("www-authenticate", challenge);
  sendProblem(response, problem("unauthorized", `The request has no valid token. ${HOW_TO_ENTER}`));
}

/**
 * Returns whether the address declares the method of the request, or answers GET and got HEAD. Otherwise it sends what
 * the address allows.
 */
export function takesMethod(request: IncomingMessage, response: ServerResponse, declared: readonly string[]): boolean {
  const { method = "GET" } = request;
  if (declared.includes(method === "HEAD" ? "GET" : method)) return true;
  const allowed = allowedWith(declared);
  response.setHeader("allow", allowed.join(", "));
  if (method === "OPTIONS") response.writeHead(204, { "cache-control": "no-store" }).end();
  else sendProblem(response, problem("method-not-allowed", notAllowed(method, allowed)));
  return false;
}
