/**
 * The cell of a release: user and pid namespaces of its own, in which home is covered, and the release, its packages
 * and the checkout are read-only. What runs there can neither read, write nor signal the launcher, and it ends with it.
 * As root, or where user namespaces are refused, there is no cell: the release serves, and the reason is said.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** @typedef {{ open: true } | { open: false, why: string }} CellStatus */

/**
 * @typedef {object} CellPlan
 * @property {string} home covered
 * @property {string[]} readOnly folders that the release reads, also below home
 * @property {string[]} writable folders below one that is read-only, such as the data in the checkout
 * @property {string} cwd
 */

/** Tries the namespaces once. @returns {CellStatus} */
export function cellStatus() {
  if (process.platform !== "linux") return { open: false, why: "this is not Linux" };
  if (process.getuid?.() === 0) return { open: false, why: "it runs as root, who can undo every wall" };
  const { status, error } = spawnSync("bwrap", [...NAMESPACES, "--bind", "/", "/", "--proc", "/proc", "true"], {
    stdio: "ignore",
    timeout: 10_000,
  });
  if (error) return { open: false, why: "bubblewrap is not installed (Debian: `apt-get install -y bubblewrap`)" };
  return status === 0 ? { open: true } : { open: false, why: "this system refuses user namespaces" };
}

const NAMESPACES = ["--unshare-user", "--unshare-pid", "--die-with-parent"];

/** Returns the program and arguments that run a command in the cell. @param {CellPlan} plan @param {string[]} command @returns {string[]} */
export function inCell({ home, readOnly, writable, cwd }, command) {
  const mounts = [
    ...["--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc"],
    ...readOnly.filter((folder) => !isBelow(home, folder)).flatMap((folder) => ["--ro-bind-try", folder, folder]),
    ...writable.filter((folder) => existsSync(folder)).flatMap((folder) => ["--bind", folder, folder]),
    ...["--tmpfs", home],
    ...readOnly.filter((folder) => isBelow(home, folder)).flatMap((folder) => ["--ro-bind", folder, folder]),
    ...["--remount-ro", home],
  ];
  return ["bwrap", ...NAMESPACES, ...mounts, "--chdir", cwd, "--", ...command];
}

/** @param {string} above @param {string} folder */
function isBelow(above, folder) {
  return folder.startsWith(`${above}/`);
}
