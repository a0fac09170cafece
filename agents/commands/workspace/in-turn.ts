/** One piece of work at a time among all requests, also of other processes that share the data folder. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { isSameFile, type Lock, lockFile } from "@/lib/process/file-lock";

/** `what`: what the work makes, as a person reads it. Throws UserError while another request does work of the same key. */
export async function inTurn<Result>(
  { dataDir, key, what }: { dataDir: string; key: string; what: string },
  work: () => Promise<Result>,
): Promise<Result> {
  mkdirSync(join(dataDir, "workspaces"), { recursive: true, mode: 0o700 });
  // Named like the folders of trees, so that what a kill leaves is removed with them.
  const file = join(dataDir, "workspaces", `${key}.making`);
  const lock = await takeTurn(file, what);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
    lock.release();
  }
}

async function takeTurn(file: string, what: string): Promise<Lock> {
  const lock = await lockFile(file, "exclusive", { wait: false });
  // Whoever had the lock has removed its file.
  if (lock && isSameFile(lock.fd, file)) return lock;
  lock?.release();
  throw new UserError("unavailable", `Another request is making ${what}: try again in a moment.`);
}
