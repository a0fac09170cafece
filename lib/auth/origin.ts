/**
 * Decides which requests are accepted at all, before the sender is identified. The `Host` check stops pages that rebind
 * their own name to this machine; the `Origin` check stops pages of other sites that use a person's cookie.
 */
export interface RequestHead {
  method: string;
  headers: { host?: string; origin?: string | string[]; "sec-fetch-site"?: string | string[] };
}

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);
const FOREIGN = "The request comes from a page of another site, so nothing was done.";

/**
 * Returns why the request is refused, as a sentence, or null when it is accepted. `hosts` are names in addition to
 * loopback's.
 */
export function refusalOf(request: RequestHead, hosts: readonly string[]): string | null {
  const { host, origin } = request.headers;
  const name = host === undefined ? null : hostName(`http://${host}`);
  if (!host || !name || !(LOOPBACK_NAMES.has(name) || hosts.includes(name))) return unknownHost(name, hosts);
  if (origin !== undefined && (typeof origin !== "string" || !isOrigin(origin) || !isSameHost(origin, host)))
    return otherOrigin(origin, host, hosts);
  const site = request.headers["sec-fetch-site"];
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead && site !== undefined && site !== "same-origin" && site !== "none") return FOREIGN;
  return null;
}

function unknownHost(name: string | null, [own]: readonly string[]): string {
  const known = own === undefined ? "the address that it printed at its start" : `the address in BANYAN_URL, at ${own}`;
  const sentence = `This server does not accept that host name; open ${known}.`;
  if (name === null || own !== undefined) return sentence;
  return `${sentence} If ${name} is Banyan's address behind a proxy, set BANYAN_URL=https://${name}, and start Banyan again (docs/deploy.md).`;
}

/** Says which header a proxy has changed, where the page is Banyan's own by its settings, or may be. */
function otherOrigin(origin: string | string[], host: string, hosts: readonly string[]): string {
  if (typeof origin !== "string" || !isOrigin(origin)) return FOREIGN;
  const page = new URL(origin);
  if (hosts.includes(page.hostname))
    return `The page is at ${page.host}, and the request arrived with the header Host: ${host}. Let the proxy in front of Banyan pass on Host as it came, with the port (docs/deploy.md).`;
  const name = hostName(`http://${host}`);
  if (hosts.length > 0 || LOOPBACK_NAMES.has(page.hostname) || !LOOPBACK_NAMES.has(name ?? "")) return FOREIGN;
  return `${FOREIGN} If ${page.host} is Banyan's address, let its proxy pass on the header Host, set BANYAN_URL=${page.origin}, and start Banyan again (docs/deploy.md).`;
}

/** A browser leaves the usual port out of Origin, and a proxy may write it into Host. */
function isSameHost(origin: string, host: string): boolean {
  const [scheme = "", named = ""] = origin.toLowerCase().split("://");
  const usual = scheme === "https" ? ":443" : ":80";
  return host.toLowerCase() === named || host.toLowerCase() === `${named}${usual}`;
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

/** Strict: a scheme of the web, a host and a port. */
function isOrigin(origin: string): boolean {
  return /^https?:\/\/[^/@?#]+$/i.test(origin) && URL.canParse(origin);
}
