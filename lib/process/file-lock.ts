import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { startFault } from "./passing-fault";

/** The lock could not be taken. Its message is part of a sentence that says why. */
export class LockError extends Error {
  override name = "LockError";
}

export interface Lock {
  /**
   * Passed to every git that runs under the lock: the kernel holds the lock until the last of them has ended, even if
   * this process is killed.
   */
  fd: number;
  release(): void;
}

/**
 * Takes the lock; returns null when `wait` is false and the lock is taken. The lock belongs to the open file; `flock`
 * only requests it.
 */
export async function lockFile(
  file: string,
  kind: "shared" | "exclusive",
  options: { wait: boolean; signal?: AbortSignal },
): Promise<Lock | null> {
  options.signal?.throwIfAborted();
  if (process.platform === "darwin") return lockByOpening(file, kind, options);
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  try {
    const status = await runFlock(fd, [`--${kind}`, ...(options.wait ? [] : ["--nonblock"]), "3"], options.signal);
    options.signal?.throwIfAborted();
    if (status === 0) return { fd, release: () => fs.closeSync(fd) };
    if (options.wait) throw new LockError(`flock ended with ${status}`);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  fs.closeSync(fd);
  return null;
}

/** Returns whether the file still has this name: once somebody has removed it, its lock keeps nobody away. */
export function isSameFile(fd: number, file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.ino === fs.fstatSync(fd).ino;
}

/**
 * Takes the exclusive lock at once, or returns null while another process has it. The file is created if it is missing; a
 * link in its place is an error. Holds the thread for a few milliseconds.
 */
export function tryLockFile(file: string): Lock | null {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
  return tryLock(file, O_RDWR | O_CREAT | O_NOFOLLOW);
}

/** Locks a folder like `tryLockFile`. Cleaners of temporary files, such as systemd-tmpfiles, leave locked folders alone. */
export function tryLockFolder(folder: string): Lock | null {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  return tryLock(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

function tryLock(path: string, flags: number): Lock | null {
  if (process.platform === "darwin") return openLocked(path, flags | O_EXLOCK);
  const fd = fs.openSync(path, flags, 0o600);
  const { status, error } = spawnSync("flock", ["--exclusive", "--nonblock", "3"], {
    cwd: "/",
    env: withSystemFolders(),
    stdio: ["ignore", "ignore", "ignore", fd],
  });
  if (status === 0) return { fd, release: () => fs.closeSync(fd) };
  fs.closeSync(fd);
  if (error) throw Object.assign(new LockError(startFault("flock", "util-linux", error)), { cause: error });
  return null;
}

/** Flags of macOS, which has no `flock` program: open(2) takes the same lock. Node passes them through. */
const O_SHLOCK = 0x10;
const O_EXLOCK = 0x20;
const RETRY_MS = 50;

async function lockByOpening(
  file: string,
  kind: "shared" | "exclusive",
  options: { wait: boolean; signal?: AbortSignal },
): Promise<Lock | null> {
  const { O_RDWR, O_CREAT } = fs.constants;
  for (;;) {
    options.signal?.throwIfAborted();
    const lock = openLocked(file, O_RDWR | O_CREAT | (kind === "shared" ? O_SHLOCK : O_EXLOCK));
    if (lock || !options.wait) return lock;
    await wait(RETRY_MS);
  }
}

/** Waiting inside open(2) would hold up the whole process, so this returns null while the lock is taken. */
function openLocked(file: string, flags: number): Lock | null {
  try {
    const fd = fs.openSync(file, flags | fs.constants.O_NONBLOCK, 0o600);
    return { fd, release: () => fs.closeSync(fd) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return null;
    throw error;
  }
}

function runFlock(fd: number, args: readonly string[], signal?: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn("flock", args, {
      cwd: "/",
      env: withSystemFolders(),
      stdio: ["ignore", "ignore", "ignore", fd],
    });
    const stop = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", stop, { once: true });
    child.once("error", (error) =>
      reject(Object.assign(new LockError(startFault("flock", "util-linux", error)), { cause: error })),
    );
    child.once("close", (status) => {
      signal?.removeEventListener("abort", stop);
      resolve(status);
    });
  });
}

/** A service's PATH may be short or empty: `flock` lies where every Linux has it. */
function withSystemFolders(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [process.env.PATH, "/usr/bin", "/bin"].filter(Boolean).join(":") };
}
