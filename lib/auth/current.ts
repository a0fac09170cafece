/**
 * The one `Auth` of this process. It stands on `globalThis` because Next.js loads its own copy of every module,
 * while sessions are made by the server around it.
 */
import type { Auth } from "./auth";

const KEY = Symbol.for("banyan.auth");
const store = globalThis as { [KEY]?: Auth };

export function setAuth(auth: Auth): void {
  store[KEY] = auth;
}

export function currentAuth(): Auth {
  const found = store[KEY];
  if (!found) throw new Error("Sign-in was not set up: pages run under the server that `npm start` starts.");
  return found;
}

/** How people can sign in here, for the page that says so. */
export interface SignInWays {
  google: boolean;
  /** Holds the address that was refused a moment ago. */
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
