/**
 * The door to environments. Each has a host name of its own, below `localhost` or the domain of the settings, so that its
 * pages are another site than Banyan's: they see no cookie of Banyan's, and can act neither as Banyan nor as another
 * environment. Whoever comes without a pass is led through Banyan's sign-in.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { parseCookie, stringifySetCookie } from "cookie";
import { createProxyServer } from "httpxy";
import type { Actor } from "@/core/rules/roles";
import type { Auth } from "@/lib/auth/auth";
import { refusalOf } from "@/lib/auth/origin";
import { returnPath } from "@/lib/auth/return-path";
import { type Problem, problem } from "@/lib/http/problem";
import { endWithAccess } from "../answers/lost-access";
import { cleanAnswer, cleanRequest } from "./headers";
import { type ShownEnvironment, sendPage, sendState } from "./page";
import { createPasses, PASS_MS } from "./passes";
import { createUses } from "./uses";

/** Paths of Banyan's at an environment's host. */
const ENTER = "/.banyan/enter";
/** Paths of Banyan's own host that lead to an environment. */
const OPEN = /^\/environments\/([a-z0-9-]{1,63})\/open$/;
const OF_SERVICE = { ofService: true };
const ANSWER_MS = 120_000;
const MOST_SWITCH_MS = 30_000;

export interface EnvironmentDoorOptions {
  auth: Auth;
  environments: {
    /** `socket`: where this machine reaches it while it runs. */
    get(uid: string): (ShownEnvironment & { socket: string | null }) | null;
    use(uid: string): Promise<void>;
    /** Whether everything is paused: none runs then. */
    isPaused(): boolean;
  };
  /** The public address of Banyan; null: people use it on this machine only. */
  publicUrl: string | null;
  /** Below which environments have their names, beside `localhost`; null: only below that. */
  domain: string | null;
  /** The address of this server on this machine, with its port. */
  url: string;
  /** Sends a refusal to a program. */
  refuse(response: ServerResponse, why: Problem): void;
  now?(): number;
}

