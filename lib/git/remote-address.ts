import net from "node:net";
import { AddressError, type CheckedTarget, checkTarget } from "../net/guard";
import { WorkspaceError } from "../workspace/path";

export interface RemoteAddress {
  url: string;
  /** Host, port and address for curl's --resolve, so that a second lookup cannot give another address. */
  pinned: string;
}

/**
 * Checks the target of a repository's URL. Throws a `WorkspaceError` with one sentence. `privateHosts` is in the form
 * of lib/net/host-list.ts.
 */
export async function checkRemote(given: string, privateHosts: readonly string[]): Promise<RemoteAddress> {
  if (/[?#]/.test(given)) {
    const shown = JSON.stringify(given.slice(0, 200));
    throw new WorkspaceError(`The URL ${shown} has a query or a fragment; remove it.`);
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
