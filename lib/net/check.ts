/**
 * Looks a host up once and checks every address that it has; whoever connects then does so to a checked address only, so
 * that no second look-up can answer otherwise. What to say of a refusal is for the caller, who knows who reads it.
 */
import dns from "node:dns/promises";
import net from "node:net";
import pLimit from "p-limit";
import { isOwnAddress, isPublicAddress } from "./address";
import { type HostAndPort, isListed } from "./host-list";

export interface HostAddress {
  address: string;
  family: number;
}

/** All addresses of a host name; rejects when there are none. */
export type LookUp = (host: string) => Promise<readonly HostAddress[]>;

export interface CheckOptions {
  /** Hosts that may have addresses of one's own network, as lib/net/host-list.ts reads them. */
  privateHosts: readonly string[];
  /** The system's resolver when absent. */
  lookUp?: LookUp | undefined;
}

/** `unknown`: it has no address, or none that came in time. `private`: it has one that may not be reached. */
export type Checked = { addresses: readonly [HostAddress, ...HostAddress[]] } | { problem: "unknown" | "private" };

const LOOK_UP_MS = 10_000;

/** A look-up keeps one of the process's few threads for as long as a slow server of names likes; files need them too. */
const limited = pLimit(2);

function systemLookUp(host: string): Promise<readonly HostAddress[]> {
  return limited(() => dns.lookup(host, { all: true, verbatim: true }));
}

/** `target.host` without brackets and without a final dot. */
export async function checkHost(target: HostAndPort, { privateHosts, lookUp }: CheckOptions): Promise<Checked> {
  const { host } = target;
  const family = net.isIP(host);
  const [first, ...more] = family ? [{ address: host, family }] : await addressesOf(host, lookUp ?? systemLookUp);
  if (!first) return { problem: "unknown" };
  const mayBeOwn = isListed(privateHosts, target);
  // A listed name may lead to one's own network, never to the link's; an address that is itself listed is meant.
  const mayReach = ({ address }: HostAddress) =>
    isPublicAddress(address) || (mayBeOwn && (isOwnAddress(address) || address === host));
  // One private address among public ones is enough: whoever answers so means to be asked again.
  return [first, ...more].every(mayReach) ? { addresses: [first, ...more] } : { problem: "private" };
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

/** None when the resolver fails or takes too long: whatever it says, the advice is the same. */
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