export interface EnvironmentDoor {
  /** Returns the environment whose host the request names; null: another host. */
  of(request: IncomingMessage): string | null;
  answer(environment: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade(environment: string, request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void>;
  /** Returns the environment that a path of Banyan's own host opens, or null. */
  opens(url: URL): string | null;
  /** Leads somebody who is signed in to the environment. */
  open(environment: string, actor: Actor, request: IncomingMessage, response: ServerResponse, url: URL): void;
}

export function createEnvironmentDoor(options: EnvironmentDoorOptions): EnvironmentDoor {
  const { auth, environments, publicUrl, domain, url: own, refuse, now = Date.now } = options;
  const passes = createPasses(auth, now);
  const proxy = createProxy(refuse);
  const { port } = new URL(own);
  const cookieName = `banyan_environment_${port}`;
  const uses = createUses((uid) => environments.use(uid), now);
  const home = publicUrl ?? own;

  const passOf = ({ headers }: IncomingMessage) => parseCookie(headers.cookie ?? "")[cookieName] ?? "";
  /** Returns the environment when the sender may reach it, else what keeps them out. */
  const admitted = async (uid: string, secret: string, request: IncomingMessage) => {
    const host = request.headers.host ?? "";
    const name = URL.parse(`http://${host}`)?.hostname ?? "";
    const refusal =
      refusalOf({ method: request.method ?? "GET", headers: request.headers }, [name]) ?? foreign(request);
    if (refusal !== null) return { refusal } as const;
    if (secret === "" || !(await passes.isFor(uid, secret, request))) return "stranger" as const;
    return environments.get(uid);
  };

  return {
    of: (request) => labelIn(request.headers.host, domain),
    opens: ({ pathname }) => OPEN.exec(pathname)?.[1] ?? null,
    open(uid, actor, request, response, url) {
      const to = returnPath(url.searchParams.get("to"), OF_SERVICE);
      if (!isPageOrProgram(request))
        return refuse(response, problem("forbidden", "Open an environment with a link: other pages cannot load it."));
      if (environments.get(uid) === null)
        return sendPage(response, 404, { title: "This environment has ended", text: GONE, home: `${home}/projects` });
      if (domain === null && isPublic(publicUrl, request))
        return sendPage(response, 501, { title: "Environments have no address here", text: NO_DOMAIN, home });
      const ticket = passes.ticket(uid, actor, request);
      redirect(response, `${addressOf(uid, request, options)}${ENTER}?${new URLSearchParams({ ticket, to })}`);
    },
    async answer(uid, request, response) {
      const url = URL.parse(request.url ?? "", "http://here.invalid");
      if (url?.pathname === ENTER) return enter(uid, url, response);
      const secret = passOf(request);
      const found = await admitted(uid, secret, request);
      if (found === "stranger") return sendToBanyan(uid, request, response);
      if (found === null)
        return sendPage(response, 404, { title: "This environment has ended", text: GONE, home: `${home}/projects` });
      if ("refusal" in found) return refuse(response, problem("forbidden", found.refusal));
      await uses.visit(uid);
      const { socket, state } = environments.get(uid) ?? found;
      if (socket === null || state !== "running")
        return sendState(response, { ...found, state, isPaused: environments.isPaused() }, home);
      // Its end has been told already, and would give no place back.
      if (response.destroyed) return;
      const full = uses.begin(uid);
      if (full !== null) return refuse(response, problem("unavailable", `${full} go on: wait a moment.`));
      response.once("close", () => uses.end(uid));
      endWithAccess(auth, () => passes.isFor(uid, secret, request), response);
      pass(request, isSecure(options, request));
      await proxy.web(request, response, { target: targetOf(socket) });
    },
    async upgrade(uid, request, connection, head) {
      const secret = passOf(request);
      const found = await admitted(uid, secret, request);
      const isReached = found !== null && typeof found === "object" && !("refusal" in found) && found.socket !== null;
      if (!isReached || connection.destroyed || uses.begin(uid) !== null) return void connection.destroy();
      connection.once("close", () => uses.end(uid));
      endWithAccess(auth, () => passes.isFor(uid, secret, request), connection);
      await uses.visit(uid);
      pass(request, isSecure(options, request));
      await proxy
        .ws(request, connection as Socket, { target: targetOf(found.socket ?? "") }, head)
        .catch(() => undefined);
    },
  };

  function enter(uid: string, { searchParams: given }: URL, response: ServerResponse): void {
    const issued = passes.redeem(uid, given.get("ticket") ?? "");
    const to = returnPath(given.get("to"), OF_SERVICE);
    if (issued === null) {
      redirect(response, `${home}/environments/${uid}/open?${new URLSearchParams({ to })}`);
      return;
    }
    const cookie = stringifySetCookie(cookieName, issued, {
      path: "/",
      httpOnly: true,
      sameSite: "lax",
      maxAge: PASS_MS / 1_000,
      secure: publicUrl?.startsWith("https:") === true && domain !== null,
    });
    response.setHeader("set-cookie", cookie);
    redirect(response, to);
  }

  /** A person is led through the sign-in and back; a program is told. */
  function sendToBanyan(uid: string, request: IncomingMessage, response: ServerResponse): void {
    const open = `${home}/environments/${uid}/open`;
    if (isPage(request))
      redirect(response, `${open}?${new URLSearchParams({ to: returnPath(request.url, OF_SERVICE) })}`);
    else refuse(response, problem("unauthorized", `Sign in to Banyan first: open ${open}.`));
  }
}

const NO_DOMAIN =
  "Other machines than Banyan's own reach environments below a domain of their own: set BANYAN_ENVIRONMENTS_DOMAIN. The settings say how.";
const GONE = "Its files and its data were removed. The project can make a new one.";

function createProxy(refuse: EnvironmentDoorOptions["refuse"]) {
  const proxy = createProxyServer({ agent: false, proxyTimeout: ANSWER_MS, upgradeTimeout: MOST_SWITCH_MS });
  proxy.on("proxyRes", ({ headers }) => cleanAnswer(headers));
  proxy.on("proxyReqWs", (request) => {
    for (const kind of ["upgrade", "response"])
      request.prependListener(kind, ({ headers }: IncomingMessage) => cleanAnswer(headers));
  });
  proxy.on("error", (_error, _request, response) => {
    if (response === undefined || !("writeHead" in response)) return void response?.destroy();
    if (response.headersSent) return void response.destroy();
    refuse(response, problem("bad-gateway", "The service of this environment did not answer. Its log may say why."));
  });
  return proxy;
}

function pass(request: IncomingMessage, https: boolean): void {
  cleanRequest(request.headers, { https, address: request.socket.remoteAddress ?? "" });
}

function targetOf(socketPath: string) {
  return { socketPath, protocol: "http:", host: "localhost" };
}

/** A page of another site may link to an environment, but load nothing from it. */
function foreign({ headers }: IncomingMessage): string | null {
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  return isOwn || headers["sec-fetch-mode"] === "navigate"
    ? null
    : "The request comes from a page of another site, so nothing was done.";
}

function isPage({ method, headers }: IncomingMessage): boolean {
  const mode = headers["sec-fetch-mode"];
  return (
    method === "GET" && (mode === "navigate" || (mode === undefined && headers.accept?.includes("text/html") === true))
  );
}

/** Programs send no such header. */
function isPageOrProgram({ headers }: IncomingMessage): boolean {
  const mode = headers["sec-fetch-mode"];
  return mode === undefined || (mode === "navigate" && (headers["sec-fetch-dest"] ?? "document") === "document");
}

function labelIn(host: string | undefined, domain: string | null): string | null {
  const [name = ""] = (host ?? "").toLowerCase().split(":");
  for (const below of domain === null ? ["localhost"] : ["localhost", domain])
    if (name.endsWith(`.${below}`)) return name.slice(0, -below.length - 1);
  return null;
}

/** Returns the origin of an environment: that of the settings for people who use the public address. */
function addressOf(
  uid: string,
  { headers }: IncomingMessage,
  { publicUrl, domain, url }: EnvironmentDoorOptions,
): string {
  if (!isPublic(publicUrl, { headers }) || domain === null || publicUrl === null)
    return `http://${uid}.localhost:${new URL(url).port}`;
  const { protocol, port } = new URL(publicUrl);
  return `${protocol}//${uid}.${domain}${port === "" ? "" : `:${port}`}`;
}

function isPublic(publicUrl: string | null, { headers }: Pick<IncomingMessage, "headers">): boolean {
  return publicUrl !== null && new URL(publicUrl).host === headers.host;
}

function isSecure({ publicUrl, domain }: EnvironmentDoorOptions, { headers }: IncomingMessage): boolean {
  const name = (headers.host ?? "").split(":")[0] ?? "";
  return publicUrl?.startsWith("https:") === true && domain !== null && name.endsWith(`.${domain}`);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, "cache-control": "no-store", "referrer-policy": "no-referrer" }).end();
}
