/**
 * Keeps requests that agents cause away from private networks. The URL is parsed once and its host checked once
 * (lib/net/check.ts). Whoever follows a redirect checks its target in the same way.
 */
import net from "node:net";
import { bareHost } from "./address";
import { type CheckOptions, checkHost, type HostAddress } from "./check";
import { isListed } from "./host-list";

/** A URL or address that is refused, as one sentence for the model or person that gave it. */
export class AddressError extends Error {
  override name = "AddressError";
}

export interface CheckedTarget {
  url: URL;
  /** Without brackets and without a final dot. */
  host: string;
  port: number;
  /** At least one; each was checked. */
  addresses: readonly HostAddress[];
  /** It stands in `privateHosts`, so that it may have any port too. */
  isPrivateHost: boolean;
}

const PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);
const DEFAULT_PORTS: Record<string, number> = { "http:": 80, "https:": 443 };

/** Parses a URL that a model gave, without looking up its host. Throws an `AddressError` with one sentence. */
export function parseTarget(given: string, options: CheckOptions): Omit<CheckedTarget, "addresses"> {
  const shown = JSON.stringify(given.slice(0, 200));
  if (!URL.canParse(given)) throw new AddressError(`${shown} is not a URL; give one that begins with https://.`);
  const url = new URL(given);
  const usualPort = DEFAULT_PORTS[url.protocol];
  if (usualPort === undefined) {
    throw new AddressError(`The URL ${shown} begins with ${url.protocol}; only https: and http: are allowed.`);
  }
  if (url.username || url.password) {
    throw new AddressError("A URL with a user name or password is refused; leave it out.");
  }
  const host = bareHost(url.hostname);
  if (host === "" || (!net.isIP(host) && host.split(".").includes(""))) {
    throw new AddressError(`The URL ${shown} names no host that can be looked up; correct it.`);
  }
  url.hostname = net.isIPv6(host) ? `[${host}]` : host;
  url.hash = "";
  const port = url.port === "" ? usualPort : Number(url.port);
  const isPrivateHost = isListed(options.privateHosts, { host, port });
  if (!isPrivateHost && !PORTS.has(port)) {
    throw new AddressError(
      `The URL ${shown} names port ${port}; only ${[...PORTS].join(", ")} are allowed, or a host that is allow-listed.`,
    );
  }
  return { url, host, port, isPrivateHost };
}

/** Parses a URL and checks every address of its host. Throws an `AddressError` with one sentence. */
export async function checkTarget(given: string, options: CheckOptions): Promise<CheckedTarget> {
  const target = parseTarget(given, options);
  const shown = JSON.stringify(given.slice(0, 200));
  const checked = await checkHost(target, options);
  if ("addresses" in checked) return { ...target, addresses: checked.addresses };
  throw new AddressError(
    checked.problem === "unknown"
      ? `The host of ${shown} is not known; check the URL and the network.`
      : `The URL ${shown} leads to a private address, which is not allowed.`,
  );
}
