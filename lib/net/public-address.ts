/** Which addresses are the public internet. Whoever connects for somebody else checks here, and connects to what was checked. */
import dns from "node:dns/promises";
import net from "node:net";

const notPublic = new net.BlockList();
for (const [address, prefix] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
  ] as const),
  ...([
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
  ] as const),
  ...([
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 3],
  ] as const),
] as const) {
  notPublic.addSubnet(address, prefix, "ipv4");
}
const globalV6 = new net.BlockList();
globalV6.addSubnet("2000::", 3, "ipv6");
for (const [address, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  notPublic.addSubnet(address, prefix, "ipv6");
}

/** IPv6 is public in 2000::/3 only, less the ranges that hold IPv4 addresses or are for special use. */
export function isPublicAddress(address: string): boolean {
  if (net.isIPv4(address)) return !notPublic.check(address, "ipv4");
  return net.isIPv6(address) && globalV6.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

/** All addresses of a host, which may be an address itself, without brackets. Rejects when it is not known. */
export async function addressesOf(host: string): Promise<string[]> {
  if (net.isIP(host)) return [host];
  return (await dns.lookup(host, { all: true })).map(({ address }) => address);
}
