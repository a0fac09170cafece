import { spawn } from "node:child_process";
import fs from "node:fs";
import { SnapshotError } from "./port";

export interface Lock {
  /** Handed to every git that runs under the lock: the kernel holds it until the last of them has ended, even when this process was killed. */
  fd: number;
  release(): void;
}

/** Waits for the lock, and returns null only where it would have to wait and may not. The lock belongs to the open file, which `flock` merely asks for. */
export async function lockFile(
  file: string,
  kind: "shared" | "exclusive",
  options: { wait: boolean; signal?: AbortSignal },
): Promise<Lock | null> {
  options.signal?.throwIfAborted();
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  try {
    const status = await runFlock(fd, [`--${kind}`, ...(options.wait ? [] : ["--nonblock"]), "3"], options.signal);
    options.signal?.throwIfAborted();
    if (status === 0) return { fd, release: () => fs.closeSync(fd) };
    if (options.wait) throw new SnapshotError(`The snapshots could not be locked (flock ended with ${status}).`);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  fs.closeSync(fd);
  return null;
}

function runFlock(fd: number, args: readonly string[], signal?: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn("flock", args, { cwd: "/", stdio: ["ignore", "ignore", "ignore", fd] });
    const stop = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", stop, { once: true });
    child.once("error", (error) =>
      reject(
        new SnapshotError(`flock could not be started (${error.message}); install it with: apt-get install util-linux`),
      ),
    );
    child.once("close", (status) => {
      signal?.removeEventListener("abort", stop);
      resolve(status);
    });
  });
}

/**
 * Many may work on the store at once, or one alone. Within the process one who waits to be alone goes before those who come
 * after it; between processes the kernel decides.
 */
export function createGate(file: string) {
  let alone: Promise<unknown> = Promise.resolve();
  const hold = async <Result>(
    kind: "shared" | "exclusive",
    work: (lockFd: number) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> => {
    const lock = await lockFile(file, kind, { wait: true, signal });
    try {
      return await work(lock?.fd ?? -1);
    } finally {
      lock?.release();
    }
  };
  return {
    async shared<Result>(work: (lockFd: number) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
      await orAborted(alone, signal);
      return hold("shared", work, signal);
    },
    exclusive<Result>(work: (lockFd: number) => Promise<Result>): Promise<Result> {
      const result = alone.then(() => hold("exclusive", work));
      alone = result.catch(() => undefined);
      return result;
    },
  };
}

function orAborted(promise: Promise<unknown>, signal?: AbortSignal): Promise<unknown> {
  if (!signal) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
