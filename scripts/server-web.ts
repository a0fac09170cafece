/** One Node server for everything a browser or a program asks: health, the HTTP API, the socket, and Next.js's pages. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import next from "next";
import { type Application, setApplication } from "@/agents/application";
import { handleApi } from "@/app/api/v1/handle";
import { type Auth, createAuth } from "@/lib/auth/auth";
import { setAuth } from "@/lib/auth/current";
import { refusalOf } from "@/lib/auth/origin";
import type { SessionStore } from "@/lib/auth/session-store";
import { BodyTooLarge, MAX_BODY_BYTES, readBody } from "@/lib/http/body";
import { type Problem, problem } from "@/lib/http/problem";
import { securityHeaders } from "@/lib/http/security-headers";
import { type AttachedSocket, attachSocket, SOCKET_PATH } from "@/lib/socket/attach";
import { METRICS_TYPE, readMetrics } from "./metrics";

const CLOSE_LIMIT_MS = 2_000;

export interface WebServerOptions {
  app: Application;
  sessions: SessionStore;
  host: string;
  /** 0 takes any free port. */
  port: number;
  dev?: boolean;
  version: string;
  /** The sentence that says why nothing can be written at present, or null: health is told by it. */
  trouble?: () => string | null;
  /** The checkout, which holds `app/` and `.next/`. */
  dir?: string;
  /** Names under which people reach the server, beside loopback's. */
  hosts?: string[];
  /** Serves what is not the API; Next.js unless a test gives something lighter. */
  pages?: Pages;
}

export interface Pages {
  handle: Handle;
  upgrade: (request: IncomingMessage, connection: Duplex, head: Buffer) => void;
  close: () => Promise<void>;
}

export interface WebServer {
  url: string;
  auth: Auth;
  socket: AttachedSocket;
  /** Bounded: after two seconds what is still open is cut. */
  close(): Promise<void>;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Listens when it resolves. Rejects with one sentence when the port is taken or may not be used. */
export async function createWebServer(options: WebServerOptions): Promise<WebServer> {
  const { app, host, dev = false, hosts = [], dir = process.cwd() } = options;
  const state: { handle: Handle } = {
    handle: async (_, response) => void sendProblem(response, problem(503, "Starting.")),
  };
  const server = createServer((request, response) => {
    state.handle(request, response).catch((error: unknown) => {
      console.error("A request failed:", error);
      if (response.headersSent) response.destroy();
      else sendProblem(response, problem(500, "The server failed at this request; what was committed before is safe."));
    });
  });
  server.keepAliveTimeout = 5_000;

  const port = await listen(server, host, options.port);
  const auth = createAuth({ store: options.sessions, port });
  setApplication(app);
  setAuth(auth);
  const socket = attachSocket(server, app, { auth, hosts });
  const pages = options.pages ?? (await preparePages({ dev, dir, host, port }));
  server.on("upgrade", (request, connection, head) => {
    const live = request.url?.startsWith(`${SOCKET_PATH}/`);
    if (live) return;
    if (dev && refusalOf({ method: "GET", headers: request.headers }, hosts) === null) {
      pages.upgrade(request, connection, head);
    } else connection.destroy();
  });
  state.handle = createHandle({ ...options, app, auth, hosts, dev, pages: pages.handle });

  const shownHost = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return { url: `http://${shownHost}:${port}`, auth, socket, close: () => close(server, socket, pages.close) };
}

interface HandleOptions {
  app: Application;
  auth: Auth;
  hosts: string[];
  dev: boolean;
  version: string;
  trouble?: () => string | null;
  pages: Handle;
}

function createHandle({ app, auth, hosts, dev, version, trouble, pages }: HandleOptions): Handle {
  return async (request, response) => {
    const nonce = randomBytes(16).toString("base64");
    const headers = securityHeaders({ nonce, host: request.headers.host ?? "", dev });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);

    const refusal = refusalOf({ method: request.method ?? "GET", headers: request.headers }, hosts);
    if (refusal) return sendProblem(response, problem(403, refusal));
    const url = new URL(request.url ?? "/", "http://localhost");

    if (url.pathname === "/health") {
      const sentence = trouble?.() ?? null;
      return sendJson(response, sentence ? 503 : 200, { status: sentence ?? "ok", version });
    }
    if (url.pathname === "/signin" && url.searchParams.has("token")) return signIn(auth, url, response);
    if (url.pathname === "/signout" && request.method === "POST") return signOut(auth, request, response);
    if (url.pathname === "/api" || url.pathname.startsWith("/api/"))
      return answerApi(app, auth, request, response, url);

    if (url.pathname === "/metrics") return answerMetrics(app, auth, request, response);

    if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES * 1.1) return sendProblem(response, tooLarge());
    request.headers["content-security-policy"] = headers["content-security-policy"];
    await pages(request, response);
  };
}

