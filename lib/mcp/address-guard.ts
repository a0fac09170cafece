import dns from "node:dns/promises";
import net from "node:net";
import { isPublicAddress } from "../net/address";

export interface PinnedAddress {
  address: string;
  family: 4 | 6;
}

/** Decides about each request and each redirect: the address to connect to, or a rejection with one sentence. */
export type AddressGuard = (url: URL) => Promise<PinnedAddress>;

export interface AddressGuardOptions {
  /** `host:port`s that may have private addresses. */
  privateHosts?: readonly string[];
  lookup?(host: string): Promise<PinnedAddress[]>;
}

/** Lets through public addresses only, and those that are named; every address of a name is looked at. */
export function createAddressGuard(options: AddressGuardOptions = {}): AddressGuard {
  const allowed = new Set(options.privateHosts?.map((host) => host.toLowerCase()));
  const lookup = options.lookup ?? resolveHost;
  return async (url) => {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new Error(`${url.protocol} addresses are not fetched.`);
    if (url.username || url.password) throw new Error(`The address of ${url.host} holds a user or a password.`);
    const host = bareHost(url.hostname);
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    const family = net.isIP(host);
    const addresses = family ? [{ address: host, family: family as 4 | 6 }] : await lookup(host);
    const [first] = addresses;
    if (!first) throw new Error(`The host ${host} has no address.`);
    if (allowed.has(`${url.hostname.toLowerCase()}:${port}`) || allowed.has(`${host}:${port}`)) return first;
    if (!addresses.every(({ address }) => isPublicAddress(address)))
      throw new Error(`${url.host} is not fetched, because it has an address of this machine or of a private network.`);
    return first;
  };
}

/** What can be said without asking the name server: a private address, or a name that never is public. */
export function isPrivateHost(hostname: string): boolean {
  const host = bareHost(hostname).toLowerCase().replace(/\.$/, "");
  if (net.isIP(host)) return !isPublicAddress(host);
  return (
    host === "localhost" ||
    /\.(localhost|local|internal|lan|home|corp|intranet|home\.arpa)$/.test(host) ||
    !host.includes(".")
  );
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

async function resolveHost(host: string): Promise<PinnedAddress[]> {
  try {
    const found = await dns.lookup(host, { all: true });
    return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch {
    throw new Error(`The host ${host} cannot be found; check its name and the network.`);
  }
}
