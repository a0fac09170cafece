/** What senders of requests are told apart by before anybody knows who they are: their host, and whose page they are. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { isIP } from "node:net";
import { problem } from "@/lib/http/problem";
import { sendProblem, sendText } from "./answers/send";

/** A person who reads it in a browser gets a sentence. */
export function refuseSender({ headers }: IncomingMessage, response: ServerResponse, refusal: string): void {
  if (headers.accept?.includes("text/html")) sendText(response, 403, refusal);
  else sendProblem(response, problem("forbidden", refusal));
}

/**
 * Returns the host that Next.js compares with the page's own before it runs an action. Proxies write this header twice, or
 * with a name of their own; `refusalOf` has compared the page with the host that the request names.
 */
export function hostOfPage({ origin, host }: IncomingHttpHeaders): string | undefined {
  return origin === undefined ? host : new URL(origin).host;
}

/**
 * Balancers ask a machine by its address, or without a host in HTTP/1.0. Neither can be a page that has bound its own name to
 * this machine: such a page sends its name.
 */
export function isHealthCheck({ url, method, headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  const name = host === undefined ? "" : (URL.parse(`http://${host}`)?.hostname ?? "");
  const isAddress = host === undefined || isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
  return /^\/health\/?$/.test(url ?? "") && /^(GET|HEAD)$/.test(method ?? "") && origin === undefined && isAddress;
}