async function answerMetrics(
  app: Application,
  auth: Auth,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!(await auth.authenticate(request.headers.cookie))) return sendProblem(response, signInFirst());
  const text = await readMetrics(app);
  response.writeHead(200, { "content-type": METRICS_TYPE, "cache-control": "no-store" }).end(text);
}

/** The link's token leaves the address at once, so that it stays in no history. */
async function signIn(auth: Auth, url: URL, response: ServerResponse): Promise<void> {
  const sessionId = await auth.redeemLinkToken(url.searchParams.get("token") ?? "");
  if (sessionId) response.setHeader("set-cookie", auth.setCookie(sessionId));
  redirect(response, sessionId ? "/" : "/signin?problem=link");
}

async function signOut(auth: Auth, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await auth.endSession(request.headers.cookie);
  response.setHeader("set-cookie", auth.setCookie(""));
  redirect(response, "/signin");
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, "cache-control": "no-store" }).end();
}

async function answerApi(
  app: Application,
  auth: Auth,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const actor = await auth.authenticate(request.headers.cookie);
  if (!actor) return sendProblem(response, signInFirst());
  let body: unknown;
  let path: string[];
  try {
    path = url.pathname
      .replace(/^\/api\/v1\/?/, "")
      .split("/")
      .filter(Boolean)
      .map(decodeURIComponent);
    const text = request.method === "POST" || request.method === "PUT" ? await readBody(request) : "";
    body = text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    if (error instanceof URIError)
      return sendProblem(response, problem(400, "The address is not valid: a % in it begins no character of UTF-8."));
    if (!(error instanceof BodyTooLarge)) return sendProblem(response, problem(400, "The body is not valid JSON."));
    response.setHeader("connection", "close");
    return sendProblem(response, tooLarge());
  }
  const method = request.method ?? "GET";
  const answer = await handleApi(app, { method, path, query: url.searchParams, body, actor });
  sendJson(response, answer.status, answer.body);
}

function signInFirst(): Problem {
  return problem(401, "Sign in first: open the link that the server printed.");
}

function tooLarge(): Problem {
  return problem(413, "The request is larger than 1 MB. Put long material into a file of the workspace and name it.");
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

function sendProblem(response: ServerResponse, body: Problem): void {
  sendJson(response, body.status, body);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(listenSentence(error, host, port))));
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

function listenSentence(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} on ${host} is taken by another program; end it, or set PORT to another number.`;
  }
  if (error.code === "EACCES") return `Port ${port} may not be used by this user; set PORT to a number above 1023.`;
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
    return `HOST is ${host}, which is no address of this machine; set it to 127.0.0.1.`;
  }
  return `The server cannot listen on ${host}:${port}: ${error.message}.`;
}

interface PagesOptions {
  dev: boolean;
  dir: string;
  host: string;
  port: number;
}

async function preparePages({ dev, dir, host, port }: PagesOptions): Promise<Pages> {
  // Next.js listens for upgrades on the server it is given, and would see the sockets too: it gets a server that never
  // listens, and is handed the upgrades that are its own (in development, the reloading of changed modules).
  const inner = new Server();
  const pages = next({ dev, dir, hostname: host, port, customServer: true, httpServer: inner, turbopack: dev });
  await pages.prepare();
  const handle = pages.getRequestHandler();
  const upgrade: Pages["upgrade"] = (request, connection, head) =>
    void inner.emit("upgrade", request, connection, head);
  return { handle, upgrade, close: () => pages.close() };
}

async function close(server: Server, socket: AttachedSocket, closePages: () => Promise<void>): Promise<void> {
  socket.close();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_LIMIT_MS);
  });
  await Promise.race([Promise.all([closed, closePages()]), limit]);
  clearTimeout(timer);
  server.closeAllConnections();
}
