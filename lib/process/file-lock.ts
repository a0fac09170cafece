import { spawn } from "node:child_process";
import fs from "node:fs";

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

function runFlock(fd: number, args: readonly string[], signal?: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn("flock", args, { cwd: "/", stdio: ["ignore", "ignore", "ignore", fd] });
    const stop = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", stop, { once: true });
    child.once("error", (error) =>
      reject(
        new LockError(`flock could not be started (${error.message}); install it with: apt-get install util-linux`),
      ),
    );
    child.once("close", (status) => {
      signal?.removeEventListener("abort", stop);
      resolve(status);
    });
  });
}
