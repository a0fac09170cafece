/**
 * The endpoints that the server answers itself, as a table; Next.js serves the pages. A public endpoint gets no
 * application. Every other endpoint gets the application with the rights of the caller.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Actor } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { McpRecords } from "@/core/a2a/records";
import type { Health } from "@/core/shapes/health";
import { GOOGLE_BEGIN_PATH, GOOGLE_CALLBACK_PATH } from "@/lib/auth/google";
import { refusalOf } from "@/lib/auth/origin";
import { MAX_BODY_BYTES } from "@/lib/http/body";
import type { createIdempotency } from "@/lib/http/idempotency";
import { problem, problemOfError } from "@/lib/http/problem";
import { securityHeaders } from "@/lib/http/security-headers";
import { serverOfState } from "@/lib/mcp/calls/oauth";
import { quoted } from "@/lib/mcp/config/errors";
import { CALLBACK_PATH } from "@/lib/mcp/config/oauth-callback";
import type { A2a } from "./a2a/a2a";
import { endWithAccess } from "./answers/lost-access";
import { sendJson, sendProblem, sendText, sendUnauthorized, takesMethod } from "./answers/send";
import { answerDownload, DOWNLOADS } from "./downloads/answer";
import type { EnvironmentDoor } from "./environments/door";
import type { ForgeHookDoor } from "./forge-hooks";
import { answerApi } from "./http/answer-api";
import { bodyLimitOf, jsonBody, Refused, textBody } from "./http/body";
import { tooLarge } from "./http/body-refusal";
import { isOfProblems, sendExplanation } from "./http/problem-pages";
import { answerMcp } from "./mcp/answer";
import type { CreateMcpServer } from "./mcp/server";
import { isOfMetadata, isOfOauth, sendMetadata, sendNoOauth, sendTokenNeeded } from "./mcp/strangers";
import type { McpTimes } from "./mcp/tools/tool";
import { METRICS_TYPE, readMetrics } from "./metrics";
import { openEnvironment } from "./open-environment";
import { hostOfPage, isHealthCheck, refuseSender } from "./senders";
import type { SharedProofDoor } from "./shared-proofs";
import {
  beginGoogle,
  finishGoogle,
  rememberWanted,
  type SignInOptions,
  sendToSignIn,
  signInByLink,
  signOut,
} from "./sign-in";
import { traced } from "./traced-actor";

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface DoorOptions extends SignInOptions {
  /** Returns the application with the rights of the actor. */
  enter(actor: Actor): GuardedApplication;
  hosts: string[];
  dev: boolean;
  health(): Promise<Health>;
  pages: Handle;
  /** The pages of shared proofs, which are public. */
  sharedProofs: SharedProofDoor;
  /** Where environments are reached. */
  environments: Pick<EnvironmentDoor, "opens" | "open">;
  /** Deliveries of forges, which sign them. */
  forgeHooks: ForgeHookDoor;
  /** Runs a request with an `Idempotency-Key` only once. */
  once: ReturnType<typeof createIdempotency>;
  /** Other agents. */
  a2a: A2a;
  mcpTimes: McpTimes;
  /** Which token started a tree over MCP. */
  mcpRecords: McpRecords;
  /** Banyan's version, for MCP clients. */
  mcpVersion: string;
  /** Makes the MCP server of a request; by default Banyan's own. */
  createMcp?: CreateMcpServer | undefined;
}

type McpParts = "mcpTimes" | "mcpRecords" | "mcpVersion" | "createMcp";

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

type OpenOptions = Omit<DoorOptions, "enter" | "pages">;

