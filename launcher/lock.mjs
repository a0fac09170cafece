/** Lets one launcher run in a home. `scripts/lock.mjs` builds another lock from the same parts. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** @typedef {{ pid: number, started: string, boot: string }} Owner */

/** An error that a person can fix; its message is all that the person sees. */
export class LauncherError extends Error {}

const LOCK = "launcher.lock";
/** A data folder's own database. */
const OWN_DATABASE = "banyan.db";

/**
 * Takes home, data and database, or throws a LauncherError that names the launcher which has them. Returns the function
 * that frees them. The kernel's locks decide: containers that share a volume do not see each other's processes, and may
 * share the data without home. The folder in home names the owner, and keeps away a launcher of an earlier version,
 * which knows only that folder.
 * @param {string} home @param {string} data @param {string} [database] absolute; absent: the data folder's own @returns {() => void}
 */
export function takeLock(home, data, database) {
  const close = takeFiles([home, data], database, home);
  try {
    const freeFolder = takeFolder(home);
    return () => {
      freeFolder();
      close();
    };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Takes data and database for a server without a launcher, as above. They are free when its process ends.
 * @param {string} home where the launcher of the data has its files @param {string} data @param {string} [database]
 */
export function takeData(home, data, database) {
  takeFiles([data], database, home);
}

/** @param {string[]} folders @param {string | undefined} database @param {string} home @returns {() => void} */
function takeFiles(folders, database, home) {
  /** @type {number[]} */
  const held = [];
  const close = () => {
    for (const fd of held.splice(0)) closeSync(fd);
  };
  try {
    for (const folder of new Set(folders)) held.push(lockFile(path.join(folder, LOCK), folder, home));
    if (database !== undefined) held.push(...lockDatabase(database, held, home));
    return close;
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Locks a database, which two data folders may share by mistake. The lock of a data folder is that of its own database.
 * @param {string} database @param {readonly number[]} held @param {string} home @returns {number[]}
 */
function lockDatabase(database, held, home) {
  const isOwn = path.basename(database) === OWN_DATABASE;
  const file = isOwn ? path.join(path.dirname(database), LOCK) : `${database}.${LOCK}`;
  try {
    // Its folder may have several names.
    const found = statSync(file, { throwIfNoEntry: false });
    const isSame = (/** @type {import("node:fs").Stats} */ { dev, ino }) => dev === found?.dev && ino === found.ino;
    return held.some((fd) => isSame(fstatSync(fd))) ? [] : [lockFile(file, `the database ${database}`, home)];
  } catch (error) {
    if (error instanceof LauncherError) throw error;
    // The server says what is wrong with the place of its database.
    return [];
  }
}

/**
 * open(2) on macOS takes the lock itself, and Node passes its flags through; Linux has the program flock, which takes it
 * for the open file that it inherits.
 */
const MACOS_EXCLUSIVE = 0x20;
/** The exit status of flock when another process holds the lock. */
const HELD = 1;

/**
 * @param {string} file @param {string} what it locks, for sentences @param {string} home
 * @returns {number} the open file, which holds the lock until it is closed or this process ends
 */
function lockFile(file, what, home) {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const flags = constants.O_RDWR | constants.O_CREAT;
  if (process.platform === "darwin") {
    try {
      return openSync(file, flags | constants.O_NONBLOCK | MACOS_EXCLUSIVE, 0o600);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === "EAGAIN") throw servedElsewhere(what, home);
      throw error;
    }
  }
  const fd = openSync(file, flags, 0o600);
  // A service's PATH may be short: flock lies where every Linux has it.
  const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/bin:/bin` };
  const { status, error } = spawnSync("flock", ["-x", "-n", "3"], { env, stdio: ["ignore", "ignore", "ignore", fd] });
  if (status === 0) return fd;
  closeSync(fd);
  if (status === HELD) throw servedElsewhere(what, home);
  if (error && /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT")
    throw new LauncherError("The program `flock` is missing: install it with `apt-get install util-linux`.");
  throw new LauncherError(
    `The lock ${file} cannot be taken (${error?.message ?? `flock ended with ${status}`}): put ${what} on a file system that has locks.`,
  );
}

/** Whether a launcher of this machine serves with home. @param {string} home */
export function launcherRuns(home) {
  return livingOwner(home) !== null;
}

/** @param {string} home @returns {Owner | null} */
function livingOwner(home) {
  const owner = /** @type {Owner | null} */ (readOwner(path.join(home, "lock")));
  return owner && owner.boot === bootId() && runs(owner.pid, owner.started) ? owner : null;
}

/** @param {string} what @param {string} home */
function servedElsewhere(what, home) {
  const owner = livingOwner(home);
  if (owner) return servedBy(owner.pid, what);
  return new LauncherError(
    `Another process already serves with ${what}, perhaps in another container that shares it: use that server, or end it first.`,
  );
}

/** @param {number} pid @param {string} what */
function servedBy(pid, what) {
  return new LauncherError(
    `Process ${pid} already serves with ${what}: use that server, or end it with \`kill ${pid}\` (running turns finish first).`,
  );
}

/** @param {string} home @returns {() => void} */
function takeFolder(home) {
  const folder = path.join(home, "lock");
  const own = { pid: process.pid, started: startOf(process.pid), boot: bootId() };
  for (let tries = 0; tries < 100; tries++) {
    const isTaken = takenOrFull(folder, own);
    if (isTaken) return () => free(folder, own);
    const other = /** @type {Owner | null} */ (readOwner(folder));
    // The kernel's lock is held, and a full disk must not keep a release from serving.
    if (isTaken === null && !other) return () => {};
    if (other && other.boot === bootId() && runs(other.pid, other.started)) throw servedBy(other.pid, home);
    setAside(folder, other);
  }
  throw new LauncherError(`The lock ${folder} cannot be taken: remove this folder when no server runs.`);
}

/** As `tryTake`; null where the disk is too full to name the owner. A dead owner's folder, set aside, frees what that needs. @param {string} folder @param {Owner} own */
function takenOrFull(folder, own) {
  try {
    return tryTake(folder, own);
  } catch (error) {
    if (!["ENOSPC", "EDQUOT"].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? "")) throw error;
    rmSync(`${folder}.${process.pid}`, { recursive: true, force: true });
    return null;
  }
}

/**
 * Takes a lock by renaming a filled folder into place. The rename is atomic, so nobody sees a lock without its owner.
 * @param {string} folder @param {object} own
 */
export function tryTake(folder, own) {
  const filled = `${folder}.${process.pid}`;
  rmSync(filled, { recursive: true, force: true });
  mkdirSync(filled);
  writeFileSync(path.join(filled, "owner.json"), JSON.stringify(own));
  try {
    renameSync(filled, folder);
    return true;
  } catch (error) {
    rmSync(filled, { recursive: true, force: true });
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
    if (["ENOTEMPTY", "EEXIST", "EPERM"].includes(code)) return false;
    throw error;
  }
}

/** Removes a dead owner's lock; puts it back if another took it meanwhile. @param {string} folder @param {object | null} dead */
export function setAside(folder, dead) {
  const aside = `${folder}.stale.${process.pid}`;
  try {
    rmSync(aside, { recursive: true, force: true });
    renameSync(folder, aside);
  } catch {
    return;
  }
  if (JSON.stringify(readOwner(aside)) === JSON.stringify(dead)) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, folder);
}

