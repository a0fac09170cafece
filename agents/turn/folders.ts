/** Which folder a task works in: the tree's, or the own one of a task at or above it. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { lockStore } from "@/lib/snapshots/lock";
import type { OpenTask } from "./open-task";
import type { World } from "./world";

/** What a snapshot, its checkout or a merge may take without a sign of life. */
export const FILES_MS = 10 * 60_000;
const SIGN_OF_LIFE_MS = 60_000;

export interface Folder {
  /** Public id of the task whose own it is; null: the tree's. */
  owner: string | null;
  path: string;
  /** Host-side caches of what is in it; see `ToolContext`. */
  cacheDir: string;
  /** As `World.rulesOf` gives them; a copy holds nothing that is hidden, and nothing that others run. */
  hiddenPaths: string[];
  isReadOnly: boolean;
  /** A person's own folder, whose repository they will use themselves. */
  guardsGit: boolean;
}

type InTree = Pick<OpenTask, "claim" | "tree">;

/** Where the task's files are; for a task without any, the tree's folder. */
export function folderOf(world: World, task: OpenTask): Folder {
  return folderAt(world, task, task.state.assignment.folder ?? null);
}

export function folderAt(world: World, { claim, tree }: InTree, owner: string | null): Folder {
  const cacheDir = world.cacheDirOf(claim.treeUid);
  if (owner === null) return { owner, path: tree.workspace, cacheDir, ...world.rulesOf(tree), guardsGit: tree.inPlace };
  const path = world.ownFolderOf(claim.treeUid, owner);
  return {
    owner,
    path,
    cacheDir: join(cacheDir, `own-${owner}`),
    hiddenPaths: [],
    isReadOnly: false,
    guardsGit: false,
  };
}

/** The newest snapshot of a folder, as it stands in the database; null: there is none. */
export function newestOf(world: World, { claim }: InTree, { owner }: Folder): string | null {
  if (owner === null) return world.loader.snapshotOf(claim.treeId);
  const { base, snapshot } = world.loader.ownFolder(owner);
  return snapshot ?? base;
}

/** With the next commit this is the newest snapshot of the folder. */
export function keepSnapshot({ tree, draft }: OpenTask, { owner }: Folder, commit: string): void {
  if (owner !== null) {
    draft.folders.push({ task: owner, snapshot: commit });
    return;
  }
  tree.snapshot = commit;
  draft.snapshot = commit;
}

/** One after the other, in all processes: whatever copies a folder whole, or merges into it. It counts as the task's work. */
export async function inTurn<Result>(
  world: World,
  task: OpenTask,
  folder: Folder,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const { claim } = task;
  const tell = () => world.alive(claim.uid, FILES_MS);
  tell();
  const endTelling = world.timers.every(SIGN_OF_LIFE_MS, tell);
  try {
    const file = join(world.cacheDirOf(claim.treeUid), `folder-${folder.owner ?? "tree"}.lock`);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const lock = await lockStore(file, "exclusive", { wait: true, signal });
    try {
      return await work();
    } finally {
      lock?.release();
    }
  } finally {
    endTelling();
  }
}