type Endpoint = {
  matches(exchange: Exchange): boolean;
  /** Absent: every method, or those that `matches` wants. */
  methods?: readonly string[];
} & (
  | { to: "everybody"; answer(options: OpenOptions, exchange: Exchange): Promise<void> }
  /** `tokens` accepts no session cookie, so that no web page can call the endpoint. */
  | {
      to: "sessions and tokens" | "tokens";
      /** The body is text, because the endpoint has its own answer to a body that is not JSON. */
      takesText?: true;
      /** Tells a caller without a valid token what is needed. Absent: `sendUnauthorized`. */
      refuse?(response: ServerResponse, base: string): void;
      answer(
        app: GuardedApplication,
        exchange: Exchange,
        body: unknown,
        options: Pick<DoorOptions, "once" | McpParts | "a2a" | "auth" | "publicUrl">,
      ): Promise<void>;
    }
);

/** Proxies and monitors often add a slash at the end. */
const isAt = ({ pathname }: URL, path: string) => pathname === path || pathname === `${path}/`;

const at =
  (path: string) =>
  ({ url }: Exchange) =>
    isAt(url, path);

const getOf =
  (path: string) =>
  ({ url, request }: Exchange) =>
    isAt(url, path) && request.method === "GET";

/** The form around what a page sends. */
const FORM_MARGIN = 1.1;

/** Public pages and files, without any private data. */
const OPEN_PAGES =
  /^\/(signin$|_next\/|icon\.svg$|favicon\.ico$|apple-icon\.png$|icons\/|manifest\.webmanifest$|service-worker\.js$)/;

const ENDPOINTS: readonly Endpoint[] = [
  { matches: at("/health"), methods: ["GET"], to: "everybody", answer: health },
  {
    matches: ({ url }) => isOfProblems(url),
    methods: ["GET"],
    to: "everybody",
    answer: async (_, { response, url }) => sendExplanation(response, url),
  },
  {
    matches: ({ url, request }) =>
      url.pathname === "/signin" && url.searchParams.has("token") && request.method === "POST",
    to: "everybody",
    answer: signInByLink,
  },
  { matches: getOf(GOOGLE_BEGIN_PATH), to: "everybody", answer: beginGoogle },
  { matches: getOf(GOOGLE_CALLBACK_PATH), to: "everybody", answer: finishGoogle },
  {
    matches: ({ url, request }) => url.pathname === "/signout" && request.method === "POST",
    to: "everybody",
    answer: signOut,
  },
  {
    matches: ({ url }) => url.pathname === "/api" || url.pathname.startsWith("/api/"),
    to: "sessions and tokens",
    answer: (app, { request, response, url }, body, { once }) => answerApi(app, request, response, url, body, once),
  },
  { matches: getOf(CALLBACK_PATH), to: "sessions and tokens", answer: finishSignIn },
  {
    matches: at("/admin/graceful-shutdown"),
    methods: ["POST"],
    to: "sessions and tokens",
    answer: shutDown,
  },
  { matches: at("/metrics"), methods: ["GET"], to: "sessions and tokens", answer: answerMetrics },
  {
    matches: ({ url }) => url.pathname.startsWith(DOWNLOADS),
    methods: ["GET"],
    to: "sessions and tokens",
    answer: download,
  },
  { matches: at("/mcp"), to: "tokens", answer: mcp, refuse: sendTokenNeeded },
  {
    matches: ({ url }) => isOfMetadata(url),
    methods: ["GET"],
    to: "everybody",
    answer: async ({ publicUrl }, { request, response }) => sendMetadata(response, baseOf(publicUrl, request)),
  },
  {
    matches: ({ url }) => isOfOauth(url),
    to: "everybody",
    answer: async (_, { response }) => sendNoOauth(response),
  },
  { matches: at("/.well-known/agent-card.json"), methods: ["GET"], to: "everybody", answer: sendCard },
  { matches: at("/.well-known/a2a-keys.json"), methods: ["GET"], to: "everybody", answer: sendKeys },
  {
    matches: at("/a2a"),
    to: "tokens",
    takesText: true,
    answer: answerAgents,
  },
];

