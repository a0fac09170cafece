import dns from "node:dns/promises";
import net from "node:net";
import { WorkspaceError } from "../workspace/path";

export interface RemoteAddress {
  url: string;
  /** Host, port and address as curl's --resolve takes them, so that no second look-up can answer otherwise. */
  pinned: string;
}

/** Addresses that are not the public internet. IPv6 is allowed in 2000::/3 only, less the ranges that hold IPv4 addresses. */
const notPublic = new net.BlockList();
for (const [address, prefix] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
  ] as const),
  ...([
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
  ] as const),
  ...([
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 3],
  ] as const),
] as const) {
  notPublic.addSubnet(address, prefix, "ipv4");
}
const globalV6 = new net.BlockList();
globalV6.addSubnet("2000::", 3, "ipv6");
for (const [address, prefix] of [
  ["2001::", 32],
  ["2001:db8::", 32],
  ["2002::", 16],
] as const) {
  notPublic.addSubnet(address, prefix, "ipv6");
}

function isPublicAddress(address: string): boolean {
  if (net.isIPv4(address)) return !notPublic.check(address, "ipv4");
  return net.isIPv6(address) && globalV6.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

/** Checks where a repository's URL leads. Throws a `WorkspaceError` with one sentence. `privateHosts` are `host:port`. */
export async function checkRemote(given: string, privateHosts: readonly string[]): Promise<RemoteAddress> {
  const shown = JSON.stringify(given.slice(0, 200));
  const url = parse(given, shown);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const mayBePrivate = privateHosts.includes(`${url.hostname}:${port}`);
  if (!mayBePrivate && port !== "443" && port !== "80") {
    throw new WorkspaceError(
      `The URL ${shown} names port ${port}; only 443 and 80 are allowed, or a host that is allow-listed.`,
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = await lookUp(host, shown);
  if (!mayBePrivate && !addresses.every(isPublicAddress)) {
    throw new WorkspaceError(`The URL ${shown} leads to a private address, which is not allowed.`);
  }
  const address = addresses[0] ?? "";
  return { url: url.href, pinned: `${host}:${port}:${net.isIPv6(address) ? `[${address}]` : address}` };
}

function parse(given: string, shown: string): URL {
  if (!URL.canParse(given)) {
    throw new WorkspaceError(`${shown} is not a URL; give one that begins with https://, or a path in the workspace.`);
  }
  const url = new URL(given);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new WorkspaceError(`The URL ${shown} is not https; repositories are fetched through https only.`);
  }
  if (url.username || url.password) {
    throw new WorkspaceError(`A URL with a user name or password is refused; leave it out.`);
  }
  if (url.search || url.hash) throw new WorkspaceError(`The URL ${shown} has a query or a fragment; leave it out.`);
  return url;
}

async function lookUp(host: string, shown: string): Promise<string[]> {
  if (net.isIP(host)) return [host];
  try {
    return (await dns.lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    throw new WorkspaceError(`The host of ${shown} is not known; check the URL and the network.`);
  }
}
