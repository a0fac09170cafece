/**
 * The network access of a sandbox: an HTTP proxy on a unix socket, the only thing that the sandbox's empty network
 * reaches. It resolves names itself, connects to exactly the address that it checked, and listens on no port of the
 * host.
 */
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import { checkHost, type HostAddress, type LookUp } from "../net/check";
import { type HostAndPort, isListed, parseHostAndPort } from "../net/host-list";
import { whyNotReached } from "../net/host-problem";
import { openNameGate } from "./name-gate";
import type { NetworkAccess, NetworkUse, NotReached } from "./port";

export interface ProxyOptions {
  lookUp?: LookUp;
  maxConnections?: number;
  /** Limit for both directions together; above it every connection is cut. */
  maxBytes?: number;
}

export interface NetworkProxy {
  use: NetworkUse;
  close(): Promise<void>;
}

/** A refusal with the message for the program inside. */
class Refusal extends Error {
  constructor(
    readonly status: 400 | 403 | 502,
    message: string,
    readonly why: NotReached,
  ) {
    super(message);
  }
}

const MAX_CONNECTIONS = 64;
const MAX_BYTES = 4 * 1024 ** 3;
const CONNECT_TIMEOUT_MS = 15_000;
const IDLE_TIMEOUT_MS = 10 * 60_000;
const HEADERS_TIMEOUT_MS = 30_000;
const MAX_REFUSED_SHOWN = 20;
/** Headers for the next hop only. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "host",
]);

interface ProxyContext {
  access: NetworkAccess;
  lookUp: LookUp | undefined;
  maxBytes: number;
  use: NetworkUse;
  /** Both ends of all connections. */
  open: Set<Duplex>;
}

/** Opens a proxy at `socketPath` for everyone who can reach the socket. Rejects when it cannot listen. */
export async function openProxy(
  access: NetworkAccess,
  socketPath: string,
  options: ProxyOptions = {},
): Promise<NetworkProxy> {
  const { lookUp, maxConnections = MAX_CONNECTIONS, maxBytes = MAX_BYTES } = options;
  const use: NetworkUse = { connections: 0, refused: [], sentBytes: 0, receivedBytes: 0, unreached: [] };
  const context: ProxyContext = { access, lookUp, maxBytes, use, open: new Set() };
  const server = http.createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 });
  server.maxConnections = maxConnections;
  server.on("connection", (socket) => keep(context, socket));
  server.on("connect", (request, client, head) => tunnel(context, request.url ?? "", client, head));
  server.on("request", (request, response) => {
    forward(context, request, response).catch((error) => refuse(response, error));
  });
  server.on("clientError", (_, socket) => void socket.destroy());

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  // The socket is in a folder that only the server can enter, and is mounted into the sandbox.
  fs.chmodSync(socketPath, 0o666);
  return {
    use,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of context.open) socket.destroy();
      }),
  };
}

function keep({ open }: ProxyContext, socket: Duplex): void {
  open.add(socket);
  socket.once("close", () => open.delete(socket));
  // Errors are ignored, because both ends are closed below.
  socket.on("error", () => undefined);
}

function count({ use, maxBytes, open }: ProxyContext, name: "sentBytes" | "receivedBytes", bytes: number): void {
  use[name] += bytes;
  if (use.sentBytes + use.receivedBytes > maxBytes) for (const socket of open) socket.destroy();
}

function noteRefused({ use }: ProxyContext, name: string): void {
  if (use.refused.length < MAX_REFUSED_SHOWN && !use.refused.includes(name)) use.refused.push(name);
}

function noteUnreached({ use: { unreached = [] } }: ProxyContext, host: string, why: NotReached): void {
  const isKnown = unreached.some((one) => one.host === host && one.why === why);
  if (unreached.length < MAX_REFUSED_SHOWN && !isKnown) unreached.push({ host, why });
}

/** Connects to a listed host at a checked address. */
async function reach(context: ProxyContext, target: HostAndPort | null, given: string): Promise<net.Socket> {
  try {
    if (!target) throw new Refusal(400, `${shown(given)} is not a host and port.`, "not_a_host");
    const addresses = await addressesFor(context.access, target, context.lookUp);
    const socket = await connectAny(addresses, target.port);
    keep(context, socket);
    context.use.connections += 1;
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
    return socket;
  } catch (error) {
    if (error instanceof Refusal) {
      const name = target ? `${target.host}:${target.port}` : shown(given);
      if (error.status !== 502) noteRefused(context, name);
      noteUnreached(context, name, error.why);
    }
    throw error;
  }
}

/** Answers a CONNECT. `head` is the data that the client sent with its request. */
function tunnel(context: ProxyContext, given: string, client: Duplex, head: Buffer): void {
  const target = parseHostAndPort(given);
  reach(context, target, given).then(
    (socket) => {
      if (client.destroyed) return void socket.destroy();
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      const { host = "", port } = target ?? {};
      const gate = openNameGate(host, (other) => {
        const name = `${host}:${port} (asked there for ${other})`;
        noteRefused(context, name);
        noteUnreached(context, name, "other_name");
      });
      join(context, client, socket, { head, gate });
    },
    (error) => client.end(answerTo(error)),
  );
}

