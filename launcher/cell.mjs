/**
 * The cell of a release: user and pid namespaces of its own, in which home is covered, and the release, its packages
 * and the checkout are read-only. What runs there can neither read, write nor signal the launcher, and it ends with it.
 * As root, or where user namespaces are refused, there is no cell: the release serves, and the launcher says why.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setPriority } from "node:os";
import path from "node:path";
import { homesOf, realPath } from "./home.mjs";

/**
 * `builds`: whether agents' releases can be built behind walls.
 * @typedef {{ open: true, builds: true } | { open: false, builds: boolean, why: string }} CellStatus
 */

/**
 * @typedef {object} CellPlan
 * @property {string} home covered
 * @property {string[]} readOnly folders that the release reads, also below home
 * @property {string[]} writable folders below one that is read-only or in home, such as the data in the checkout
 * @property {string} cwd
 * @property {boolean} [sharesProcesses] without a process namespace of its own: root's `/proc` cannot be mounted a second time in a cell
 */

/** Tries the namespaces. @returns {CellStatus} */
export function cellStatus() {
  if (process.platform !== "linux") return { open: false, builds: false, why: "this is not Linux" };
  const { status, error } = tryNamespaces();
  const builds = status === 0;
  if (process.getuid?.() === 0)
    return { open: false, builds, why: "Banyan runs as root, which can undo any isolation" };
  const code = /** @type {NodeJS.ErrnoException | undefined} */ (error)?.code;
  if (code === "ENOENT" || code === "EACCES")
    return { open: false, builds, why: "bubblewrap is not installed (Debian: `apt-get install -y bubblewrap`)" };
  if (error) return { open: false, builds, why: `bubblewrap could not be started (${error.message})` };
  return builds ? { open: true, builds } : { open: false, builds, why: "this system refuses user namespaces" };
}

/** Tried more than once, so that a release does not lose its wall because the machine is busy. */
function tryNamespaces() {
  const attempt = () =>
    spawnSync("bwrap", [...NAMESPACES, "--bind", "/", "/", "--proc", "/proc", "true"], {
      stdio: "ignore",
      timeout: LONGEST_TRY_MS,
    });
  let tried = attempt();
  const isBusy = () => ["ETIMEDOUT", "EAGAIN", "ENOMEM"].includes(String(Reflect.get(tried.error ?? {}, "code")));
  for (let more = 2; more > 0 && isBusy(); more -= 1) tried = attempt();
  return tried;
}

const LONGEST_TRY_MS = 20_000;

/**
 * Returns the program and arguments that run a command behind walls: it sees the machine's programs and the given
 * folders, writes only `writable` and a temporary one, and has no network. The host's other files are not there.
 * @param {{ readOnly?: string[], writable?: string[], packages?: { from: string, to: string }, cwd: string }} place
 * @param {string[]} command @returns {string[]}
 */
export function closedCell({ readOnly = [], writable = [], packages, cwd }, command) {
  const system = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc"];
  const program = path.dirname(path.dirname(process.execPath));
  const mounts = [
    ...[...system, program].flatMap((path) => ["--ro-bind-try", path, path]),
    "--dev",
    "/dev",
    "--proc",
    "/proc",
    "--tmpfs",
    "/tmp",
    ...readOnly.flatMap((path) => ["--ro-bind", path, path]),
    ...writable.flatMap((path) => ["--bind", path, path]),
    ...(packages ? ["--ro-bind", packages.from, packages.to] : []),
  ];
  // Also for root, which would otherwise try to give its files to an account that does not exist in the cell.
  const account = ["--uid", "65534", "--gid", "65534"];
  const walls = ["--unshare-all", "--unshare-user", ...account, "--die-with-parent", "--new-session"];
  return ["bwrap", ...walls, ...mounts, "--chdir", cwd, "--", ...command];
}

const NAMESPACES = ["--unshare-user", "--unshare-pid", "--die-with-parent"];
const USERS_ONLY = ["--unshare-user", "--die-with-parent"];

