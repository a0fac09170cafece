/**
 * Who sends a request: a session, whose id stands in a cookie, or an API token. A sign-in link carries a token that is
 * valid once and for 15 minutes; opening it makes a session of whoever has the machine. Every secret is 256 random bits,
 * stored as SHA-256, so that a look-up by hash tells an attacker nothing through its timing.
 */
import { createHash, randomBytes } from "node:crypto";
import { parseCookie, stringifySetCookie } from "cookie";
import type { Actor } from "@/core/rules/roles";
import type { CredentialStore } from "./credentials";
import { createFailedTokens } from "./failed-tokens";
import { bearerOf, hashOfToken } from "./token";

export const LINK_VALID_MS = 15 * 60_000;
export const SESSION_VALID_MS = 30 * 24 * 3_600_000;

/** What of a request says who sends it. */
export interface Sender {
  headers: { cookie?: string; authorization?: string };
  socket: { remoteAddress?: string };
}

/** `nobody`: no session and no token, or one that is over. `unheard`: too many wrong tokens came from there. */
export type Identity = Actor | "nobody" | "unheard";

export interface Auth {
  /** The name of the cookie, with the port in it: cookies of one host are shared by all its ports. */
  cookieName: string;
  /** Makes a token for one sign-in. */
  createLinkToken(): Promise<string>;
  /** Answers the new session's id, or null when the token is unknown, used or too old. */
  redeemLinkToken(token: string, cookieHeader?: string): Promise<string | null>;
  /** A new session of a user; `cookieHeader` is what the browser came with: the session in it ends, its id is never used on. */
  startSession(userId: string | null, cookieHeader: string | undefined): Promise<string>;
  /** Who has the session that belongs to a `Cookie` header. */
  authenticate(cookieHeader: string | undefined | null): Promise<Actor | null>;
  /** Of a request: its token, when it names one, else its session. */
  identify(sender: Sender): Promise<Identity>;
  /** Whether who was identified is still the same, with the same role. */
  isStill(actor: Actor, sender: Sender): Promise<boolean>;
  /** Somebody may have become nobody. Returns the unsubscriber. */
  onChange(listener: () => void): () => void;
  endSession(cookieHeader: string | undefined | null): Promise<void>;
  /** Value for `Set-Cookie`; an empty id removes the cookie. `secure`: it is sent over https only. */
  setCookie(sessionId: string, secure?: boolean): string;
}

export interface AuthOptions {
  store: CredentialStore;
  port: number;
  now?: () => number;
}

export function createAuth({ store, port, now = Date.now }: AuthOptions): Auth {
  const cookieName = `banyan_session_${port}`;
  const failed = createFailedTokens(now);
  const sessionIdOf = (header: string | undefined | null) => parseCookie(header ?? "")[cookieName] || null;

  const auth: Auth = {
    cookieName,
    createLinkToken: () => createLinkToken(store, now),
    async redeemLinkToken(token, cookieHeader) {
      if (!(await store.delete(hashOf("link", token)))) return null;
      return auth.startSession(null, cookieHeader);
    },
    async startSession(userId, cookieHeader) {
      await auth.endSession(cookieHeader);
      const id = randomToken();
      await store.create(hashOf("session", id), now() + SESSION_VALID_MS, userId);
      return id;
    },
    async authenticate(header) {
      const id = sessionIdOf(header);
      return id ? store.ofSession(hashOf("session", id)) : null;
    },
    async identify({ headers, socket }) {
      // Whoever names a token means it: a wrong one is never made good by a cookie.
      if (headers.authorization === undefined) return (await auth.authenticate(headers.cookie)) ?? "nobody";
      const hash = hashOfToken(bearerOf(headers.authorization));
      const address = socket.remoteAddress ?? "";
      if (!failed.mayTry(address, hash)) return "unheard";
      const actor = await store.ofToken(hash);
      failed.note(address, hash, actor !== null);
      return actor ?? "nobody";
    },
    async isStill(actor, { headers }) {
      const { authorization, cookie } = headers;
      const hash = authorization === undefined ? null : hashOfToken(bearerOf(authorization));
      const now = hash === null ? await auth.authenticate(cookie) : await store.ofToken(hash);
      return now !== null && now.id === actor.id && now.role === actor.role && now.task === actor.task;
    },
    onChange: (listener) => store.onChange(listener),
    async endSession(header) {
      const id = sessionIdOf(header);
      if (id) await store.delete(hashOf("session", id));
    },
    setCookie(sessionId, secure = false) {
      const maxAge = sessionId ? Math.floor(SESSION_VALID_MS / 1000) : 0;
      return stringifySetCookie(cookieName, sessionId, { path: "/", httpOnly: true, sameSite: "lax", maxAge, secure });
    },
  };
  return auth;
}

/** Also for a command line that has the store but no server. */
export async function createLinkToken(store: CredentialStore, now: () => number = Date.now): Promise<string> {
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