/** Returns every address of an allowed host. Throws a `Refusal`. */
async function addressesFor(
  { hosts, privateHosts = [] }: NetworkAccess,
  target: HostAndPort,
  lookUp: LookUp | undefined,
): Promise<readonly HostAddress[]> {
  const name = `${shown(target.host)}, port ${target.port},`;
  if (!isListed(hosts, target)) throw new Refusal(403, `${name} is not on the list of allowed hosts.`, "not_listed");
  const checked = await checkHost(target, { privateHosts, lookUp });
  if ("addresses" in checked) return checked.addresses;
  const { problem } = checked;
  if (problem === "unknown") throw new Refusal(502, `The host ${shown(target.host)} is unknown.`, problem);
  throw new Refusal(403, `${name} ${whyNotReached(problem)}.`, problem);
}

async function connectAny(addresses: readonly HostAddress[], port: number): Promise<net.Socket> {
  for (const { address } of addresses) {
    const socket = await connect(address, port);
    if (socket) return socket;
  }
  throw new Refusal(502, "The host does not answer.", "no_answer");
}

function connect(address: string, port: number): Promise<net.Socket | null> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port, allowHalfOpen: true });
    const fail = () => {
      socket.destroy();
      resolve(null);
    };
    // Stays as the listener of later errors; a failed socket closes, which is handled elsewhere.
    socket.on("error", fail);
    socket.setTimeout(CONNECT_TIMEOUT_MS, fail);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("timeout", fail);
      resolve(socket);
    });
  });
}

interface Joined {
  /** The data that the client sent with its request. */
  head: Buffer;
  /** Everything that the client sends passes through it. */
  gate: Duplex;
}

function join(context: ProxyContext, client: Duplex, socket: net.Socket, { head, gate }: Joined): void {
  client.on("data", (chunk: Buffer) => count(context, "sentBytes", chunk.length));
  socket.on("data", (chunk: Buffer) => count(context, "receivedBytes", chunk.length));
  if (head.length > 0) {
    count(context, "sentBytes", head.length);
    gate.write(head);
  }
  client.pipe(gate).pipe(socket);
  socket.pipe(client);
  gate.on("error", () => {
    socket.destroy();
    client.destroy();
  });
  client.once("close", () => socket.destroy());
  socket.once("close", () => client.destroy());
}

/** Forwards one plain HTTP request. Its `Host` header is taken from the URL, not from the client. */
async function forward(
  context: ProxyContext,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const given = request.url ?? "";
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url?.protocol !== "http:") {
    throw new Refusal(400, "This is the sandbox's proxy; ask it for http:// addresses, or to CONNECT.", "not_a_host");
  }
  const socket = await reach(context, parseHostAndPort(url.host, 80), url.host);
  if (response.destroyed) return void socket.destroy();
  const headers: http.OutgoingHttpHeaders = { host: url.host, connection: "close" };
  for (const [name, value] of Object.entries(request.headers)) if (!HOP_BY_HOP.has(name)) headers[name] = value;
  if (request.headers["transfer-encoding"]) headers["transfer-encoding"] = "chunked";
  await new Promise<void>((resolve, reject) => {
    const onward = http.request({
      createConnection: () => socket,
      method: request.method,
      path: url.pathname + url.search,
      headers,
      setHost: false,
    });
    const fail = () => reject(new Refusal(502, "The host hung up.", "no_answer"));
    onward.on("error", fail);
    onward.once("close", fail);
    response.once("close", () => onward.destroy());
    onward.once("response", (answer) => {
      try {
        pass(context, answer, response);
        resolve();
      } catch {
        onward.destroy();
        reject(new Refusal(502, "The host's answer is not valid HTTP.", "no_answer"));
      }
    });
    request.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => count(context, "sentBytes", chunk.length));
    request.pipe(onward);
  }).catch((error) => {
    socket.destroy();
    throw error;
  });
}

/** Throws for an invalid status or header. */
function pass(context: ProxyContext, answer: http.IncomingMessage, response: http.ServerResponse): void {
  const headers = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  answer.on("error", () => response.destroy());
  answer.on("data", (chunk: Buffer) => count(context, "receivedBytes", chunk.length));
  response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers));
  answer.pipe(response);
}

function refuse(response: http.ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const { status, message } = refusalOf(error);
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" });
  response.end(`${message}\n`);
}

function answerTo(error: unknown): string {
  const { status, message } = refusalOf(error);
  const body = `${message}\n`;
  return `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}

function refusalOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(502, "The host cannot be reached.", "no_answer");
}

function shown(given: string): string {
  return JSON.stringify(given.slice(0, 200));
}
