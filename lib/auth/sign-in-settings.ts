/** The settings of signing in, and which combinations are invalid. */
export interface GoogleSettings {
  clientId: string;
  clientSecret: string;
  /** The OpenID provider; Google unless a test replaces it. */
  issuer: string;
}

export const GOOGLE = "https://accounts.google.com";

/** Whether it is an address without a path whose traffic nobody else can read: https, or this machine's own. */
export function isTrustedOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
  if (pathname !== "/" || search || hash || username || password) return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || /^\[?::1\]?$/.test(host) || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Returns one sentence about the settings that are missing; null when all or none are set. */
export function missingForGoogle(given: { id?: string; secret?: string; hasAllowList: boolean }): string | null {
  const { id, secret, hasAllowList } = given;
  if (!id && !secret) return null;
  const other = "set it too, or remove both GOOGLE settings";
  if (!id) return `GOOGLE_CLIENT_SECRET is set and GOOGLE_CLIENT_ID is not: ${other}.`;
  if (!secret) return `GOOGLE_CLIENT_ID is set and GOOGLE_CLIENT_SECRET is not: ${other}.`;
  if (hasAllowList) return null;
  return "Sign-in with Google needs BANYAN_ALLOWED_USERS: list who may sign in, as addresses or as @example.org.";
}

/** Beyond this machine a printed link alone is not enough to sign in, and Google has to know the address. */
export function problemOfReach(given: {
  host: string;
  google: GoogleSettings | null;
  publicUrl: string | null;
}): string | null {
  if (isLoopback(given.host)) return null;
  const way = "or set HOST to 127.0.0.1";
  if (!given.google)
    return `HOST is ${given.host}, and from other machines people can sign in with Google only: set GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and BANYAN_ALLOWED_USERS, ${way}.`;
  if (!given.publicUrl)
    return `HOST is ${given.host} and BANYAN_URL is not set: set it to the https:// address that people use for this server, ${way}.`;
  return null;
}
