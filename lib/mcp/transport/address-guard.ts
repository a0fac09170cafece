/** What may be asked of the address of a server of tools, in the words of whoever added it. The check is lib/net's. */
import { bareHost } from "@/lib/net/address";
import { type CheckOptions, checkHost, type HostAddress } from "@/lib/net/check";

/** Decides about each request and each redirect: the address to connect to, or a rejection with one sentence. */
export type AddressGuard = (url: URL) => Promise<HostAddress>;

export function createAddressGuard({ privateHosts = [], lookUp }: Partial<CheckOptions> = {}): AddressGuard {
  return async (url) => {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new Error(`${url.protocol} addresses are not fetched.`);
    if (url.username || url.password) throw new Error(`The address of ${url.host} holds a user or a password.`);
    const host = bareHost(url.hostname);
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    const checked = await checkHost({ host, port }, { privateHosts, lookUp });
    if ("addresses" in checked) return checked.addresses[0];
    throw new Error(
      checked.problem === "unknown"
        ? `The host ${host} cannot be found; check its name and the network.`
        : `${url.host} is not fetched, because it has an address of this machine or of a private network.`,
    );
  };
}
