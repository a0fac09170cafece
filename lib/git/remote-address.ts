import net from "node:net";
import { AddressError, type CheckedTarget, checkTarget } from "../net/guard";
import { WorkspaceError } from "../workspace/path";

export interface RemoteAddress {
  url: string;
  /** Host, port and address as curl's --resolve takes them, so that no second look-up can answer otherwise. */
  pinned: string;
}

/** Checks where a repository's URL leads. Throws a `WorkspaceError` with one sentence. `privateHosts` as lib/net/host-list.ts reads them. */
export async function checkRemote(given: string, privateHosts: readonly string[]): Promise<RemoteAddress> {
  if (/[?#]/.test(given)) {
    const shown = JSON.stringify(given.slice(0, 200));
    throw new WorkspaceError(`The URL ${shown} has a query or a fragment; leave it out.`);
  }
  const { url, host, port, addresses } = await checked(given, privateHosts);
  const address = addresses[0]?.address ?? "";
  return { url: url.href, pinned: `${host}:${port}:${net.isIPv6(address) ? `[${address}]` : address}` };
}

async function checked(given: string, privateHosts: readonly string[]): Promise<CheckedTarget> {
  try {
    return await checkTarget(given, { privateHosts });
  } catch (error) {
    if (error instanceof AddressError) throw new WorkspaceError(error.message);
    throw error;
  }
}
