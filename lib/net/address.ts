/** Which addresses belong to the public internet. Whatever is not known to be public is not. */
import dns from "node:dns/promises";
import net from "node:net";
import ipaddr from "ipaddr.js";

/** The only part of IPv6 that is given out as public; ranges inside it that are not, or that carry IPv4, have names of their own. */
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** Set aside for protocols (RFC 2928): Teredo, benchmarks, documentation, identifiers. */
const PROTOCOLS_V6 = ipaddr.IPv6.parseCIDR("2001::/23");
/** What a person means by a server of their own; link-local ranges hold the cloud's metadata services. */
const OWN_RANGES: ReadonlySet<string> = new Set(["private", "uniqueLocal", "loopback", "carrierGradeNat"]);

/** True for an address as `dns.lookup` returns it, or as it stands in a URL without brackets. */
export function isPublicAddress(address: string): boolean {
  const parsed = parse(address);
  if (parsed?.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || (matches(parsed, GLOBAL_V6) && !matches(parsed, PROTOCOLS_V6));
}

/** True for the addresses of people's own networks and of this machine; not for link-local, multicast and reserved ones. */
export function isOwnAddress(address: string): boolean {
  const parsed = parse(address);
  return parsed !== null && OWN_RANGES.has(parsed.range());
}

/** A look-up keeps one of the process's few threads for as long as a slow server of names likes; files need them too. */
const LOOKUPS_AT_ONCE = 2;
const waiting: (() => void)[] = [];
let lookups = 0;

/** All addresses of a host, which may be an address itself, without brackets. Rejects when it is not known. */
export async function addressesOf(host: string): Promise<string[]> {
  if (net.isIP(host)) return [host];
  if (lookups >= LOOKUPS_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else lookups += 1;
  try {
    return (await dns.lookup(host, { all: true })).map(({ address }) => address);
  } finally {
    // Whoever waits takes the place over.
    const next = waiting.shift();
    if (next) next();
    else lookups -= 1;
  }
}

type Parsed = ReturnType<typeof ipaddr.parse>;

/** Null for what is no address: short, octal and hexadecimal forms are `URL`'s business and are none here. */
function parse(address: string): Parsed | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
  return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address) : null;
}

function matches(address: Parsed, range: ReturnType<typeof ipaddr.IPv6.parseCIDR>): boolean {
  return address.kind() === "ipv6" && address.match(range);
}
