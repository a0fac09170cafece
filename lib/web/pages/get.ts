/**
 * Follows redirects with one GET after the other, until another answer. Sends no cookies or referrer, and keeps no
 * connections.
 */
import http from "node:http";
import https from "node:https";
import { type CheckOptions, pinnedLookup } from "@/lib/net/check";
import { AddressError, type CheckedTarget, checkTarget } from "@/lib/net/guard";
import { deadline } from "@/lib/time/deadline";
import { readBody } from "./body";
import { WebError } from "./errors";

export interface GetOptions {
  guard: CheckOptions;
  signal: AbortSignal;
  /**
   * Whether a redirect from one host to another may be followed; its target is checked like the first URL in any case.
   */
  mayFollow(from: CheckedTarget, to: URL): boolean;
  /** Waits until a request to this host is allowed, or throws. */
  takeTurn(host: string): Promise<void>;
  timeouts: Timeouts;
  maxBytes: number;
}

export interface Timeouts {
  connectMs: number;
  headersMs: number;
  /** For the whole call, redirects included. */
  totalMs: number;
}

export interface Answer {
  url: URL;
  contentType: string | undefined;
  isStorable: boolean;
  body: Buffer;
  isCut: boolean;
}

const MAX_REDIRECTS = 5;
const HEADERS = {
  accept: "text/html,application/xhtml+xml,text/markdown,text/plain;q=0.9,application/json;q=0.9,*/*;q=0.5",
  "accept-encoding": "gzip, br, deflate",
  "user-agent": "Mozilla/5.0 (compatible; Banyan)",
};

/**
 * Returns the answer. Throws a `WebError` or `AddressError` with one sentence, or the reason of the caller's signal.
 */
export async function get(given: string, options: GetOptions): Promise<Answer> {
  const limit = deadline(options.signal, options.timeouts.totalMs);
  try {
    return await follow(given, { ...options, signal: limit.signal });
  } catch (error) {
    options.signal.throwIfAborted();
    if (limit.isLate()) {
      const seconds = options.timeouts.totalMs / 1000;
      throw new WebError(`The page was not complete within ${seconds} s; try again later, or use another source.`);
    }
    throw sentenceFor(error);
  } finally {
    limit.end();
  }
}

async function follow(given: string, options: GetOptions): Promise<Answer> {
  let next = given;
  let isStorable = true;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const target = await unlessAborted(checkTarget(next, options.guard), options.signal);
    await options.takeTurn(target.host);
    const response = await request(target, options);
    const location = redirectOf(response);
    isStorable = isStorable && isStorableAnswer(target, response);
    if (location === null) return await answerOf(response, target, isStorable, options);
    response.destroy();
    const to = URL.canParse(location, target.url.href) ? new URL(location, target.url.href) : null;
    if (!to) throw new WebError(`${target.host} redirects to an invalid URL; use another source.`);
    if (!options.mayFollow(target, to)) {
      const shown = JSON.stringify(to.href.slice(0, 500));
      throw new WebError(`The page redirects to another host; if you trust that address, fetch it: ${shown}.`, {
        quotesServer: true,
      });
    }
    next = to.href;
  }
  throw new WebError(`The page redirects more than ${MAX_REDIRECTS} times; use another source.`);
}

/** Stops waiting at an abort, because a resolver that hangs must not hold the call. Its later result is ignored. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(signal.reason);
    if (signal.aborted) cut();
    signal.addEventListener("abort", cut, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", cut));
  });
}

function request(target: CheckedTarget, options: GetOptions): Promise<http.IncomingMessage> {
  const { connectMs, headersMs } = options.timeouts;
  return new Promise((resolve, reject) => {
    const send = target.url.protocol === "https:" ? https.get : http.get;
    // A new agent, so that no connection is shared between requests. Certificates are verified, even if the process has
    // switched that off.
    const sent = send(target.url, {
      agent: false,
      rejectUnauthorized: true,
      headers: HEADERS,
      lookup: pinnedLookup(target.addresses),
      signal: options.signal,
    });
    const late = (what: string, ms: number) => () => {
      sent.destroy(new WebError(`${target.host} did not ${what} within ${ms / 1000} s; try again later.`));
    };
    let timer = setTimeout(late("accept a connection", connectMs), connectMs);
    sent.once("socket", (socket) => {
      const connected = target.url.protocol === "https:" ? "secureConnect" : "connect";
      socket.once(connected, () => {
        clearTimeout(timer);
        timer = setTimeout(late("answer", headersMs), headersMs);
      });
    });
    sent.once("response", (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

function redirectOf(response: http.IncomingMessage): string | null {
  const { statusCode = 0, headers } = response;
  return [301, 302, 303, 307, 308].includes(statusCode) ? (headers.location ?? null) : null;
}

/** A page of a private server is not cached for other trees, which may not be allowed to reach it. */
function isStorableAnswer(target: CheckedTarget, response: http.IncomingMessage): boolean {
  return !target.isPrivateHost && !/no-store|private/i.test(response.headers["cache-control"] ?? "");
}

async function answerOf(
  response: http.IncomingMessage,
  target: CheckedTarget,
  isStorable: boolean,
  options: GetOptions,
): Promise<Answer> {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    response.destroy();
    throw new WebError(statusSentence(target, statusCode, headers["retry-after"]));
  }
  const { bytes, isCut } = await readBody(response, headers["content-encoding"], options.maxBytes);
  return { url: target.url, contentType: headers["content-type"], isStorable, body: bytes, isCut };
}

function statusSentence({ host }: CheckedTarget, status: number, retryAfter: string | undefined): string {
  const words = http.STATUS_CODES[status];
  const answered = `${host} answered with status ${status}${words ? ` (${words})` : ""} instead of the page`;
  if (status === 401 || status === 403)
    return `${answered}: it requires a sign-in, or refuses programs; use another source.`;
  if (status === 404 || status === 410)
    return `${answered}: there is no page at this address; check the address, or search for the page.`;
  if (status === 429 || status >= 500) {
    const when = retryAfter && /^\d{1,6}$/.test(retryAfter) ? `in ${retryAfter} s` : "later";
    return `${answered}; try again ${when}.`;
  }
  return `${answered}; use another source.`;
}

function sentenceFor(error: unknown): Error {
  if (error instanceof WebError || error instanceof AddressError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code)) {
    return new WebError(`The server's certificate cannot be trusted (${code}); use another source.`);
  }
  if (code === "ECONNREFUSED")
    return new WebError("The server accepts no connections; check the URL, or try again later.");
  if (/^(Z_|ERR__|ERR_PADDING|ERR_BROTLI)/.test(code)) {
    return new WebError("The page's compression is corrupt, so it cannot be read; use another source.");
  }
  const why = code || (error instanceof Error ? error.message : String(error));
  return new WebError(`The connection broke before the page was complete (${why}); try again, or use another source.`);
}
