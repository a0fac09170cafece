import http from "node:http";
import https from "node:https";
import type net from "node:net";
import { Readable, Transform } from "node:stream";
import type { FetchLike } from "@modelcontextprotocol/client";
import { pinnedLookup } from "@/lib/net/check";
import { traceHeaders } from "@/lib/traces/outgoing";
import type { AddressGuard } from "./address-guard";

const CONNECT_MS = 15_000;
/** The most that Node reads from a socket in one chunk, which may contain several events. */
const CHUNK_BYTES = 65_536;
const NO_BODY = [204, 205, 304];

export interface GuardedFetchOptions {
  guard: AddressGuard;
  /** The size of a whole JSON body, and of each event of a stream. */
  frameBytes: number;
  /** Counts the bytes of all answers; true when there are too many. */
  isFlood?(bytes: number): boolean;
  /** Called when a body or an event exceeds `frameBytes`; its stream fails as well. */
  onHuge?(sentence: string): void;
  /**
   * Called when the body of an accepted answer to `init` has ended, whole or not. `isResumable`: its events had ids, so
   * another request may continue it.
   */
  onEnd?(init: RequestInit | undefined, isResumable: boolean): void;
}

/**
 * Returns a `fetch` that asks the guard before each request and connects to exactly the address that the guard checked.
 * It follows no redirect: the caller follows it with a new request. Bodies are limited in size.
 */
export function createGuardedFetch(options: GuardedFetchOptions): FetchLike {
  return async (input, init) => {
    const url = new URL(input);
    const pinned = await options.guard(url);
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const body = await bodyOf(init);
    const response = await send(
      url,
      {
        method: init?.method ?? "GET",
        // No compression, so that a small body cannot unpack to a huge one.
        headers: {
          ...headers,
          ...traceHeaders(),
          "accept-encoding": "identity",
          ...(body && { "content-length": String(body.length) }),
        },
        lookup: pinnedLookup([pinned]),
        ...(init?.signal && { signal: init.signal }),
      },
      body,
    );
    return toResponse(response, init, options);
  };
}

async function bodyOf(init: RequestInit | undefined): Promise<Buffer | undefined> {
  if (init?.body === undefined || init.body === null) return undefined;
  return Buffer.from(await new Response(init.body).arrayBuffer());
}

function send(url: URL, options: https.RequestOptions, body: Buffer | undefined): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === "https:";
    const request = (secure ? https : http).request(
      url,
      { ...options, agent: secure ? secureAgent : plainAgent },
      resolve,
    );
    request.once("error", reject);
    request.once("socket", (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(() => request.destroy(new Error(`${url.host} does not take connections`)), CONNECT_MS);
      socket.once(secure ? "secureConnect" : "connect", () => clearTimeout(timer));
      request.once("close", () => clearTimeout(timer));
    });
    request.end(body);
  });
}

/** Separates kept-alive sockets by address, because a host could otherwise change its address under a kept socket. */
class PinnedHttpAgent extends http.Agent {
  override getName(options?: Parameters<http.Agent["getName"]>[0]): string {
    return `${super.getName(options)}:${addressIn(options)}`;
  }
}
class PinnedHttpsAgent extends https.Agent {
  override getName(options?: https.RequestOptions): string {
    return `${super.getName(options)}:${addressIn(options)}`;
  }
}
/**
 * Free sockets are closed before most servers would close them, so that no request uses a socket that has just ended.
 */
const KEPT = { keepAlive: true, maxFreeSockets: 8, timeout: 4_000 };
const plainAgent = new PinnedHttpAgent(KEPT);
const secureAgent = new PinnedHttpsAgent(KEPT);

function addressIn(options: object | undefined): string {
  const { lookup } = (options ?? {}) as { lookup?: net.LookupFunction };
  let seen = "";
  // Our own `lookup` calls back synchronously.
  lookup?.("", { all: false }, (_error, address) => {
    seen = String(address);
  });
  return seen;
}

function toResponse(
  message: http.IncomingMessage,
  init: RequestInit | undefined,
  options: GuardedFetchOptions,
): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers))
    for (const item of [value ?? []].flat()) headers.append(name, item);
  const status = message.statusCode ?? 502;
  // No `Response` has such a status. Its body is not read, because it may never end.
  if (status < 200 || status > 599) {
    message.destroy();
    return new Response(null, { status: 502, headers });
  }
  if (NO_BODY.includes(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const isStream = /^text\/event-stream\b/i.test(headers.get("content-type") ?? "");
  let isResumable = false;
  if (isStream)
    message.on("data", (chunk: Buffer) => {
      isResumable ||= /(^|\n)id:/.test(chunk.toString("latin1"));
    });
  const capped = message.pipe(cap(options, isStream));
  message.on("error", (error) => capped.destroy(error));
  message.once("aborted", () => capped.destroy(new Error("the connection was cut")));
  capped.once("close", () => {
    message.destroy();
    // A refused request may be repeated after a sign-in, so it has not ended.
    if (status < 400) options.onEnd?.(init, isResumable);
  });
  // The reader gets the error from the stream; without a reader it is ignored.
  capped.on("error", () => undefined);
  return new Response(Readable.toWeb(capped) as ReadableStream<Uint8Array>, { status, headers });
}

function cap({ frameBytes, isFlood, onHuge }: GuardedFetchOptions, isStream: boolean): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const end = isStream ? lastEventEnd(chunk) : -1;
      if (end >= 0) bytes = chunk.length - end;
      else bytes += chunk.length;
      const isHuge = bytes > frameBytes || chunk.length > frameBytes + CHUNK_BYTES;
      if (!isHuge && !isFlood?.(chunk.length)) return done(null, chunk);
      const sentence = isHuge
        ? `it sent a message of more than ${frameBytes} bytes`
        : "it sent too many bytes in a second";
      onHuge?.(sentence);
      done(new Error(sentence));
    },
  });
}

/**
 * Returns where the last empty line of a chunk ends, which ends an event; -1 without one. An empty line split over two
 * chunks is missed, which only counts more bytes.
 */
function lastEventEnd(chunk: Buffer): number {
  const plain = chunk.lastIndexOf("\n\n");
  const windows = chunk.lastIndexOf("\r\n\r\n");
  return Math.max(plain < 0 ? -1 : plain + 2, windows < 0 ? -1 : windows + 4);
}
