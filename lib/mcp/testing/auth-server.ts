import { createHash, randomUUID } from "node:crypto";
import type http from "node:http";
import { answerMcp, type HttpFixture, sendJson, startHttp } from "./http-server";

export interface AuthFixture extends HttpFixture {
  /** The number of requests to each endpoint. */
  asked: Record<"register" | "authorize" | "code" | "refresh" | "refused", number>;
  /** Revokes all access tokens; refresh tokens stay valid. */
  expire(): void;
  /** Signs everybody out. */
  revoke(): void;
  /** The address of the sign-in page. */
  authorizePage: string;
  /** How long registering a client takes. */
  registerMs: number;
}

interface AuthContext {
  asked: AuthFixture["asked"];
  /** The redirect addresses of each client. */
  clients: Map<string, string[]>;
  codes: Map<string, { client: string; challenge: string; redirect: string }>;
  /** The valid access tokens and refresh tokens. */
  valid: Set<string>;
  refreshes: Set<string>;
  /** What tests can change in the fixture. */
  given: Pick<AuthFixture, "authorizePage" | "registerMs">;
}

/**
 * A real authorisation server with the MCP server that it protects: dynamic registration, PKCE, rotating refresh
 * tokens.
 */
export async function startAuthServer(): Promise<AuthFixture> {
  const context: AuthContext = {
    asked: { register: 0, authorize: 0, code: 0, refresh: 0, refused: 0 },
    clients: new Map(),
    codes: new Map(),
    valid: new Set(),
    refreshes: new Set(),
    given: { authorizePage: "", registerMs: 0 },
  };
  const fixture = await startHttp((request, body, response) => answer(context, request, body, response));
  const { asked, valid, refreshes, given } = context;
  return Object.assign(given, {
    ...fixture,
    asked,
    expire: () => valid.clear(),
    revoke() {
      valid.clear();
      refreshes.clear();
    },
  });
}

function answer(
  context: AuthContext,
  request: http.IncomingMessage,
  body: string,
  response: http.ServerResponse,
): unknown {
  const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
  const { origin } = url;
  switch (url.pathname) {
    case "/.well-known/oauth-protected-resource/mcp":
      return sendJson(response, 200, {
        resource: `${origin}/mcp`,
        authorization_servers: [origin],
        scopes_supported: ["mcp"],
      });
    case "/.well-known/oauth-authorization-server":
      return sendJson(response, 200, {
        issuer: origin,
        authorization_endpoint: context.given.authorizePage || `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        registration_endpoint: `${origin}/register`,
        response_types_supported: ["code"],
        authorization_response_iss_parameter_supported: true,
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
      });
    case "/register":
      return register(context, body, response);
    case "/authorize":
      return authorize(context, url, response);
    case "/token":
      return token(context, new URLSearchParams(body), response);
    case "/mcp":
      return guarded(context, request, body, response, origin);
    default:
      return sendJson(response, 404, {});
  }
}

function register({ asked, clients, given }: AuthContext, body: string, response: http.ServerResponse): void {
  asked.register += 1;
  const metadata = JSON.parse(body);
  const id = randomUUID();
  clients.set(id, metadata.redirect_uris);
  const answer = { ...metadata, client_id: id, client_id_issued_at: 1 };
  setTimeout(() => sendJson(response, 201, answer), given.registerMs);
}

/** The person agrees immediately. */
function authorize({ asked, clients, codes }: AuthContext, url: URL, response: http.ServerResponse): unknown {
  asked.authorize += 1;
  const get = (name: string) => url.searchParams.get(name) ?? "";
  const redirect = get("redirect_uri");
  if (!clients.get(get("client_id"))?.includes(redirect) || get("code_challenge_method") !== "S256")
    return sendJson(response, 400, {});
  const code = randomUUID();
  codes.set(code, { client: get("client_id"), challenge: get("code_challenge"), redirect });
  const back = new URL(redirect);
  back.searchParams.set("code", code);
  back.searchParams.set("state", get("state"));
  back.searchParams.set("iss", url.origin);
  response.writeHead(302, { location: back.href }).end();
}

function token(
  { asked, codes, valid, refreshes }: AuthContext,
  form: URLSearchParams,
  response: http.ServerResponse,
): unknown {
  const refused = () => sendJson(response, 400, { error: "invalid_grant", error_description: "no such grant" });
  if (form.get("grant_type") === "refresh_token") {
    asked.refresh += 1;
    if (!refreshes.delete(form.get("refresh_token") ?? "")) return refused();
  } else {
    asked.code += 1;
    const code = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (
      code?.challenge !== challenge ||
      code.client !== form.get("client_id") ||
      code.redirect !== form.get("redirect_uri")
    )
      return refused();
  }
  const [access, refresh] = [randomUUID(), randomUUID()];
  valid.add(access);
  refreshes.add(refresh);
  sendJson(response, 200, { access_token: access, token_type: "Bearer", expires_in: 3_600, refresh_token: refresh });
}

function guarded(
  { asked, valid }: AuthContext,
  request: http.IncomingMessage,
  body: string,
  response: http.ServerResponse,
  origin: string,
): unknown {
  const bearer = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
  if (!valid.has(bearer)) {
    asked.refused += 1;
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
    return sendJson(
      response,
      401,
      { error: "invalid_token" },
      { "www-authenticate": `Bearer resource_metadata="${metadata}"` },
    );
  }
  if (request.method !== "POST") return sendJson(response, 405, {});
  answerMcp(body, response, ["who"], ({ id }) =>
    sendJson(response, 200, { jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "signed in" }] } }),
  );
}
