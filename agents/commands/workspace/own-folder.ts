/** The own folder of a tree that is being made. It begins empty, and is gone again when no tree was made. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import type { Submission } from "@/core/shapes/submission";
import type { Store } from "@/db/store";
import { isSameFile, type Lock, lockFile } from "@/lib/process/file-lock";
import { removeTree } from "@/lib/workspace/remove-tree";

interface FolderSources {
  store: Pick<Store, "queries">;
  dataDir: string;
}

/** Runs the work that makes the tree with its folder. When another process has made the tree meanwhile, the work is not run. */
export async function withOwnFolder(
  sources: FolderSources,
  { workspace, copy, repository, repositories }: Submission,
  uid: string,
  work: () => Promise<void>,
): Promise<void> {
  const isCopied = copy === true || repository !== undefined || repositories !== undefined;
  if (workspace && !isCopied) return work();
  // An empty folder needs no lock: it is made at once, and another process could only find it empty.
  if (!isCopied) return orDiscard(sources, uid, work);
  const lock = await takeTurn(sources.dataDir, uid);
  try {
    if (isMade(sources, uid)) return;
    // What a kill left of the same submission: a copy needs an empty folder.
    await discard(sources.dataDir, uid);
    await orDiscard(sources, uid, work);
  } finally {
    rmSync(lockOf(sources.dataDir, uid), { force: true });
    lock.release();
  }
}

async function orDiscard(sources: FolderSources, uid: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // Files that cannot be removed only take space.
    if (!isMade(sources, uid)) await discard(sources.dataDir, uid).catch(() => undefined);
    throw error;
  }
}

function isMade({ store }: FolderSources, uid: string): boolean {
  return store.queries.trees.treesLike(uid).includes(uid);
}

async function discard(dataDir: string, uid: string): Promise<void> {
  for (const kind of ["workspaces", "cache"]) await removeTree(join(dataDir, kind, uid));
}

/** Named like the tree's other folders, so that what a kill leaves is removed with them. */
const lockOf = (dataDir: string, uid: string) => join(dataDir, "workspaces", `${uid}.making`);

/** Two processes can be asked for the same tree. Throws UserError when the other one is making it. */
async function takeTurn(dataDir: string, uid: string): Promise<Lock> {
  mkdirSync(join(dataDir, "workspaces"), { recursive: true, mode: 0o700 });
  const file = lockOf(dataDir, uid);
  const lock = await lockFile(file, "exclusive", { wait: false });
  // Whoever had the lock removes its file.
  if (lock && isSameFile(lock.fd, file)) return lock;
  lock?.release();
  throw new UserError("unavailable", "Another process of Banyan is making this tree: try again in a moment.");
}
