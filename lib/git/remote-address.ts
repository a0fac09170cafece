import net from "node:net";
import { addressesOf, isPublicAddress } from "../net/public-address";
import { WorkspaceError } from "../workspace/path";

export interface RemoteAddress {
  url: string;
  /** Host, port and address as curl's --resolve takes them, so that no second look-up can answer otherwise. */
  pinned: string;
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
  try {
    return await addressesOf(host);
  } catch {
    throw new WorkspaceError(`The host of ${shown} is not known; check the URL and the network.`);
  }
}
