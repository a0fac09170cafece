/** Lists of hosts as people write them: `host`, `host:port`, `*.host` for every name below it. Without a port: 80 and 443. */

export interface HostAndPort {
  /** As a URL shows it: lower case, international names and odd spellings of addresses resolved; IPv6 without brackets. */
  host: string;
  port: number;
}

/** Stands for a port that was not written. */
const ANY_USUAL_PORT = 0;
const USUAL_PORTS = [80, 443];
const HOST_AND_PORT = /^(\[[0-9a-fA-F:.]+\]|[^:/?#@\\\s[\]]+)(?::(\d{1,5}))?$/;

/** Reads `host:port`; null when it is something else. */
export function parseHostAndPort(given: string, defaultPort?: number): HostAndPort | null {
  const match = HOST_AND_PORT.exec(given);
  const port = match?.[2] === undefined ? defaultPort : Number(match[2]);
  const host = canonicalHost(match?.[1] ?? "");
  if (host === null || port === undefined || (match?.[2] !== undefined && port < 1) || port > 65_535) return null;
  return { host, port };
}

/** An entry of such a list as it is compared: lower case, addresses in their usual spelling. Null when it is none. */
export function canonicalEntry(entry: string): string | null {
  const isWildcard = entry.startsWith("*.");
  const parsed = parseHostAndPort(isWildcard ? entry.slice(2) : entry, ANY_USUAL_PORT);
  if (!parsed) return null;
  const host = parsed.host.includes(":") ? `[${parsed.host}]` : parsed.host;
  return `${isWildcard ? "*." : ""}${host}${parsed.port === ANY_USUAL_PORT ? "" : `:${parsed.port}`}`;
}

export function isListed(list: readonly string[], { host, port }: HostAndPort): boolean {
  return list.some((entry) => {
    const isWildcard = entry.startsWith("*.");
    const wanted = parseHostAndPort(isWildcard ? entry.slice(2) : entry, ANY_USUAL_PORT);
    if (!wanted) return false;
    if (wanted.port === ANY_USUAL_PORT ? !USUAL_PORTS.includes(port) : wanted.port !== port) return false;
    return isWildcard ? host.endsWith(`.${wanted.host}`) : host === wanted.host;
  });
}

/** `http://2130706433` and `http://0x7f.1` are 127.0.0.1 to whoever looks them up, so they are to us. */
function canonicalHost(given: string): string | null {
  const url = `http://${given}/`;
  if (given === "" || given.includes("*") || !URL.canParse(url)) return null;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return host === "" ? null : host;
}