export function createHandle(options: DoorOptions): Handle {
  const { hosts, dev, pages } = options;
  return async (request, response) => {
    const nonce = randomBytes(16).toString("base64");
    const headers = securityHeaders({ nonce, host: request.headers.host ?? "", dev });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);

    const refusal = refusalOf({ method: request.method ?? "GET", headers: request.headers }, hosts);
    if (refusal)
      return isHealthCheck(request) ? health(options, { response }) : refuseSender(request, response, refusal);
    const url = urlOf(request);
    if (!url)
      return sendProblem(
        response,
        problem("invalid-request", "The address of the request must be a path, such as /health."),
      );
    const exchange = { request, response, url };
    if (options.forgeHooks.isOf(url)) return options.forgeHooks.answer(request, response, url);
    const environment = options.environments.opens(url);
    if (environment !== null) return openEnvironment(options, environment, request, response, url);
    const endpoint = ENDPOINTS.find(({ matches }) => matches(exchange));
    if (endpoint?.to === "everybody") return takes(endpoint, exchange) ? endpoint.answer(options, exchange) : undefined;
    if (endpoint) return answerFor(endpoint, options, exchange);

    if (await isTooLarge(options, exchange)) return sendProblem(response, tooLarge(bodyLimitOf(url)));
    if (options.sharedProofs.isOf(url) && !options.sharedProofs.admit(request, response, url)) return;
    if (!(await mayRead(options, exchange))) return sendToSignIn(response, exchange.url);
    request.headers["content-security-policy"] = headers["content-security-policy"];
    request.headers["x-forwarded-host"] = hostOfPage(request.headers);
    await pages(request, response);
  };
}

/** A page that takes more than others takes it only from people who are signed in. */
async function isTooLarge({ auth }: DoorOptions, { request, url }: Exchange): Promise<boolean> {
  const bytes = Number(request.headers["content-length"] ?? 0) / FORM_MARGIN;
  if (bytes <= MAX_BODY_BYTES) return false;
  return bytes > bodyLimitOf(url) || (await auth.authenticate(request.headers.cookie)) === null;
}

/**
 * Returns null for a target that is not a single path: the pages could read another address in it than the server's own
 * endpoints, and some targets are no address at all.
 */
function urlOf({ url: target = "" }: IncomingMessage): URL | null {
  return /^\/(?![/\\])/.test(target) ? URL.parse(target, "http://localhost") : null;
}

/**
 * Whether Next.js may answer. Without a session every page redirects, so that strangers cannot probe which pages exist.
 * POST is allowed, because actions check the session themselves.
 */
async function mayRead(options: DoorOptions, exchange: Exchange): Promise<boolean> {
  const { request, url } = exchange;
  if (url.pathname === "/signin") rememberWanted(options, exchange);
  if (OPEN_PAGES.test(url.pathname) || options.sharedProofs.isOf(url) || request.method === "POST") return true;
  return (await options.auth.authenticate(request.headers.cookie)) !== null;
}

async function answerFor(
  endpoint: Exclude<Endpoint, { to: "everybody" }>,
  options: DoorOptions,
  exchange: Exchange,
): Promise<void> {
  const { auth, enter } = options;
  const { request, response } = exchange;
  const needsToken = endpoint.to === "tokens" && request.headers.authorization === undefined;
  const identity = needsToken ? "nobody" : await auth.identify(request);
  if (identity === "unheard") {
    response.setHeader("retry-after", "60");
    return sendProblem(
      response,
      problem("too-many-requests", "Too many wrong tokens from this address. Wait a minute."),
    );
  }
  if (identity !== "nobody") {
    const body = await (endpoint.takesText ? textBody : jsonBody)(request, bodyLimitOf(exchange.url));
    if (body instanceof Refused) return sendProblem(response, body.problem);
    // A body may take minutes to arrive, and the caller may lose access meanwhile, so check again.
    if (await auth.isStill(identity, request)) {
      endWithAccess(auth, () => auth.isStill(identity, request), response);
      if (!takes(endpoint, exchange)) return;
      return endpoint.answer(enter(traced(identity, request)), exchange, body, options);
    }
  }
  if (endpoint.refuse) return endpoint.refuse(response, baseOf(options.publicUrl, request));
  sendUnauthorized(response);
}

