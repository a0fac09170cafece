import { randomBytes, timingSafeEqual } from "node:crypto";
import type {
  FetchLike,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { auth, extractWWWAuthenticateParams, RegistrationRejectedError } from "@modelcontextprotocol/client";
import { McpFailure, reasonOf } from "@/lib/mcp/config/errors";
import type { SignInAnswer } from "@/lib/mcp/config/oauth-callback";
import type { HttpServer } from "@/lib/mcp/config/types";

/** The stored sign-in of one server; all of it is secret. */
export interface OAuthRecord {
  /** Tokens and registered clients name the authorisation server that gave them, and are used there only. */
  tokens?: StoredOAuthTokens;
  client?: StoredOAuthClientInformation;
  /** The authorisation server at which the client of the configuration was first used; it is used there only. */
  issuer?: string;
  /** The verifier of a sign-in that a person has started and not finished. */
  codeVerifier?: string;
  state?: string;
  /** The page of that sign-in, and when it was opened (epoch ms). */
  page?: string;
  pageAtMs?: number;
  discovery?: OAuthDiscoveryState;
}

/** Returns the server name in a state. It is a claim that only `finish` verifies. */
export function serverOfState(state: string): string {
  return state.split(".", 1)[0] ?? "";
}

/**
 * Stores sign-ins by the server's name and address, so that a configuration with another address never gets a token.
 */
export interface OAuthStore {
  read(key: string): Promise<OAuthRecord | undefined>;
  write(key: string, record: OAuthRecord): Promise<void>;
}

export interface OAuthOptions {
  store: OAuthStore;
  /** Our page to which the authorisation server sends the person back, with `code` and `state`. */
  redirectUrl: string;
  /** Called when a person has to open this http or https address and sign in. */
  needsPerson(server: string, authorizationUrl: string): void;
}

/** How long an open sign-in page is reused. */
const SIGN_IN_MS = 10 * 60_000;

export interface ServerAuth {
  /** Adds the token to requests, refreshes it once after a 401, and asks a person to sign in when that fails. */
  fetchWith(fetch: FetchLike): FetchLike;
  /** Exchanges the code from the callback. Rejects with one sentence. */
  finish(answer: SignInAnswer, fetch: FetchLike): Promise<void>;
}

interface AuthContext {
  server: HttpServer;
  url: URL;
  options: OAuthOptions;
  clientSecret: string | undefined;
  /** The key under which the sign-in is stored. */
  key: string;
  refreshing: Promise<void> | undefined;
  writing: Promise<void>;
  /** The tokens that the SDK was given last. */
  given: StoredOAuthTokens | undefined;
}

export function serverAuth(
  server: HttpServer,
  url: URL,
  clientSecret: string | undefined,
  options: OAuthOptions,
): ServerAuth {
  const key = `${server.name} ${url.origin}${url.pathname}`;
  const context: AuthContext = {
    server,
    url,
    options,
    clientSecret,
    key,
    refreshing: undefined,
    writing: Promise.resolve(),
    given: undefined,
  };
  const provider = oauthProvider(context);
  return {
    fetchWith: (fetch) => (input, init) => fetchSignedIn(context, provider, fetch, input, init),
    finish: (answer, fetch) => finish(context, provider, answer, fetch),
  };
}

async function read({ options, key }: AuthContext): Promise<OAuthRecord> {
  return (await options.store.read(key)) ?? {};
}

/** Applies changes one after the other, so that each reads what the previous change has written. */
function change(context: AuthContext, edit: (record: OAuthRecord) => OAuthRecord): Promise<void> {
  const { options, key } = context;
  const next = context.writing.then(async () => options.store.write(key, edit(await read(context))));
  context.writing = next.catch(() => undefined);
  return next;
}

async function fetchSignedIn(
  context: AuthContext,
  provider: OAuthClientProvider,
  fetch: FetchLike,
  input: string | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  // A token is sent to its own server only.
  if (new URL(input).origin !== context.url.origin) return fetch(input, init);
  const used = (await read(context)).tokens?.access_token;
  const response = await fetch(input, withToken(init, used));
  if (response.status !== 401) return response;
  await response.body?.cancel();
  await renew(context, provider, used, response, fetch);
  const again = await fetch(input, withToken(init, (await read(context)).tokens?.access_token));
  if (again.status !== 401) return again;
  await again.body?.cancel();
  throw new McpFailure(
    "needs_person",
    `The server ${context.server.name} refuses the sign-in that it accepted a moment ago; sign in again or ask its operator.`,
  );
}

/** Parallel requests with a 401 share one refresh, because many servers accept a refresh token only once. */
function renew(
  context: AuthContext,
  provider: OAuthClientProvider,
  used: string | undefined,
  response: Response,
  fetch: FetchLike,
): Promise<void> {
  context.refreshing ??= refresh(context, provider, used, response, fetch)
    .catch(async (error: unknown) => {
      if (error instanceof McpFailure) throw error;
      throw new McpFailure("unavailable", await noSignInSentence(context, error));
    })
    .finally(() => {
      context.refreshing = undefined;
    });
  return context.refreshing;
}

async function refresh(
  context: AuthContext,
  provider: OAuthClientProvider,
  used: string | undefined,
  response: Response,
  fetch: FetchLike,
): Promise<void> {
  const { server, url, options } = context;
  const { tokens, page, pageAtMs = 0 } = await read(context);
  if (tokens && tokens.access_token !== used) return;
  if (page && Date.now() - pageAtMs < SIGN_IN_MS) {
    // A person may be signing in at that page; a new page would make it useless.
    options.needsPerson(server.name, page);
    throw new McpFailure("needs_person", signInSentence(server.name));
  }
  // The server's authorisation server may have changed since the last sign-in.
  await change(context, ({ discovery: _old, ...rest }) => rest);
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  const result = await auth(provider, {
    serverUrl: url,
    fetchFn: fetch,
    ...(resourceMetadataUrl && { resourceMetadataUrl }),
    ...(scope && { scope }),
  });
  if (result !== "AUTHORIZED") throw new McpFailure("needs_person", signInSentence(server.name));
}

async function finish(
  context: AuthContext,
  provider: OAuthClientProvider,
  { code, state, issuer: iss }: SignInAnswer,
  fetch: FetchLike,
): Promise<void> {
  const { server, url } = context;
  const expected = (await read(context)).state;
  if (!expected || !isSame(expected, state))
    throw new Error(`This sign-in at ${server.name} was not requested, or was already used; start it again.`);
  await change(context, ({ state: _state, page: _page, pageAtMs: _at, ...rest }) => rest);
  try {
    await auth(provider, { serverUrl: url, authorizationCode: code, fetchFn: fetch, ...(iss && { iss }) });
  } catch (error) {
    throw new Error(`The sign-in at ${server.name} failed: ${reasonOf(error)}.`);
  }
}

async function noSignInSentence(context: AuthContext, error: unknown): Promise<string> {
  const { name } = context.server;
  // Where no authorisation server is described, the SDK tries the usual addresses at the server itself.
  const isDescribed = (await read(context)).discovery?.authorizationServerMetadata !== undefined;
  if (!isDescribed && error instanceof RegistrationRejectedError)
    return `The server ${name} answers HTTP 401 and offers no sign-in: put its key into the headers of its entry, or correct the key there.`;
  return `The server ${name} requires a sign-in, which failed: ${reasonOf(error)}.`;
}

function signInSentence(name: string): string {
  return `The server ${name} requires a sign-in: run “banyan tools signin ${name}”.`;
}

function oauthProvider(context: AuthContext): OAuthClientProvider {
  const { server, clientSecret, options } = context;
  const { clientId, scope } = server.oauth ?? {};
  const given = clientId && { client_id: clientId, ...(clientSecret && { client_secret: clientSecret }) };
  return {
    redirectUrl: options.redirectUrl,
    clientMetadata: {
      client_name: "Banyan",
      redirect_uris: [options.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      ...(scope && { scope }),
    },
    async state() {
      // All servers send people back to one page, so the state names the server.
      const state = `${server.name}.${randomBytes(24).toString("base64url")}`;
      await change(context, (record) => ({ ...record, state }));
      return state;
    },
    async clientInformation(at) {
      const { client, issuer = at?.issuer } = await read(context);
      if (client || !given) return client;
      if (issuer) await change(context, (record) => ({ ...record, issuer }));
      return { ...given, ...(issuer && { issuer }) };
    },
    saveClientInformation: (client) => change(context, (record) => ({ ...record, client })),
    async tokens() {
      context.given = (await read(context)).tokens;
      return context.given;
    },
    saveTokens: (tokens) => change(context, ({ codeVerifier: _used, ...record }) => ({ ...record, tokens })),
    async redirectToAuthorization(url) {
      if (url.protocol !== "https:" && url.protocol !== "http:")
        throw new Error(`its sign-in page has a ${url.protocol} address, not http or https`);
      await change(context, (record) => ({ ...record, page: url.href, pageAtMs: Date.now() }));
      options.needsPerson(server.name, url.href);
    },
    saveCodeVerifier: (codeVerifier) => change(context, (record) => ({ ...record, codeVerifier })),
    async codeVerifier() {
      const { codeVerifier } = await read(context);
      if (codeVerifier === undefined) throw new Error("the sign-in was not started here");
      return codeVerifier;
    },
    invalidateCredentials: (scope) =>
      change(context, (record) => {
        // Another process has renewed them meanwhile, and its tokens are good.
        const areNew = record.tokens?.access_token !== context.given?.access_token;
        return scope === "tokens" && areNew ? record : without(record, scope);
      }),
    saveDiscoveryState: (discovery) => change(context, (record) => ({ ...record, discovery })),
    discoveryState: async () => (await read(context)).discovery,
  };
}

function without(record: OAuthRecord, scope: "all" | "client" | "tokens" | "verifier" | "discovery"): OAuthRecord {
  if (scope === "all") return {};
  const kept = { ...record };
  if (scope === "verifier") delete kept.codeVerifier;
  else delete kept[scope];
  return kept;
}

function withToken(init: RequestInit | undefined, token: string | undefined): RequestInit {
  if (token === undefined) return init ?? {};
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${token}`);
  return { ...init, headers };
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
