/**
 * Keeps requests that agents cause away from private networks. The URL is parsed once, every address of its host is
 * checked, and the connection is made to a checked address only, so that no second look-up can answer otherwise.
 * Whoever follows a redirect checks its target in the same way.
 */
import dns from "node:dns/promises";
import net from "node:net";
import { isOwnAddress, isPublicAddress } from "./address";
import { isListed } from "./host-list";

/** A URL or address that is refused, as one sentence for the model or person that gave it. */
export class AddressError extends Error {
  override name = "AddressError";
}

export interface HostAddress {
  address: string;
  family: number;
}

/** All addresses of a host name; rejects when there are none. */
export type LookUp = (host: string) => Promise<readonly HostAddress[]>;

export interface GuardOptions {
  /** Hosts, as in host-list.ts, that may have addresses of one's own network, and any port that is named. */
  privateHosts: readonly string[];
  /** The system's resolver when absent. */
  lookUp?: LookUp;
}

export interface CheckedTarget {
  url: URL;
  /** Without brackets and without a final dot. */
  host: string;
  port: number;
  /** At least one; each was checked. */
  addresses: readonly HostAddress[];
  /** It stands in `privateHosts`. */
  isPrivateHost: boolean;
}

const PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);
const DEFAULT_PORTS: Record<string, number> = { "http:": 80, "https:": 443 };
const LOOK_UP_MS = 10_000;

export const systemLookUp: LookUp = (host) => dns.lookup(host, { all: true, verbatim: true });

/** Host and port of an http or https URL as allow-lists name them: `host` for the usual port, else `host:port`; null when it is none. */
export function hostOf(given: string): string | null {
  if (!URL.canParse(given)) return null;
  const url = new URL(given);
  const host = bareHost(url);
  if (!(url.protocol in DEFAULT_PORTS) || host === "") return null;
  const name = net.isIPv6(host) ? `[${host}]` : host;
  return url.port === "" ? name : `${name}:${url.port}`;
}

/** Parses a URL that a model gave, without looking up its host. Throws an `AddressError` with one sentence. */
export function parseTarget(given: string, options: GuardOptions): Omit<CheckedTarget, "addresses"> {
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
  const host = bareHost(url);
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
export async function checkTarget(given: string, options: GuardOptions): Promise<CheckedTarget> {
  const target = parseTarget(given, options);
  const { host, isPrivateHost } = target;
  const shown = JSON.stringify(given.slice(0, 200));
  const family = net.isIP(host);
  const addresses = family ? [{ address: host, family }] : await lookUp(host, shown, options.lookUp ?? systemLookUp);
  // One private address among public ones is enough: whoever answers so means to be asked again.
  const allowed = addresses.every(
    ({ address }) => isPublicAddress(address) || (isPrivateHost && (isOwnAddress(address) || address === host)),
  );
  if (!allowed) throw new AddressError(`The URL ${shown} leads to a private address, which is not allowed.`);
  return { ...target, addresses };
}

/** A `lookup` for `net.connect` and its like that knows the checked addresses only, whatever name it is asked for. */
export function pinnedLookup(addresses: readonly HostAddress[]): net.LookupFunction {
  return (_host, options, callback) => {
    const wanted = options.family === 4 || options.family === 6 ? options.family : 0;
    const usable = addresses.filter(({ family }) => wanted === 0 || family === wanted);
    const first = usable[0];
    if (!first) {
      callback(Object.assign(new Error("no checked address of this family"), { code: "ENOTFOUND" }), "", 0);
    } else if (options.all) callback(null, [...usable]);
    else callback(null, first.address, first.family);
  };
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

async function lookUp(host: string, shown: string, resolve: LookUp): Promise<readonly HostAddress[]> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("too slow")), LOOK_UP_MS);
    });
    const addresses = await Promise.race([resolve(host), late]);
    if (addresses.length > 0) return addresses;
  } catch {
    // Whatever the resolver says, the advice is the same.
  } finally {
    clearTimeout(timer);
  }
  throw new AddressError(`The host of ${shown} is not known; check the URL and the network.`);
}
