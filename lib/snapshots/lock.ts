import { type Lock, LockError, lockFile } from "@/lib/process/file-lock";
import { orAborted } from "@/lib/time/or-aborted";
import { SnapshotError } from "./port";

/** Locks like `lockFile`, but fails with a SnapshotError. */
export async function lockStore(...args: Parameters<typeof lockFile>): Promise<Lock | null> {
  try {
    return await lockFile(...args);
  } catch (error) {
    if (error instanceof LockError) throw new SnapshotError(`The snapshots could not be locked (${error.message}).`);
    throw error;
  }
}

/**
 * A gate for shared or exclusive work on the store. In this process, waiting exclusive work goes before later shared
 * work; between processes the kernel decides. Not p-limit, which has only one kind of work.
 */
export function createGate(file: string) {
  let alone: Promise<unknown> = Promise.resolve();
  const hold = async <Result>(
    kind: "shared" | "exclusive",
    work: (lockFd: number) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> => {
    const lock = await lockStore(file, kind, { wait: true, signal });
    try {
      return await work(lock?.fd ?? -1);
    } finally {
      lock?.release();
    }
  };
  return {
    async shared<Result>(work: (lockFd: number) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
      await (signal ? orAborted(() => alone, signal) : alone);
      return hold("shared", work, signal);
    },
    exclusive<Result>(work: (lockFd: number) => Promise<Result>): Promise<Result> {
      const result = alone.then(() => hold("exclusive", work));
      alone = result.catch(() => undefined);
      return result;
    },
  };
}