/** Returns the program and arguments that run a command in the cell. @param {CellPlan} plan @param {string[]} command @returns {string[]} */
export function inCell({ home, readOnly, writable, cwd, sharesProcesses = false }, command) {
  // The homes of other data folders, too.
  const covered = homesOf(home);
  const pinned = foldersAbove([covered, ...readOnly.filter((folder) => !isBelow(covered, folder))]);
  const mounts = [
    "--bind",
    "/",
    "/",
    "--dev-bind",
    "/dev",
    "/dev",
    ...pinned.flatMap((folder) => ["--bind", folder, folder]),
    ...(sharesProcesses ? [] : ["--proc", "/proc"]),
    ...readOnly.filter((folder) => !isBelow(covered, folder)).flatMap((folder) => ["--ro-bind-try", folder, folder]),
    ...writable
      .filter((folder) => existsSync(folder) && !isBelow(covered, folder))
      .flatMap((folder) => ["--bind", folder, folder]),
    "--tmpfs",
    covered,
    ...readOnly.filter((folder) => isBelow(covered, folder)).flatMap((folder) => ["--ro-bind", folder, folder]),
    ...writable.filter((folder) => isBelow(covered, folder)).flatMap((folder) => ["--bind", folder, folder]),
    "--remount-ro",
    covered,
  ];
  return ["bwrap", ...(sharesProcesses ? USERS_ONLY : NAMESPACES), ...mounts, "--chdir", cwd, "--", ...command];
}

/**
 * Returns the folders above some paths, outermost first. Each becomes a mount of its own, because the kernel renames no
 * mount, but does rename a folder above one: a false home or checkout could be put in the place of the moved one, and
 * the next start would run it with all rights.
 * @param {readonly string[]} paths @returns {string[]}
 */
function foldersAbove(paths) {
  /** @type {Set<string>} */
  const above = new Set();
  for (const real of paths.map(realPath))
    for (let at = path.dirname(real); at !== "/"; at = path.dirname(at)) above.add(at);
  return [...above].sort();
}

/**
 * @typedef {object} Ran
 * @property {number | null} status
 * @property {string} out what it wrote to its standard output
 * @property {string} told what it wrote to descriptor 3, which the programs that it starts do not have
 * @property {string} said the end of what it wrote for people, on both outputs
 * @property {boolean} isLate whether it was ended after the limit
 */

/**
 * Runs a program to its end, as the head of a process group of its own. Rejects when it cannot be started.
 * @param {string[]} command
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, limitMs: number, signal?: AbortSignal, isPatient?: boolean }} options
 *   `isPatient`: other programs go first
 * @returns {Promise<Ran>}
 */
export function runToEnd([file = "", ...args], { cwd, env, limitMs, signal, isPatient = false }) {
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe", "pipe"], detached: true });
  if (isPatient && child.pid !== undefined) setPriority(child.pid, PATIENT);
  const ran = { status: /** @type {number | null} */ (null), out: "", told: "", said: "", isLate: false };
  const [, out, err, told] = child.stdio;
  out?.on("data", (chunk) => {
    ran.out = `${ran.out}${chunk}`.slice(-MOST_OUTPUT);
  });
  told?.on("data", (chunk) => {
    ran.told = `${ran.told}${chunk}`.slice(-MOST_OUTPUT);
  });
  for (const stream of [out, err])
    stream?.on("data", (chunk) => {
      ran.said = `${ran.said}${chunk}`.slice(-MOST_SAID);
    });
  return new Promise((resolve, reject) => {
    const kill = () => endCell(child);
    const timer = setTimeout(() => {
      ran.isLate = true;
      kill();
    }, limitMs);
    signal?.addEventListener("abort", kill, { once: true });
    if (signal?.aborted) kill();
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (status) => {
      settle();
      resolve({ ...ran, status });
    });
  });
}

const PATIENT = 10;
const MOST_OUTPUT = 64_000;
const MOST_SAID = 2_000;

/**
 * Ends everything in a cell, which was started as the head of its own process group. Bubblewrap that is killed alone
 * while it makes its namespaces leaves its first process behind, which waits forever and keeps the pipes open.
 * @param {import("node:child_process").ChildProcess} child
 */
export function endCell({ pid }) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

/**
 * Ends the processes that a killed launcher of this home has left. Bubblewrap ends with its launcher, but not in the
 * first moments of its start: then its first process waits forever and keeps the port that it was given. Only the
 * launcher that holds the lock of this home may call it. Resolves when they are gone.
 * @param {string} home
 */
export async function endLeftCells(home) {
  const left = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isCellOf(home, name));
  for (const pid of left) endProcess(Number(pid));
  for (let polls = 0; polls < MOST_POLLS && left.some((pid) => isCellOf(home, pid)); polls++)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

const MOST_POLLS = 100;
const POLL_MS = 20;

/** The command line of an ended process is empty. @param {string} home @param {string} pid */
function isCellOf(home, pid) {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words[0] === "bwrap" && words.some((word) => isBelow(path.join(home, "releases"), word));
  } catch {
    return false;
  }
}

/** @param {number} pid */
function endProcess(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended, or belongs to somebody else.
  }
}

/** @param {string} above @param {string} folder */
function isBelow(above, folder) {
  return folder.startsWith(`${above}/`);
}
