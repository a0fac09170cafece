/** One Node server for everything a browser or a program asks: health, the HTTP API, the socket, and Next.js's pages. */
import { createServer, type IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import next from "next";
import type { Actor, Application } from "@/agents/application";
import { guarded, setApplication } from "@/agents/guard/guard";
import { SOCKET_PATH } from "@/core/shapes/wire";
import { type Auth, createAuth } from "@/lib/auth/auth";
import type { CredentialStore } from "@/lib/auth/credentials";
import { setAuth, setSignInWays } from "@/lib/auth/current";
import { refusalOf } from "@/lib/auth/origin";
import { type AnswerStore, createIdempotency } from "@/lib/http/idempotency";
import { problem } from "@/lib/http/problem";
import { createHandle, type Handle, sendProblem } from "./doors";
import { type AttachedSocket, attachSocket } from "./live/attach";
import { refusedCookie, type SignInOptions } from "./sign-in";

const CLOSE_LIMIT_MS = 2_000;
/** Well below the 1,024 descriptors that a process usually has. */
const MOST_CONNECTIONS = 400;

export interface WebServerOptions {
  app: Application;
  people: CredentialStore;
  answers: AnswerStore;
  host: string;
  /** 0 takes any free port. */
  port: number;
  dev?: boolean;
  version: string;
  commit?: string | null;
  /** The sentence that says why nothing can be written or is worked on at present, or null: health is told by it. */
  trouble?: () => string | null;
  /** Why commands cannot run at present, or null. */
  terminal?: () => Promise<string | null>;
  /** The checkout, which holds `app/` and `.next/`. */
  dir?: string;
  /** The address under which people reach the server; absent: this machine's own. */
  publicUrl?: string | null;
  /** Absent: people come in by the one-time link only. */
  google?: SignInOptions["google"];
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

/** It cannot listen there; the message says what to do. */
class PortError extends Error {
  override name = "PortError";
}

/** Listens when it resolves. Rejects with a PortError, one sentence when the port is taken or may not be used. */
export async function createWebServer(options: WebServerOptions): Promise<WebServer> {
  const { app, host, dev = false, publicUrl = null, google = null, dir = process.cwd() } = options;
  const hosts = publicUrl ? [new URL(publicUrl).hostname] : [];
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
  // Strangers who connect and say nothing take descriptors that the work needs: they are few, and not kept for long.
  server.headersTimeout = 15_000;
  server.maxConnections = MOST_CONNECTIONS;

  const port = await listen(server, host, options.port);
  const auth = createAuth({ store: options.people, port });
  // Past this line there is no application but for somebody.
  const enter = (actor: Actor) => guarded(app, actor);
  setApplication(app);
  setAuth(auth);
  setSignInWays({ google: google !== null, refusedCookie: refusedCookie(auth) });
  const socket = attachSocket(server, enter, { auth, hosts });
  const pages = options.pages ?? (await preparePages({ dev, dir, host, port }));
  server.on("upgrade", (request, connection, head) => {
    const live = request.url?.startsWith(`${SOCKET_PATH}/`);
    if (live) return;
    if (dev && refusalOf({ method: "GET", headers: request.headers }, hosts) === null) {
      pages.upgrade(request, connection, head);
    } else connection.destroy();
  });
  const { version, commit, trouble, terminal } = options;
  state.handle = createHandle({
    ...{ enter, auth, publicUrl, google, hosts, dev, version, commit, trouble, terminal },
    pages: pages.handle,
    once: createIdempotency(options.answers),
  });

  const shownHost = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return { url: `http://${shownHost}:${port}`, auth, socket, close: () => close(server, socket, pages.close) };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new PortError(listenSentence(error, host, port))));
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
