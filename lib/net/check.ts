/**
 * Resolves a host once and checks all its addresses. The caller connects only to a checked address, so that a second
 * lookup cannot give another one. The caller also words a refusal, because it knows the reader.
 */
import dns from "node:dns/promises";
import net from "node:net";
import pLimit from "p-limit";
import { type AddressProblem, addressProblem, isOwnAddress, isPublicAddress } from "./address";
import { type HostAndPort, isListed } from "./host-list";

export interface HostAddress {
  address: string;
  family: number;
}

/** Returns all addresses of a host name; rejects when there are none. */
export type LookUp = (host: string) => Promise<readonly HostAddress[]>;

export interface CheckOptions {
  /** Hosts that may have private addresses, in the form of lib/net/host-list.ts. */
  privateHosts: readonly string[];
  /** Absent: the system's resolver. */
  lookUp?: LookUp | undefined;
}

/** `unknown`: no address, or none in time. The others: an address that must not be reached. */
export type HostProblem = "unknown" | AddressProblem;
export type Checked = { addresses: readonly [HostAddress, ...HostAddress[]] } | { problem: HostProblem };

const LOOK_UP_MS = 10_000;

/**
 * A lookup occupies one of the process's few threads as long as a slow name server takes, and files need those threads
 * too.
 */
const limited = pLimit(2);

function systemLookUp(host: string): Promise<readonly HostAddress[]> {
  return limited(() => dns.lookup(host, { all: true, verbatim: true }));
}

/** Checks a host. `target.host` has no brackets and no trailing dot. */
export async function checkHost(target: HostAndPort, { privateHosts, lookUp }: CheckOptions): Promise<Checked> {
  const { host } = target;
  const family = net.isIP(host);
  const [first, ...more] = family ? [{ address: host, family }] : await addressesOf(host, lookUp ?? systemLookUp);
  if (!first) return { problem: "unknown" };
  const mayBeOwn = isListed(privateHosts, target);
  // A listed name may resolve to a private network, but never to a link-local address; a literal address that is itself
  // listed is allowed.
  const mayReach = ({ address }: HostAddress) =>
    isPublicAddress(address) || (mayBeOwn && (isOwnAddress(address) || address === host));
  // One private address among public ones is enough to refuse, because such an answer is typical of DNS rebinding.
  const barred = [first, ...more].find((address) => !mayReach(address));
  return barred ? { problem: addressProblem(barred.address) } : { addresses: [first, ...more] };
}

/**
 * Returns a `lookup` for `net.connect` and similar functions that returns only the checked addresses, whatever the
 * name.
 */
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

/** Returns an empty list when the resolver fails or takes too long, because the advice is the same. */
async function addressesOf(host: string, lookUp: LookUp): Promise<readonly HostAddress[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<[]>((resolve) => {
    timer = setTimeout(() => resolve([]), LOOK_UP_MS);
  });
  try {
    return await Promise.race([lookUp(host), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
