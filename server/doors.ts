/**
 * What the server answers itself, as one table. A door that is open to nobody in particular gets no application; every
 * other one gets it as whoever knocks may use it. What is not in the table are the pages, which enter by themselves.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Actor } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import { GOOGLE_BEGIN_PATH, GOOGLE_CALLBACK_PATH } from "@/lib/auth/google";
import { refusalOf } from "@/lib/auth/origin";
import { BodyTooLarge, MAX_BODY_BYTES, readBody } from "@/lib/http/body";
import type { createIdempotency } from "@/lib/http/idempotency";
import { type Problem, problem, problemOfError } from "@/lib/http/problem";
import { securityHeaders } from "@/lib/http/security-headers";
import { serverOfState } from "@/lib/mcp/calls/oauth";
import { quoted } from "@/lib/mcp/config/errors";
import { CALLBACK_PATH } from "@/lib/mcp/config/oauth-callback";
import { beyondBounds } from "@/lib/net/bounded-json";
import { answerDownload, DOWNLOADS } from "./downloads/answer";
import { handleApi, tellsSecret } from "./http/v1/handle";
import { answerMcp } from "./mcp/answer";
import { METRICS_TYPE, readMetrics } from "./metrics";
import {
  beginGoogle,
  finishGoogle,
  rememberWanted,
  type SignInOptions,
  sendToSignIn,
  signInByLink,
  signOut,
} from "./sign-in";

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface DoorOptions extends SignInOptions {
  /** The application as somebody may use it. */
  enter(actor: Actor): GuardedApplication;
  hosts: string[];
  dev: boolean;
  version: string;
  /** Of the checkout that runs; null: it is none. */
  commit?: string | null;
  trouble?: () => string | null;
  /** Why commands cannot run at present, or null. */
  terminal?: () => Promise<string | null>;
  pages: Handle;
  /** Carries a request with an `Idempotency-Key` out once. */
  once: ReturnType<typeof createIdempotency>;
}

interface Knock {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

type Door = { opens(knock: Knock): boolean } & (
  | { to: "everybody"; answer(options: Omit<DoorOptions, "enter" | "pages">, knock: Knock): Promise<void> }
  /** `tokens`: the cookie of a session opens it to nobody, so that no page can. */
  | {
      to: "sessions and tokens" | "tokens";
      answer(app: GuardedApplication, knock: Knock, body: unknown, options: Pick<DoorOptions, "once">): Promise<void>;
    }
);

const at =
  (path: string) =>
  ({ url }: Knock) =>
    url.pathname === path;

const looksAt =
  (path: string) =>
  ({ url, request }: Knock) =>
    url.pathname === path && request.method === "GET";

/** Pages and files that show nothing of anybody. */
const OPEN_PAGES = /^\/(signin$|_next\/|icon\.svg$|favicon\.ico$|apple-icon\.png$|icons\/|manifest\.webmanifest$)/;

const DOORS: readonly Door[] = [
  { opens: at("/health"), to: "everybody", answer: health },
  {
    opens: ({ url }) => url.pathname === "/signin" && url.searchParams.has("token"),
    to: "everybody",
    answer: signInByLink,
  },
  { opens: looksAt(GOOGLE_BEGIN_PATH), to: "everybody", answer: beginGoogle },
  { opens: looksAt(GOOGLE_CALLBACK_PATH), to: "everybody", answer: finishGoogle },
  {
    opens: ({ url, request }) => url.pathname === "/signout" && request.method === "POST",
    to: "everybody",
    answer: signOut,
  },
  {
    opens: ({ url }) => url.pathname === "/api" || url.pathname.startsWith("/api/"),
    to: "sessions and tokens",
    answer: answerApi,
  },
  { opens: looksAt(CALLBACK_PATH), to: "sessions and tokens", answer: finishSignIn },
  {
    opens: ({ url, request }) => url.pathname === "/admin/graceful-shutdown" && request.method === "POST",
    to: "sessions and tokens",
    answer: shutDown,
  },
  { opens: at("/metrics"), to: "sessions and tokens", answer: answerMetrics },
  {
    opens: ({ url, request }) => url.pathname.startsWith(DOWNLOADS) && request.method === "GET",
    to: "sessions and tokens",
    answer: download,
  },
  { opens: at("/mcp"), to: "tokens", answer: mcp },
];

export function createHandle(options: DoorOptions): Handle {
  const { hosts, dev, pages } = options;
  return async (request, response) => {
    const nonce = randomBytes(16).toString("base64");
    const headers = securityHeaders({ nonce, host: request.headers.host ?? "", dev });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);

    const refusal = refusalOf({ method: request.method ?? "GET", headers: request.headers }, hosts);
    if (refusal) return sendProblem(response, problem(403, refusal));
    const knock = { request, response, url: new URL(request.url ?? "/", "http://localhost") };
    const door = DOORS.find(({ opens }) => opens(knock));
    if (door?.to === "everybody") return door.answer(options, knock);
    if (door) return enterBy(door, options, knock);

    if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES * 1.1) return sendProblem(response, tooLarge());
    if (!(await mayOpen(options, knock))) return sendToSignIn(response, knock.url);
    request.headers["content-security-policy"] = headers["content-security-policy"];
    await pages(request, response);
  };
}

/** Each page enters by itself; nobody gets so far as to see that there is one. An action's page says it in its own way. */
async function mayOpen(options: DoorOptions, knock: Knock): Promise<boolean> {
  const { request, url } = knock;
  if (url.pathname === "/signin") rememberWanted(options, knock);
  if (OPEN_PAGES.test(url.pathname) || request.method === "POST") return true;
  return (await options.auth.authenticate(request.headers.cookie)) !== null;
}