function takes({ methods }: Endpoint, { request, response }: Exchange): boolean {
  return methods === undefined || takesMethod(request, response, methods);
}

async function health(options: OpenOptions, { response }: Pick<Exchange, "response">): Promise<void> {
  const report = await options.health();
  sendJson(response, report.status === "ok" ? 200 : 503, report);
}

async function shutDown(app: GuardedApplication, { response }: Exchange): Promise<void> {
  await orProblem(response, async () => sendJson(response, 202, await app.commands.shutDown()));
}

async function answerMetrics(app: GuardedApplication, { response }: Exchange): Promise<void> {
  await orProblem(response, async () => {
    const text = await readMetrics(app);
    response.writeHead(200, { "content-type": METRICS_TYPE, "cache-control": "no-store" }).end(text);
  });
}

/**
 * Finishes the OAuth sign-in at an MCP server. Another site redirects here, so the `state` must prove that Banyan
 * started the sign-in.
 */
async function finishSignIn(app: GuardedApplication, { request, response, url }: Exchange): Promise<void> {
  const { searchParams: given } = url;
  const [code = "", state = "", refused = ""] = ["code", "state", "error"].map((name) => given.get(name) ?? "");
  const issuer = given.get("iss") ?? undefined;
  try {
    await app.check("finishServerSignIn");
    if (refused) return sendText(response, 400, `The sign-in was refused: ${quoted(refused)}.`);
    if (!code || !state) return sendText(response, 400, "Only the sign-in page of a server may open this address.");
    const server = serverOfState(state);
    const done = await app.commands.finishServerSignIn({ id: server, code, state, ...(issuer && { issuer }) });
    // Browsers go back to the page of the server.
    if (request.headers.accept?.includes("text/html")) {
      const location = `/tools/${encodeURIComponent(server)}?said=signed-in`;
      response.writeHead(303, { location, "cache-control": "no-store" }).end();
      return;
    }
    sendText(response, 200, `You are signed in. ${done.sentence} You may close this page.`);
  } catch (error) {
    const known = problemOfError(error);
    if (!known) throw error;
    sendText(response, known.status, known.detail);
  }
}

async function mcp(
  app: GuardedApplication,
  { request, response }: Exchange,
  body: unknown,
  { once, mcpTimes: times, mcpRecords: records, mcpVersion: version, createMcp }: Pick<DoorOptions, "once" | McpParts>,
): Promise<void> {
  await answerMcp({ app, once, times, records, version }, request, response, body, createMcp);
}

async function answerAgents(
  app: GuardedApplication,
  { request, response }: Exchange,
  text: unknown,
  { a2a, auth, publicUrl }: Pick<DoorOptions, "a2a" | "auth" | "publicUrl">,
): Promise<void> {
  await a2a.answer({
    app,
    request,
    response,
    text: String(text ?? ""),
    base: baseOf(publicUrl, request),
    isStill: () => auth.isStill(app.actor, request),
    onAccessChange: auth.onChange,
  });
}

async function sendCard({ a2a, publicUrl }: OpenOptions, { request, response }: Exchange): Promise<void> {
  await orProblem(response, () => a2a.sendCard(request, response, baseOf(publicUrl, request)));
}

async function sendKeys({ a2a }: OpenOptions, { request, response }: Exchange): Promise<void> {
  await orProblem(response, () => a2a.sendKeys(request, response));
}

/** The host is safe to use: only the server's own names are accepted. */
function baseOf(publicUrl: string | null, { headers }: IncomingMessage): string {
  return publicUrl?.replace(/\/$/, "") ?? `http://${headers.host}`;
}

async function orProblem(response: ServerResponse, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const known = problemOfError(error);
    if (!known) throw error;
    sendProblem(response, known);
  }
}

async function download(app: GuardedApplication, { response, url }: Exchange): Promise<void> {
  await answerDownload(app, response, url);
}
