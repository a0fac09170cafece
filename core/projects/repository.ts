/** Which repository a folder or an address is, so that two ways to write the same one are known as one. Pure. */

/** `[user@]host:path`, as ssh takes it. */
const SCP = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/;

/**
 * Returns what is the same for every way to write the address of a repository: a folder stays its path without a slash at
 * its end; of a URL host and path stay, such as `github.com/owner/name`. Returns null for what is neither.
 */
export function repositoryKey(address: string): string | null {
  const given = address.trim();
  if (given.startsWith("/")) return given.replace(/(?<=.)\/+$/, "");
  // Banyan's own sources, and the sample.
  const own = withoutCommit(given);
  if (/^banyan:[a-z]+$/.test(own)) return own;
  const [, host, path] = SCP.exec(given) ?? urlParts(given) ?? [];
  if (!host || !path) return null;
  const plain = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/i, "");
  return plain === "" ? null : `${host.toLowerCase()}/${plain}`;
}

/** Returns the address in the record of a copy: that of a copy of Banyan's own sources names a commit too. */
export function withoutCommit(copiedFrom: string): string {
  return copiedFrom.replace(/^(banyan:[a-z]+)@[0-9a-f]{40}$/, "$1");
}

function urlParts(given: string): [string, string, string] | null {
  try {
    const { protocol, host, pathname } = new URL(given.replace(/^git\+/, ""));
    if (protocol === "file:") return null;
    return [given, host, decodeURIComponent(pathname)];
  } catch {
    return null;
  }
}

/** Returns how people call a repository: the last part of its address. */
export function repositoryName(address: string): string {
  const parts = address
    .trim()
    .replace(/[/\\]+$/, "")
    .replace(/\.git$/i, "")
    .split(/[/\\:]/);
  return parts.at(-1) || address;
}
