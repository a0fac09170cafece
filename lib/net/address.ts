/** Which addresses belong to the public internet: the one list. Whatever is not known to be public is not. */
import net from "node:net";
import ipaddr from "ipaddr.js";

/** The only part of IPv6 that is given out as public; ranges inside it that are not, or that carry IPv4, have names of their own. */
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** Set aside for protocols (RFC 2928): Teredo, benchmarks, documentation, identifiers. */
const PROTOCOLS_V6 = ipaddr.IPv6.parseCIDR("2001::/23");
/** What a person means by a server of their own; link-local ranges hold the cloud's metadata services. */
const OWN_RANGES: ReadonlySet<string> = new Set(["private", "uniqueLocal", "loopback", "carrierGradeNat"]);
/** Names that no public name server answers for. */
const INNER_NAMES = /(^|\.)(localhost|local|internal|lan|home|corp|intranet|home\.arpa)$/;

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

/** What can be said of a URL's host without asking the name server: a private address, or a name that never is public. */
export function isInnerHost(hostname: string): boolean {
  const host = bareHost(hostname).toLowerCase();
  return net.isIP(host) ? !isPublicAddress(host) : INNER_NAMES.test(host) || !host.includes(".");
}

/** A URL's host as it is looked up: without brackets and without a final dot. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
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
