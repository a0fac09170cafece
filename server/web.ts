/** The Node server for all browser and program requests: health, HTTP API, socket and the pages of Next.js. */
import { createServer, type IncomingMessage, Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import next from "next";
import type { Actor, Application } from "@/agents/application";
import { guarded, setApplication, sharedProof } from "@/agents/guard/guard";
import type { Counts } from "@/core/metrics/counts";
import type { Health } from "@/core/shapes/health";
import { SOCKET_PATH } from "@/core/shapes/wire";
import { type Auth, createAuth } from "@/lib/auth/auth";
import type { CredentialStore } from "@/lib/auth/credentials";
import { setAuth, setSignInWays } from "@/lib/auth/current";
import { refusalOf } from "@/lib/auth/origin";
import { setOnce } from "@/lib/http/current-once";
import { type AnswerStore, createIdempotency } from "@/lib/http/idempotency";
import { problem } from "@/lib/http/problem";
import { type A2aParts, createA2a } from "./a2a/a2a";
import { sendProblem } from "./answers/send";
import { type BoundPort, urlOf } from "./bound-port";
import { createHandle, type Handle } from "./doors";
import { createEnvironmentDoor, type EnvironmentDoorOptions } from "./environments/door";
import { createForgeHookDoor, type TakeDelivery } from "./forge-hooks";
import { type AttachedSocket, attachSocket } from "./live/attach";
import type { CreateMcpServer } from "./mcp/server";
import type { McpTimes } from "./mcp/tools/tool";
import { pageRoutes } from "./page-routes";
import type { PageClock } from "./page-times";
import { createRequestClock } from "./request-times";
import { createSharedProofDoor } from "./shared-proofs";
import { refusedCookie, type SignInOptions } from "./sign-in";
import { staticFiles } from "./static-files";
import { limitUnheard } from "./unheard";

const CLOSE_LIMIT_MS = 2_000;
/** Well below 1,024, the usual limit of file descriptors per process. */
const MAX_CONNECTIONS = 400;
/** Of these, connections without a complete request. */
const MAX_UNHEARD = 200;
/** MCP clients give up on a call after a minute, and some give up on a connection that is silent for a minute. */
const MCP_TIMES: McpTimes = { waitMs: 50_000, keepAliveMs: 15_000, patienceMs: 2_000 };

export interface WebServerOptions {
  /** Takes a delivery of a forge's webhook. Absent: none is signed rightly. */
  takeDelivery?: TakeDelivery;
  app: Application;
  people: CredentialStore;
  answers: AnswerStore;
  /** Tasks of other agents, and the version that the card shows. */
  a2a: A2aParts;
  host: string;
  /** Where it will listen. */
  bound: BoundPort;
  dev?: boolean;
  /** `isEnding`: the server lets turns end, and another one comes. */
  health(isEnding: boolean): Promise<Health>;
  /** The public address of the server; by default the address of this machine. */
  publicUrl?: string | null;
  /** Sign-in with Google; without it, people use the one-time link only. */
  google?: SignInOptions["google"];
  /** Serves the pages: `preparePages`, or a lighter replacement in tests. */
  pages: Pages;
  /** Environments, as the door to them finds and notes them. Absent: there are none. */
  environments?: EnvironmentDoorOptions["environments"];
  /** Below which environments have their names, beside `localhost`. */
  environmentsDomain?: string | null;
  /** Measures how long pages take. */
  clock?: Pick<PageClock, "watch">;
  /** What this process counts of its work. Absent: requests are not counted. */
  counts?: Pick<Counts, "observe">;
  /** Shorter times, for tests. */
  mcpTimes?: Partial<McpTimes>;
  /** Another MCP server at the same door, for the conformance suite. */
  createMcp?: CreateMcpServer | undefined;
}

export interface Pages {
  handle: Handle;
  upgrade: (request: IncomingMessage, connection: Duplex, head: Buffer) => void;
  close: () => Promise<void>;
  /** The addresses of all pages, as in `/trees/:id`. */
  routes?: readonly string[];
}

export interface WebServer {
  url: string;
  auth: Auth;
  socket: AttachedSocket;
  /** Resolves once the server listens. Rejects with a PortError. */
  listen(): Promise<void>;
  /**
   * From now on each answer closes its connection, so that no client keeps a connection to a server that is about to
   * end.
   */
  drain(): void;
  /** Closes the server. After two seconds it cuts open connections. */
  close(): Promise<void>;
}

/** The server listens when its caller is ready. */
export function createWebServer(options: WebServerOptions): WebServer {
  const { app, host, bound, pages, dev = false, publicUrl = null, google = null } = options;
  const hosts = publicUrl ? [new URL(publicUrl).hostname] : [];
  const { port } = bound;
  const requests = options.counts && createRequestClock(options.counts, pages.routes ?? []);
  const state = { isDraining: false };
  const server = createServer((request, response) => {
    if (state.isDraining) response.shouldKeepAlive = false;
    const environment = environments.of(request);
    // Pages ask here for news where a proxy passes on no WebSockets, and such a request waits for the news. So it is not measured.
    if (environment === null && request.url?.startsWith(`${SOCKET_PATH}/`)) {
      live.emit("request", request, response);
      return;
    }
    if (environment === null) {
      options.clock?.watch(request, response);
      requests?.watch(request, response);
    }
    const answered =
      environment === null ? handle(request, response) : environments.answer(environment, request, response);
    answered.catch((error: unknown) => {
      console.error("A request failed:", error);
      if (response.headersSent) response.destroy();
      else sendProblem(response, problem("internal-error", "The server failed. Committed work is safe."));
    });
  });
  // Longer than proxies keep an idle connection, mostly a minute: who closes first never sends a request into a closed one.
  server.keepAliveTimeout = 75_000;
  // Idle connections of strangers use up file descriptors that the work needs, so their number and duration are
  // limited.
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  server.maxConnections = MAX_CONNECTIONS;
  limitUnheard(server, MAX_UNHEARD);

  const auth = createAuth({ store: options.people, port });
  // From here on, code reaches the application only with the rights of an actor.
  const enter = (actor: Actor) => guarded(app, actor);
  setApplication(app);
  setAuth(auth);
  const once = createIdempotency(options.answers);
  setOnce(once);
  setSignInWays({ google: google !== null, refusedCookie: refusedCookie(auth) });
  const environments = createEnvironmentDoor({
    auth,
    environments: options.environments ?? { get: () => null, use: async () => undefined, isPaused: () => false },
    publicUrl,
    domain: options.environmentsDomain ?? null,
    url: urlOf(host, port),
    refuse: sendProblem,
  });
  // It never listens, and receives what comes to Banyan's own host only: services of environments have any path.
  const live = new Server();
  const socket = attachSocket(live, enter, { auth, hosts });
  server.on("upgrade", (request, connection, head) => {
    // Whoever answers may look things up first, and a client that resets its connection meanwhile must end nothing else.
    connection.on("error", () => connection.destroy());
    const environment = environments.of(request);
    if (environment !== null)
      return void environments.upgrade(environment, request, connection, head).catch(() => connection.destroy());
    if (request.url?.startsWith(`${SOCKET_PATH}/`)) return void live.emit("upgrade", request, connection, head);
    if (dev && refusalOf({ method: "GET", headers: request.headers }, hosts) === null) {
      pages.upgrade(request, connection, head);
    } else connection.destroy();
  });
  const handle = createHandle({
    enter,
    auth,
    publicUrl,
    google,
    hosts,
    dev,
    health: () => options.health(state.isDraining),
    pages: pages.handle,
    sharedProofs: createSharedProofDoor((secret) => sharedProof(secret) !== null),
    forgeHooks: createForgeHookDoor(options.takeDelivery ?? (async () => false)),
    environments,
    once,
    a2a: createA2a(options.a2a),
    mcpRecords: options.a2a.records,
    mcpVersion: options.a2a.version,
    mcpTimes: { ...MCP_TIMES, ...options.mcpTimes },
    createMcp: options.createMcp,
  });

  return {
    url: urlOf(host, port),
    auth,
    socket,
    listen: () => bound.listen(server),
    drain() {
      state.isDraining = true;
    },
    close: () => close(server, socket, pages.close),
  };
}

export interface PagesOptions {
  dev: boolean;
  /** The folder of the release, with `app/` and `.next/`. */
  dir: string;
  host: string;
  /** Where the server will listen. */
  port: number;
}

/** Makes the pages of Next.js ready, which needs nothing but their files. */
export async function preparePages({ dev, dir, host, port }: PagesOptions): Promise<Pages> {
  // Next.js would handle all upgrades of the server it gets, including our sockets. So it gets a server that never
  // listens, and receives only its own upgrades (hot reload in development).
  const inner = new Server();
  const pages = next({ dev, dir, hostname: host, port, customServer: true, httpServer: inner, turbopack: dev });
  await pages.prepare();
  const answer = pages.getRequestHandler();
  const sendStatic = dev ? async () => false : staticFiles(dir);
  const handle: Handle = async (request, response) => {
    if (await sendStatic(request, response)) return;
    sendTogether(response);
    await answer(request, response);
  };
  const upgrade: Pages["upgrade"] = (request, connection, head) =>
    void inner.emit("upgrade", request, connection, head);
  return { handle, upgrade, close: () => pages.close(), routes: pageRoutes(join(dir, "app")) };
}

/**
 * Next.js sends headers, page and end of an answer apart, and each piece would wake the browser and be a packet of its
 * own. Pieces that are ready in the same turn of the event loop are sent together; a page that waits for more still
 * begins at once.
 */
export function sendTogether(response: ServerResponse): void {
  const { flushHeaders } = response;
  response.flushHeaders = () => {
    const { socket } = response;
    socket?.cork();
    setImmediate(() => socket?.uncork());
    flushHeaders.call(response);
  };
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