async function enterBy(door: Exclude<Door, { to: "everybody" }>, options: DoorOptions, knock: Knock): Promise<void> {
  const { auth, enter } = options;
  const { request, response } = knock;
  const needsToken = door.to === "tokens" && request.headers.authorization === undefined;
  const identity = needsToken ? "nobody" : await auth.identify(request);
  if (identity === "unheard") {
    response.setHeader("retry-after", "60");
    return sendProblem(response, problem(429, "Too many wrong tokens came from this address: wait for a minute."));
  }
  if (identity !== "nobody") {
    const body = await jsonBody(request);
    if (body instanceof Refused) return sendProblem(response, body.problem);
    // A body may take minutes to come: whoever was removed meanwhile is nobody.
    if (await auth.isStill(identity, request)) return door.answer(enter(identity), knock, body, options);
  }
  // Nothing is said to whoever is nobody, not even what there would be.
  response.writeHead(401, { "www-authenticate": 'Bearer realm="Banyan"', "cache-control": "no-store" }).end();
}

async function health(
  { trouble, terminal, version, commit }: Omit<DoorOptions, "enter" | "pages">,
  knock: Knock,
): Promise<void> {
  const sentence = trouble?.() ?? null;
  // Trees without commands go on: this is said, and is no failure of the server.
  const off = (await terminal?.()) ?? null;
  const body = { status: sentence ?? "ok", version, commit: commit ?? null, ...(off && { terminal: off }) };
  sendJson(knock.response, sentence ? 503 : 200, body);
}

async function shutDown(app: GuardedApplication, { response }: Knock): Promise<void> {
  try {
    sendJson(response, 202, await app.commands.shutDown(app.actor));
  } catch (error) {
    const known = problemOfError(error);
    if (!known) throw error;
    sendProblem(response, known);
  }
}

async function answerMetrics(app: GuardedApplication, { response }: Knock): Promise<void> {
  try {
    const text = await readMetrics(app);
    response.writeHead(200, { "content-type": METRICS_TYPE, "cache-control": "no-store" }).end(text);
  } catch (error) {
    const known = problemOfError(error);
    if (!known) throw error;
    sendProblem(response, known);
  }
}

/** A person comes back from where they signed in at a server of tools. Another site's page sends them here: the state proves that we asked. */
async function finishSignIn(app: GuardedApplication, { request, response, url }: Knock): Promise<void> {
  const { searchParams: given } = url;
  const [code, state, refused] = ["code", "state", "error"].map((name) => given.get(name) ?? "") as [
    string,
    string,
    string,
  ];
  try {
    await app.check("finishServerSignIn");
    if (refused) return sendText(response, 400, `The sign-in was not given: ${quoted(refused)}.`);
    if (!code || !state) return sendText(response, 400, "This address is opened by a server's sign-in page only.");
    const server = serverOfState(state);
    const done = await app.commands.finishServerSignIn(server, code, state, app.actor);
    // Whoever came from a page goes back to it.
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

async function answerApi(
  app: GuardedApplication,
  { request, response, url }: Knock,
  body: unknown,
  { once }: Pick<DoorOptions, "once">,
): Promise<void> {
  let path: string[];
  try {
    path = url.pathname
      .replace(/^\/api\/v1\/?/, "")
      .split("/")
      .filter(Boolean)
      .map(decodeURIComponent);
  } catch {
    return sendProblem(response, problem(400, "The address is not valid: a % in it begins no character of UTF-8."));
  }
  const method = request.method ?? "GET";
  const headers = { "if-match": request.headers["if-match"] };
  const key = request.headers["idempotency-key"];
  if (method !== "POST" || key === undefined) {
    const answer = await handleApi(app, { method, path, query: url.searchParams, body, headers });
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    return sendJson(response, answer.status, answer.body);
  }
  const keyed = { key: String(key), sender: app.actor.id, method, path: url.pathname + url.search, body };
  const answer = await once({ ...keyed, isSecret: tellsSecret(path) }, (id) =>
    handleApi(app, { method, path, query: url.searchParams, body, headers, once: id }),
  );
  if (answer.isRepeated) response.setHeader("idempotent-replayed", "true");
  sendJson(response, answer.status, answer.body);
}

async function mcp(app: GuardedApplication, { request, response }: Knock, body: unknown): Promise<void> {
  await answerMcp(app, request, response, body);
}

async function download(app: GuardedApplication, { response, url }: Knock): Promise<void> {
  await answerDownload(app, response, url);
}

class Refused {
  constructor(readonly problem: Problem) {}
}

/** undefined where none belongs, or none came. */
async function jsonBody(request: IncomingMessage): Promise<unknown> {
  if (request.method !== "POST" && request.method !== "PUT") return undefined;
  try {
    const text = await readBody(request);
    const beyond = beyondBounds(text);
    if (beyond !== null) return new Refused(problem(400, `The body is refused: ${beyond}.`));
    return text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    if (error instanceof BodyTooLarge) return new Refused(tooLarge());
    return new Refused(problem(400, "The body is not valid JSON."));
  }
}

function tooLarge(): Problem {
  return problem(413, "The request is larger than 1 MB. Put long material into a file of the workspace and name it.");
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

/** For people, and never anything but text. */
function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(`${text}\n`);
}

export function sendProblem(response: ServerResponse, body: Problem): void {
  sendJson(response, body.status, body);
}
