/**
 * Asks Google who a person is. The protocol (state, PKCE, nonce, the token's signature) is next-auth's, but its
 * sessions are never created: it only reports which address Google confirms, and we decide everything after that.
 */
import { createHash } from "node:crypto";
import { type Cookies, parseSetCookie } from "cookie";
import type { NextApiRequest, NextApiResponse } from "next";
import type { AuthOptions } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { returnPath } from "./return-path";
import type { GoogleSettings } from "./sign-in-settings";

export const GOOGLE_BEGIN_PATH = "/api/auth/signin/google";
export const GOOGLE_CALLBACK_PATH = "/api/auth/callback/google";

/** Claims of the signed token that we read. */
interface GoogleClaims {
  sub: string;
  email?: unknown;
  email_verified?: unknown;
  name?: unknown;
}

/** `again`: started in another browser, or too long ago. `cancelled`: the person cancelled. */
type GoogleProblem = "provider" | "again" | "cancelled";

interface GoogleAnswer {
  /** Values for `Set-Cookie`. */
  cookies: string[];
  /** Where the person wanted to go; always a page of this server. */
  returnTo: string;
}

export interface GoogleRequest {
  /** Our origin in the person's request. */
  origin: string;
  cookies: Cookies;
}

export interface GoogleSignIn {
  begin(
    request: GoogleRequest,
    returnTo: string,
  ): Promise<GoogleAnswer & ({ location: string } | { problem: "provider" })>;
  finish(
    request: GoogleRequest,
    query: Record<string, string>,
  ): Promise<GoogleAnswer & ({ claims: GoogleClaims } | { problem: GoogleProblem })>;
}

/** Long, because a slow provider still works and the person sees the browser load. */
const TIMEOUT_MS = 15_000;
/** next-auth's errors when a cookie of the sign-in is missing, expired or wrong. */
const NOT_BEGUN_HERE = /state|pkce|verifier|nonce|cookie|decrypt|jwe/i;

export function createGoogleSignIn(
  settings: GoogleSettings,
  report: (message: string, error?: unknown) => void,
): GoogleSignIn {
  return {
    async begin(request, returnTo) {
      const csrf = await ask(settings, report, request, { method: "GET", action: ["csrf"] });
      const { csrfToken } = csrf.body as { csrfToken: string };
      const cookies = { ...request.cookies, ...pairsOf(csrf.cookies) };
      const body = { csrfToken, callbackUrl: returnTo };
      const given = await ask(settings, report, { ...request, cookies }, { method: "POST", action: ["signin"], body });
      const { location, cookies: set } = given;
      const isThere = location !== null && !location.startsWith(`${request.origin}/`);
      return { cookies: set, returnTo, ...(isThere ? { location } : { problem: "provider" as const }) };
    },
    async finish(request, query) {
      const { claims, fault, cookies, returnTo } = await ask(settings, report, request, {
        method: "GET",
        action: ["callback"],
        query,
      });
      if (claims) return { cookies, returnTo, claims };
      const wasBegun = fault !== null && !NOT_BEGUN_HERE.test(fault);
      const problem = query.error === "access_denied" ? "cancelled" : wasBegun ? "provider" : "again";
      return { cookies, returnTo, problem };
    },
  };
}

interface Asked {
  method: "GET" | "POST";
  action: [string];
  query?: Record<string, string>;
  body?: Record<string, string>;
}

interface Recorded {
  location: string | null;
  cookies: string[];
  body: unknown;
  claims: GoogleClaims | null;
  /** Why there are no claims. */
  fault: string | null;
  returnTo: string;
}

async function ask(
  settings: GoogleSettings,
  report: (message: string, error?: unknown) => void,
  { origin, cookies }: GoogleRequest,
  { method, action, query = {}, body }: Asked,
): Promise<Recorded> {
  const recorded: Recorded = { location: null, cookies: [], body: null, claims: null, fault: null, returnTo: "/" };
  const { host, protocol } = new URL(origin);
  const options: AuthOptions = {
    // The same in every process and after a restart, so that a started sign-in can continue.
    secret: createHash("sha256").update(`banyan sign-in ${settings.clientSecret}`).digest("hex"),
    providers: [providerOf(settings)],
    useSecureCookies: protocol === "https:",
    callbacks: {
      signIn({ profile }) {
        recorded.claims = (profile ?? null) as GoogleClaims | null;
        // Returning a text ends the flow here, before next-auth creates its own session.
        return "/";
      },
      redirect({ url }) {
        recorded.returnTo = returnPath(url.startsWith(`${origin}/`) ? url.slice(origin.length) : url);
        return origin + recorded.returnTo;
      },
    },
    logger: {
      error(code, metadata) {
        const error = metadata instanceof Error ? metadata : metadata.error;
        const isFirst = recorded.fault === null;
        recorded.fault ??= `${code} ${error?.message ?? ""}`;
        // next-auth reports the same error again under another code, and a cancelled sign-in is no error.
        if (isFirst && query.error !== "access_denied") report(`Sign-in with Google: ${code}.`, error);
      },
      warn: () => {},
      debug: () => {},
    },
  };
  const request = {
    method,
    query: { ...query, nextauth: action[0] === "csrf" ? action : [...action, "google"] },
    cookies,
    body,
    // next-auth reads its own address from these headers; none of them comes from the browser.
    headers: { "x-forwarded-host": host, "x-forwarded-proto": protocol.slice(0, -1) },
  };
  const { default: imported } = await import("next-auth");
  const nextAuth = "default" in imported ? (imported.default as typeof imported) : imported;
  process.env.AUTH_TRUST_HOST ??= "true";
  await nextAuth(request as unknown as NextApiRequest, recorderOf(recorded) as unknown as NextApiResponse, options);
  return recorded;
}

function providerOf({ clientId, clientSecret, issuer }: GoogleSettings): OAuthConfig<GoogleClaims> {
  return {
    id: "google",
    name: "Google",
    type: "oauth",
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    authorization: { params: { scope: "openid email profile", prompt: "select_account" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    clientId,
    clientSecret,
    httpOptions: { timeout: TIMEOUT_MS },
    profile: ({ sub }) => ({ id: sub }),
  };
}

/** A response with only what next-auth uses. */
function recorderOf(recorded: Recorded) {
  const response = {
    status: () => response,
    getHeader: (name: string) => (name.toLowerCase() === "set-cookie" ? recorded.cookies : undefined),
    setHeader(name: string, value: string | string[]) {
      if (name.toLowerCase() === "set-cookie") recorded.cookies = [value].flat();
      if (name.toLowerCase() === "location") recorded.location = String(value);
      return response;
    },
    send(body: unknown) {
      recorded.body = body;
    },
    json(body: unknown) {
      recorded.body = body;
    },
    end() {},
  };
  return response;
}

function pairsOf(setCookies: string[]): Cookies {
  return Object.fromEntries(setCookies.map((line) => parseSetCookie(line)).map(({ name, value }) => [name, value]));
}
