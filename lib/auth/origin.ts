/**
 * Decides which requests are accepted at all, before the sender is identified. The `Host` check stops pages that rebind
 * their own name to this machine; the `Origin` check stops pages of other sites that use a person's cookie.
 */
export interface RequestHead {
  method: string;
  headers: { host?: string; origin?: string | string[]; "sec-fetch-site"?: string | string[] };
}

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Returns why the request is refused, as a sentence, or null when it is accepted. `hosts` are names in addition to
 * loopback's.
 */
export function refusalOf(request: RequestHead, hosts: readonly string[]): string | null {
  const host = request.headers.host;
  const name = host === undefined ? null : hostName(`http://${host}`);
  if (!name || !(LOOPBACK_NAMES.has(name) || hosts.includes(name))) {
    return "This server does not accept that host name; open the address that it printed at its start.";
  }
  const { origin } = request.headers;
  if (origin !== undefined && (typeof origin !== "string" || hostOf(origin) !== host?.toLowerCase())) {
    return "The request comes from a page of another site, so nothing was done.";
  }
  const site = request.headers["sec-fetch-site"];
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead && site !== undefined && site !== "same-origin" && site !== "none") {
    return "The request comes from a page of another site, so nothing was done.";
  }
  return null;
}

/** Strict: a header must be only a host and a port, so user info and paths make it invalid. */
function hostName(url: string): string | null {
  try {
    const parsed = new URL(url);
    const plain = parsed.pathname === "/" && !parsed.search && !parsed.hash && !parsed.username && !parsed.password;
    return plain ? parsed.hostname : null;
  } catch {
    return null;
  }
}

function hostOf(origin: string): string | null {
  if (!/^https?:\/\/[^/@?#]+$/i.test(origin)) return null;
  try {
    new URL(origin);
    return origin.replace(/^https?:\/\//i, "").toLowerCase();
  } catch {
    return null;
  }
}
