/**
 * Keeps agents' requests away from private networks. The URL is parsed once and its host checked once
 * (lib/net/check.ts). A caller that follows a redirect checks its target in the same way.
 */
import net from "node:net";
import { bareHost } from "./address";
import { type CheckOptions, checkHost, type HostAddress } from "./check";
import { isListed } from "./host-list";
import { whyNotReached } from "./host-problem";

/** A refused URL or address, as one sentence for the model or person that gave it. */
export class AddressError extends Error {
  override name = "AddressError";
}

export interface CheckedTarget {
  url: URL;
  /** Without brackets and without a trailing dot. */
  host: string;
  port: number;
  /** At least one; all were checked. */
  addresses: readonly HostAddress[];
  /** Whether it is in `privateHosts`, which also allows any port. */
  isPrivateHost: boolean;
}

const PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);
const DEFAULT_PORTS: Record<string, number> = { "http:": 80, "https:": 443 };

/** Parses a URL from a model without looking up its host. Throws an `AddressError` with one sentence. */
export function parseTarget(given: string, options: CheckOptions): Omit<CheckedTarget, "addresses"> {
  const shown = JSON.stringify(given.slice(0, 200));
  if (!URL.canParse(given)) throw new AddressError(`${shown} is not a URL; give a URL that begins with https://.`);
  const url = new URL(given);
  const usualPort = DEFAULT_PORTS[url.protocol];
  if (usualPort === undefined) {
    throw new AddressError(`The URL ${shown} begins with ${url.protocol}; only https: and http: are allowed.`);
  }
  if (url.username || url.password) {
    throw new AddressError("A URL must not contain a user name or password; remove it.");
  }
  const host = bareHost(url.hostname);
  if (host === "" || (!net.isIP(host) && host.split(".").includes(""))) {
    throw new AddressError(`The URL ${shown} has no valid host; correct it.`);
  }
  url.hostname = net.isIPv6(host) ? `[${host}]` : host;
  url.hash = "";
  const port = url.port === "" ? usualPort : Number(url.port);
  const isPrivateHost = isListed(options.privateHosts, { host, port });
  if (!isPrivateHost && !PORTS.has(port)) {
    throw new AddressError(
      `The URL ${shown} has port ${port}; only ${[...PORTS].join(", ")} are allowed, or a host on the allow-list.`,
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
  if (checked.problem === "documentation") {
    throw new AddressError(`The host of ${shown} ${whyNotReached(checked.problem)}.`);
  }
  throw new AddressError(
    checked.problem === "unknown"
      ? `The host of ${shown} is unknown; check the URL and the network.`
      : `The URL ${shown} leads to a private address, which is not allowed.`,
  );
}
