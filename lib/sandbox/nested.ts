/**
 * The nested sandbox: for tests that use the sandbox, namespaces or a browser themselves. Compared with the strict one,
 * user namespaces work inside, nothing covers a part of /proc, process 1 is a shell, and a process may bind its life to
 * its parent's. Files, network, keys, limits and user are confined as in the strict one.
 */

/** A folder in memory: programs such as browsers leave files in their user's home. */
export const NESTED_HOME = "/home/sandbox";

/** The settings of the system that a browser reads. None of them is secret. */
const SETTINGS = ["/etc/fonts", "/etc/chromium", "/etc/chromium.d", "/etc/ssl/certs", "/etc/ca-certificates"];

export function nestedMounts(size: string): string[] {
  return [...SETTINGS.flatMap((folder) => ["--ro-bind-try", folder, folder]), "--size", size, "--tmpfs", NESTED_HOME];
}

/**
 * Returns the arguments of the bubblewrap around the sandbox's own. It confines nothing but processes. A process inside
 * the sandbox may take over the sandbox's first process and make it outlive its parent; it cannot even see the first
 * process of this namespace, and the kernel ends everything when that one ends.
 */
export function enclosing(info: readonly string[]): string[] {
  const namespaces = ["--unshare-user", "--unshare-pid", "--die-with-parent"];
  return [...namespaces, "--dev-bind", "/", "/", "--proc", "/proc", ...info, "--"];
}
