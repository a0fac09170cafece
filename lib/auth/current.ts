/**
 * The `Auth` of this process. It is on `globalThis`, because Next.js loads its own copy of every module, while the
 * server around it creates the sessions.
 */
import type { Auth } from "./auth";

const KEY = Symbol.for("banyan.auth");
const store = globalThis as { [KEY]?: Auth };

export function setAuth(auth: Auth): void {
  store[KEY] = auth;
}

export function currentAuth(): Auth {
  const found = store[KEY];
  if (!found) throw new Error("Sign-in is not set up: pages work only under Banyan's own server.");
  return found;
}

/** The ways to sign in, for the sign-in page. */
export interface SignInWays {
  google: boolean;
  /** The cookie with the address that was just refused. */
  refusedCookie: string;
}

const WAYS = Symbol.for("banyan.sign-in-ways");
const known = globalThis as { [WAYS]?: SignInWays };

export function setSignInWays(ways: SignInWays): void {
  known[WAYS] = ways;
}

export function currentSignInWays(): SignInWays {
  return known[WAYS] ?? { google: false, refusedCookie: "" };
}
