/**
 * Decides which addresses belong to the public internet. Any address that is not known to be public counts as private.
 */
import net from "node:net";
import ipaddr from "ipaddr.js";

/**
 * The only public part of IPv6; the ranges inside it that are not public, or that carry IPv4, have names of their own.
 */
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** Reserved for protocols (RFC 2928): Teredo, benchmarks, documentation, identifiers. */
const PROTOCOLS_V6 = ipaddr.IPv6.parseCIDR("2001::/23");
/**
 * The ranges of a person's own servers. Link-local ranges are excluded, because clouds keep their metadata services
 * there.
 */
const OWN_RANGES: ReadonlySet<string> = new Set(["private", "uniqueLocal", "loopback", "carrierGradeNat"]);
/** Names that public name servers never resolve. */
const INNER_NAMES = /(^|\.)(localhost|local|internal|lan|home|corp|intranet|home\.arpa)$/;

/** Whether an address is public, in the form of `dns.lookup`, or as in a URL without brackets. */
export function isPublicAddress(address: string): boolean {
  const parsed = parse(address);
  if (parsed?.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || (matches(parsed, GLOBAL_V6) && !matches(parsed, PROTOCOLS_V6));
}

/**
 * Whether an address belongs to a person's own network or this machine; false for link-local, multicast and reserved
 * addresses.
 */
export function isOwnAddress(address: string): boolean {
  const parsed = parse(address);
  return parsed !== null && OWN_RANGES.has(parsed.range());
}

/**
 * Why an address must not be reached. `reserved`: all that is neither public nor in another of these ranges, such as forms
 * that hold another address.
 */
export type AddressProblem = "private" | "link_local" | "documentation" | "reserved";

/** Ranges for examples in documents (RFC 5737, 3849 and 9637). Name servers that answer with them hide an address. */
const DOCUMENTATION = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"].map((range) =>
  ipaddr.parseCIDR(range),
);

/** Returns why an address that is not public must not be reached. */
export function addressProblem(address: string): AddressProblem {
  const parsed = parse(address);
  if (parsed === null) return "reserved";
  const range = parsed.range();
  if (range === "linkLocal") return "link_local";
  if (OWN_RANGES.has(range)) return "private";
  const isForDocuments = DOCUMENTATION.some(([net, bits]) => net.kind() === parsed.kind() && parsed.match(net, bits));
  return isForDocuments ? "documentation" : "reserved";
}

/** Whether a URL's host is private without a lookup: a private address, or a name that is never public. */
export function isInnerHost(hostname: string): boolean {
  const host = bareHost(hostname).toLowerCase();
  return net.isIP(host) ? !isPublicAddress(host) : INNER_NAMES.test(host) || !host.includes(".");
}

/** Returns a URL's host for a lookup: without brackets and without a trailing dot. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

type Parsed = ReturnType<typeof ipaddr.parse>;

/**
 * Returns null for anything that is not an address. Short, octal and hexadecimal forms are not accepted, because `URL`
 * resolves them.
 */
function parse(address: string): Parsed | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
  return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address) : null;
}

function matches(address: Parsed, range: ReturnType<typeof ipaddr.IPv6.parseCIDR>): boolean {
  return address.kind() === "ipv6" && address.match(range);
}
