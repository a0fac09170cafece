/**
 * Decides which addresses of a tool server may be requested, with sentences for the person who added it. lib/net does
 * the check.
 */
import { bareHost } from "@/lib/net/address";
import { type CheckOptions, checkHost, type HostAddress } from "@/lib/net/check";
import { whyNotReached } from "@/lib/net/host-problem";

/** Checks each request and each redirect: resolves with the address to connect to, or rejects with one sentence. */
export type AddressGuard = (url: URL) => Promise<HostAddress>;

export function createAddressGuard({ privateHosts = [], lookUp }: Partial<CheckOptions> = {}): AddressGuard {
  return async (url) => {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new Error(`${url.protocol} addresses are not fetched.`);
    if (url.username || url.password) throw new Error(`The address of ${url.host} contains a user name or a password.`);
    const host = bareHost(url.hostname);
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    const checked = await checkHost({ host, port }, { privateHosts, lookUp });
    if ("addresses" in checked) return checked.addresses[0];
    if (checked.problem === "documentation") {
      throw new Error(`The host ${host} ${whyNotReached(checked.problem)}.`);
    }
    throw new Error(
      checked.problem === "unknown"
        ? `The host ${host} cannot be found; check its name and the network.`
        : `${url.host} is not fetched, because its address belongs to this machine or a private network.`,
    );
  };
}
