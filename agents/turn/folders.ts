/** The folder that a task works in: the tree's folder, or the own folder of the task or one of its ancestors. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HiddenTests } from "@/core/log/goal";
import { hiddenIn } from "@/lib/clean-room/hidden";
import { createSizedCache } from "@/lib/sized-cache";
import { lockStore } from "@/lib/snapshots/lock";
import type { Workplace, WorkplaceFolder } from "@/lib/workplace/port";
import { type LinkedGit, WorkspaceError } from "@/lib/workspace/path";
import type { OpenTask, World } from "./world";

/** How long a snapshot, a checkout or a merge may take without a sign of life. */
export const FILES_MS = 10 * 60_000;
const SIGN_OF_LIFE_MS = 60_000;

export interface Folder {
  /** Public id of the task that owns the folder; null: the tree's folder. */
  owner: string | null;
  path: string;
  /** Host-side caches for the folder; see `ToolContext`. */
  cacheDir: string;
  /** From `World.rulesOf`. Empty for an own folder: a copy contains no hidden files and no running system. */
  hiddenPaths: string[];
  isReadOnly: boolean;
  /** The folder is a person's own, and they use git there themselves. */
  guardsGit: boolean;
  /** The repository of a person's folder that is outside of it, as it was when the person named the folder. */
  linkedGit?: LinkedGit;
}

type InTree = Pick<OpenTask, "claim" | "tree">;

/** Returns the folder with the task's files; for a task without files, the tree's folder. */
export function folderOf(world: World, task: OpenTask): Folder {
  return folderAt(world, task, task.state.assignment.folder ?? null);
}

export function folderAt(world: World, { claim, tree }: InTree, owner: string | null): Folder {
  const cacheDir = world.cacheDirOf(claim.treeUid);
  if (owner === null) {
    const linkedGit = tree.inPlace ? world.linkedGitOf(claim.treeUid) : null;
    const rules = { ...world.rulesOf(tree), guardsGit: tree.inPlace, ...(linkedGit && { linkedGit }) };
    return { owner, path: tree.workspace, cacheDir, ...rules };
  }
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

/**
 * Returns everything that can be done in the folder by the task. `call`: whose operations go on after a restart of the
 * server. `inLine`: see `WorkplaceFolder`.
 */
export function workplaceAt(
  world: World,
  { claim }: InTree,
  folder: Folder,
  { call, inLine }: Pick<WorkplaceFolder, "call" | "inLine"> = {},
): Workplace {
  const { path: root, cacheDir, hiddenPaths, isReadOnly, guardsGit, linkedGit } = folder;
  return world.workplaces.of({
    tree: claim.treeUid,
    task: claim.uid,
    owner: folder.owner,
    root,
    cacheDir,
    hiddenPaths,
    isReadOnly,
    guardsGit,
    ...(linkedGit && { linkedGit }),
    ...(call && { call }),
    ...(inLine && { inLine }),
  });
}

export function workplaceOf(world: World, task: OpenTask): Workplace {
  return workplaceAt(world, task, folderOf(world, task));
}

/**
 * Returns the absolute paths that the task's tools must not show: the hidden tests, and the repository, whose history has
 * them too. Empty for a task that is no part of such a goal.
 */
export async function hiddenFrom(world: World, task: OpenTask): Promise<string[]> {
  const { hides, workspace } = task.state.assignment;
  if (!hides || workspace === "none") return [];
  const { path } = folderOf(world, task);
  const { start } = hides;
  const hidden =
    (start !== null && (await hiddenAtStart(world, start, hides))) ||
    hiddenAmong(await workplaceOf(world, task).files.paths(), hides);
  return hidden.map((relative) => join(path, relative));
}

/** Paths of about 100 bytes each. */
const MOST_PATHS = 50_000;
/** A snapshot never changes, and each call of a task asks for the same paths. */
const AT_START = createSizedCache<readonly string[]>(MOST_PATHS, (paths) => paths.length);

/** Returns null for a snapshot that is gone: that of a fork may have gone with the tree that it was copied from. */
async function hiddenAtStart(
  { snapshots }: Pick<World, "snapshots">,
  start: string,
  hides: HiddenTests,
): Promise<readonly string[] | null> {
  const key = JSON.stringify([start, hides.globs, hides.share]);
  const known = AT_START.get(key);
  if (known) return known;
  const files = await snapshots.files(start).catch((error: unknown) => {
    if (error instanceof WorkspaceError) return null;
    throw error;
  });
  if (files === null) return null;
  const paths = files.map(({ path }) => path);
  const hidden = hiddenAmong(paths, hides);
  AT_START.set(key, hidden);
  return hidden;
}

/** Returns the hidden tests, and the repositories in the folder: its own, and those side by side in it. */
function hiddenAmong(paths: readonly string[], hides: HiddenTests): string[] {
  const nested = paths.flatMap((path) => /^(.+?\/\.git)(\/|$)/.exec(path)?.[1] ?? []);
  return [...new Set([".git", ...nested]), ...hiddenIn(paths, hides)];
}

/** Returns the newest snapshot of a folder in the database, or null. */
export function newestOf(world: World, { claim }: InTree, { owner }: Folder): string | null {
  if (owner === null) return world.loader.snapshotOf(claim.treeId);
  const { base, snapshot } = world.loader.ownFolder(owner);
  return snapshot ?? base;
}

/** Makes `commit` the folder's newest snapshot, with the next record. */
export function keepSnapshot({ tree, draft }: OpenTask, { owner }: Folder, commit: string): void {
  if (owner !== null) {
    draft.folders.push({ task: owner, snapshot: commit });
    return;
  }
  tree.snapshot = commit;
  draft.snapshot = commit;
}

/**
 * Runs `work` under the folder's lock, which all processes share, because copies of a folder and merges into it must
 * not overlap. Waiting for the lock counts as the task's work.
 */
export async function inTurn<Result>(
  world: World,
  task: OpenTask,
  folder: Folder,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const { claim } = task;
  const signOfLife = () => world.alive(claim.uid, FILES_MS);
  signOfLife();
  const endSigns = world.timers.every(SIGN_OF_LIFE_MS, signOfLife);
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
    endSigns();
  }
}