/** @param {string} folder @param {Owner} own */
function free(folder, own) {
  if (JSON.stringify(readOwner(folder)) === JSON.stringify(own)) setAside(folder, own);
}

/** Returns what `tryTake` wrote; null when nobody holds the lock. @param {string} folder @returns {any} */
export function readOwner(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, "owner.json"), "utf8"));
  } catch {
    return null;
  }
}

/** Whether the process still runs. @param {number} pid @param {string} started its `startOf` */
export function runs(pid, started) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH") return false;
  }
  return startOf(pid) === started;
}

/** False on macOS. */
const HAS_PROC = existsSync("/proc/self/stat");

/** @param {number} pid @returns {string} the kernel's start time, which tells a process from a later one with its number */
export function startOf(pid) {
  if (!HAS_PROC) return startByPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not collected its status.
    return fields[0] === "Z" ? "ended" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

/** As `startOf`, on a machine without /proc, and as `lib/process/ps.ts` tells it. @param {number} pid */
export function startByPs(pid) {
  const row = said("ps", ["-p", String(pid), "-o", "stat=", "-o", "lstart="]);
  const [, state = "", start = ""] = /^(\S+)\s+(.*)$/.exec(row) ?? [];
  return state.startsWith("Z") ? "ended" : start;
}

/** @param {string} program @param {string[]} args @returns {string} empty when it fails */
function said(program, args) {
  // The language decides how `ps` writes times; a service's PATH may be short.
  const env = { ...process.env, LC_ALL: "C", PATH: `${process.env.PATH ?? ""}:/usr/bin:/bin:/usr/sbin:/sbin` };
  return (spawnSync(program, args, { env, encoding: "utf8" }).stdout ?? "").trim();
}

function bootId() {
  // What `lib/process/ps.ts` takes, too.
  if (!HAS_PROC) return said("sysctl", ["-n", "kern.bootsessionuuid"]);
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
