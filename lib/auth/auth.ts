/**
 * Sessions for a server on loopback. A sign-in link carries a token that is valid once and for 15 minutes; opening it
 * makes a session, whose id stands in a cookie. Both are 256 random bits, stored as SHA-256, so that a look-up by hash
 * tells an attacker nothing through its timing. Sign-in with Google will be another way to `startSession`.
 */
import { createHash, randomBytes } from "node:crypto";
import type { SessionStore } from "./session-store";

export const LINK_VALID_MS = 15 * 60_000;
export const SESSION_VALID_MS = 30 * 24 * 3_600_000;

/** Who is signed in; recorded with everything they do. */
export interface Session {
  name: string;
}

export interface Auth {
  /** The name of the cookie, with the port in it: cookies of one host are shared by all its ports. */
  cookieName: string;
  /** Makes a token for one sign-in. */
  createLinkToken(): Promise<string>;
  /** Answers the new session's id, or null when the token is unknown, used or too old. */
  redeemLinkToken(token: string): Promise<string | null>;
  /** The session that belongs to a `Cookie` header, or null. */
  authenticate(cookieHeader: string | undefined | null): Promise<Session | null>;
  endSession(cookieHeader: string | undefined | null): Promise<void>;
  /** Value for `Set-Cookie`; an empty id removes the cookie. */
  setCookie(sessionId: string): string;
}

export interface AuthOptions {
  store: SessionStore;
  port: number;
  /** True when people reach the server over https only. */
  secure?: boolean;
  now?: () => number;
}

export function createAuth({ store, port, secure = false, now = Date.now }: AuthOptions): Auth {
  const cookieName = `banyan_session_${port}`;
  const sessionIdOf = (header: string | undefined | null) => readCookie(header, cookieName);

  return {
    cookieName,
    createLinkToken: () => createLinkToken(store, now),
    async redeemLinkToken(token) {
      if (!(await store.delete(hashOf("link", token)))) return null;
      const id = randomToken();
      await store.create(hashOf("session", id), now() + SESSION_VALID_MS);
      return id;
    },
    async authenticate(header) {
      const id = sessionIdOf(header);
      return id && (await store.has(hashOf("session", id))) ? { name: "you" } : null;
    },
    async endSession(header) {
      const id = sessionIdOf(header);
      if (id) await store.delete(hashOf("session", id));
    },
    setCookie(sessionId) {
      const maxAgeSeconds = sessionId ? Math.floor(SESSION_VALID_MS / 1000) : 0;
      const parts = [`${cookieName}=${sessionId}`, "Path=/", "HttpOnly", "SameSite=Lax", `Max-Age=${maxAgeSeconds}`];
      return secure ? [...parts, "Secure"].join("; ") : parts.join("; ");
    },
  };
}

/** Also for a command line that has the store but no server. */
export async function createLinkToken(store: SessionStore, now: () => number = Date.now): Promise<string> {
  const token = randomToken();
  await store.create(hashOf("link", token), now() + LINK_VALID_MS);
  return token;
}

/** The address a person opens; `baseUrl` without a slash at its end. */
export function signInLink(baseUrl: string, token: string): string {
  return `${baseUrl}/signin?token=${token}`;
}

function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

/** The purpose is part of the hash, so that a link's token can never serve as a session's id. */
function hashOf(purpose: "link" | "session", secret: string): string {
  return createHash("sha256").update(`${purpose}:${secret}`).digest("hex");
}

function readCookie(header: string | undefined | null, name: string): string | null {
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || null;
  }
  return null;
}
