/**
 * Identifies the sender of a request by a session, whose id is in a cookie, or by an API token. A sign-in link carries
 * a token that works once within 15 minutes; opening it creates a session of the machine's owner. Every secret is 256
 * random bits, stored as SHA-256, so that a lookup by hash reveals nothing through its timing.
 */
import { createHash, randomBytes } from "node:crypto";
import { parseCookie, stringifySetCookie } from "cookie";
import type { Actor } from "@/core/rules/roles";
import type { CredentialStore } from "./credentials";
import { createFailedTokens } from "./failed-tokens";
import { bearerOf, hashOfToken } from "./token";

export const LINK_VALID_MS = 15 * 60_000;
export const SESSION_VALID_MS = 30 * 24 * 3_600_000;

/** The parts of a request that identify its sender. */
interface Sender {
  headers: { cookie?: string; authorization?: string };
  socket: { remoteAddress?: string };
}

/** `nobody`: no session or token, or an expired one. `unheard`: the address sent too many wrong tokens. */
type Identity = Actor | "nobody" | "unheard";

export interface Auth {
  /** The name of the cookie. It contains the port, because all ports of a host share its cookies. */
  cookieName: string;
  /** Creates a token for one sign-in. */
  createLinkToken(): Promise<string>;
  /** Returns the new session's id, or null when the token is unknown, used, replaced by a newer one, or expired. */
  redeemLinkToken(token: string, sender?: Sender): Promise<string | "unheard" | null>;
  /**
   * Starts a new session of a user. The session in the browser's `cookieHeader` ends, so that its id is never reused.
   */
  startSession(userId: string | null, cookieHeader: string | undefined): Promise<string>;
  /** Returns the actor of the session in a `Cookie` header. */
  authenticate(cookieHeader: string | undefined | null): Promise<Actor | null>;
  /** Identifies a request by its token, if it has one, else by its session. */
  identify(sender: Sender): Promise<Identity>;
  /** Whether an identified actor still exists with the same role. */
  isStill(actor: Actor, sender: Sender): Promise<boolean>;
  /** Calls `listener` when an actor may have lost access. Returns the unsubscriber. */
  onChange(listener: () => void): () => void;
  endSession(cookieHeader: string | undefined | null): Promise<void>;
  /** Returns the value for `Set-Cookie`; an empty id removes the cookie. `secure`: send it over https only. */
  setCookie(sessionId: string, secure?: boolean): string;
}

export interface AuthOptions {
  store: CredentialStore;
  port: number;
  now?: () => number;
}

export function createAuth({ store, port, now = Date.now }: AuthOptions): Auth {
  const cookieName = sessionCookie(port);
  const failed = createFailedTokens(now);
  // Counted separately, because wrong links of one program say nothing about the tokens of another.
  const failedLinks = createFailedTokens(now);
  const sessionIdOf = (header: string | undefined | null) => parseCookie(header ?? "")[cookieName] || null;

  const auth: Auth = {
    cookieName,
    createLinkToken: () => createLinkToken(store, now),
    async redeemLinkToken(token, sender) {
      if (await store.delete(hashOf("link", token))) return auth.startSession(null, sender?.headers.cookie);
      return failedLinks.isTooMany(sender?.socket.remoteAddress ?? "") ? "unheard" : null;
    },
    async startSession(userId, cookieHeader) {
      await auth.endSession(cookieHeader);
      const { id, hash } = newSession();
      await store.create(hash, now() + SESSION_VALID_MS, userId);
      return id;
    },
    async authenticate(header) {
      const id = sessionIdOf(header);
      return id ? store.ofSession(hashOf("session", id)) : null;
    },
    async identify({ headers, socket }) {
      // A wrong token is refused even if the cookie is valid, because the sender chose the token.
      if (headers.authorization === undefined) return (await auth.authenticate(headers.cookie)) ?? "nobody";
      const actor = await store.ofToken(hashOfToken(bearerOf(headers.authorization)));
      if (actor) return actor;
      return failed.isTooMany(socket.remoteAddress ?? "") ? "unheard" : "nobody";
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

/** Creates a token for one sign-in, which ends the one before it; also for a command line without a server. */
export async function createLinkToken(store: CredentialStore, now: () => number = Date.now): Promise<string> {
  const token = randomToken();
  await store.createLink(hashOf("link", token), now() + LINK_VALID_MS);
  return token;
}

/** Returns the address for a person to open; `baseUrl` has no trailing slash. */
export function signInLink(baseUrl: string, token: string): string {
  return `${baseUrl}/signin?token=${token}`;
}

/** Returns the name of the cookie with a session's id, for a server on this port. */
export function sessionCookie(port: number): string {
  return `banyan_session_${port}`;
}

/** Returns a new session's id, and the hash that is stored of it. */
export function newSession(): { id: string; hash: string } {
  const id = randomToken();
  return { id, hash: hashOf("session", id) };
}

function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

/** The purpose is part of the hash, so that a link's token never works as a session's id. */
function hashOf(purpose: "link" | "session", secret: string): string {
  return createHash("sha256").update(`${purpose}:${secret}`).digest("hex");
}
