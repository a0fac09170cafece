/** Serves a forge's stand-in over HTTP, and validates the traffic by the forge's own description. */
import http, { type IncomingHttpHeaders } from "node:http";
import type { Description } from "./description";
import type { Answered, ForgeState } from "./forge-state";

/** What a test does with a stand-in, whichever forge it is. */
export interface ForgeServer extends ForgeState {
  /** Requests that it got: method and path. */
  requests: string[];
  /** What the forge would refuse or ignore, by its own description. */
  complaints: string[];
  /** Called with each request before it is answered; what it returns is the answer. */
  before: ((route: string) => Answered | null) | null;
  /** The same after a request has had its effect. */
  after: ((route: string) => Answered | null) | null;
  /** The route that opens a pull request. */
  openPullRoute: string;
  /** What it answers when it accepts no more requests until this second. */
  limitedUntil(second: number): Answered;
  /** What it answers when the token has too few rights. */
  tooFewRights: Answered;
  /** The headers of a webhook's delivery that is signed with this secret. */
  signed(body: string, secret: string): Record<string, string>;
  close(): Promise<void>;
}

export interface Asked {
  route: string;
  parameters: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

type OfKind = Pick<ForgeServer, "openPullRoute" | "limitedUntil" | "tooFewRights" | "signed">;

interface ServeOptions extends OfKind {
  description: Description;
  /** What the paths of the API begin with. */
  apiPath: string;
  isAuthorized(headers: IncomingHttpHeaders): boolean;
  unauthorized: Answered;
  missing: Answered;
  answer(asked: Asked): Answered;
}

export async function serveForge(state: ForgeState, options: ServeOptions): Promise<ForgeServer> {
  const { description, apiPath, isAuthorized, unauthorized, missing, answer, ...ofKind } = options;
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", "http://localhost");
    const { method = "" } = request;
    const path = url.pathname.replace(apiPath, "");
    forge.requests.push(`${method} ${path}`);
    const send = ({ status, data, headers = {} }: Answered) => {
      const isText = headers["content-type"]?.startsWith("text/") ?? false;
      response
        .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
        .end(status === 304 ? undefined : isText ? String(data) : JSON.stringify(data));
    };
    const found = description.find(method, path);
    if (!found) {
      forge.complaints.push(`There is no ${method} ${path}.`);
      return send(missing);
    }
    const body = text === "" ? null : (JSON.parse(text) as Record<string, unknown>);
    forge.complaints.push(...description.faultsOfRequest(found, url.searchParams, body));
    if (!request.headers["user-agent"]) forge.complaints.push("no user agent");
    if (!isAuthorized(request.headers)) return send(unauthorized);
    const instead = forge.before?.(found.route);
    if (instead) return send(instead);
    try {
      const { route, parameters } = found;
      const answered = answer({ route, parameters, query: url.searchParams, body: body ?? {} });
      const isFine = answered.status < 300;
      const data = isFine ? description.answer(found, answered.status, answered.data) : answered.data;
      const lost = forge.after?.(route);
      if (lost) return send(lost);
      const shown = JSON.stringify(data);
      const etag = `"${Buffer.from(shown).toString("base64url").slice(-40)}-${shown.length}"`;
      if (isFine && request.headers["if-none-match"] === etag) return send({ status: 304, data: null });
      send({ ...answered, data, headers: { etag, ...answered.headers } });
    } catch (error) {
      forge.complaints.push(String(error));
      send({ status: 500, data: { message: String(error) } });
    }
  });
  // On a busy machine a client that reads long answers in this process comes back late.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  // The state's methods work with the state itself, so the server is that same object.
  const forge: ForgeServer = Object.assign(state, {
    ...ofKind,
    apiUrl: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}${apiPath}`,
    requests: [],
    complaints: [],
    before: null,
    after: null,
    async close() {
      await state.git.close();
      await new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    },
  });
  return forge;
}
