/** Snapshots of the folders that tasks work in: one after each turn that may have changed files, and the checkouts that a fork, or a copy, begins with. */
import { existsSync, readdirSync } from "node:fs";
import type { KeptFolder } from "@/agents/tools/subtasks/settle";
import { WorkspaceError } from "@/lib/workspace/path";
import { FILES_MS, type Folder, folderAt, folderOf, inTurn, keepSnapshot, newestOf } from "./folders";
import { commit, note, type OpenTask } from "./open-task";
import type { World } from "./world";

/** Checkouts under way in this process, by folder: several tasks may want their files at once. */
const checkouts = new Map<string, Promise<void>>();

/**
 * Before a tool needs them: the files of a fork or of a copy, and those of a folder of ours that somebody has deleted, as its
 * last snapshot holds them. Throws a WorkspaceError when they cannot be had.
 */
export async function ensureFiles(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  await ensureFolder(world, task, folderOf(world, task), signal);
}

/** The same for any folder of the tree. Throws the signal's reason, too. */
export async function ensureFolder(world: World, task: OpenTask, folder: Folder, signal: AbortSignal): Promise<void> {
  if (folder.owner !== null) await ensureBase(world, task, folder, folder.owner, signal);
  const { tree, claim } = task;
  const pending = folder.owner === null ? tree.pendingSnapshot : null;
  const snapshot = pending ?? lostSnapshot(world, task, folder);
  if (snapshot === null) return;
  world.alive(claim.uid, FILES_MS);
  const running = checkouts.get(folder.path) ?? checkOut(world, snapshot, folder.path);
  checkouts.set(folder.path, running);
  try {
    await running;
  } finally {
    if (checkouts.get(folder.path) === running) checkouts.delete(folder.path);
  }
  if (pending === null) return;
  await world.filesAreThere(claim.treeId);
  tree.pendingSnapshot = null;
}

/** null: the folder is there, is a person's, or nothing was ever kept of it. */
function lostSnapshot(world: World, task: OpenTask, folder: Folder): string | null {
  if (folder.owner === null && task.tree.inPlace) return null;
  return existsSync(folder.path) ? null : newestOf(world, task, folder);
}

/** The folder appears whole or not at all: where it is, an earlier try came that far. Nobody's stop ends it, because others wait too. */
async function checkOut(world: World, snapshot: string, folder: string): Promise<void> {
  if (!existsSync(folder)) await world.snapshots.checkOut(snapshot, folder);
}

/** The own folder of a task that builds on others begins with what they have left: it is known with the first call that needs it. */
async function ensureBase(
  world: World,
  task: OpenTask,
  folder: Folder,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  if (newestOf(world, task, folder) !== null) return;
  const from = folderAt(world, task, world.loader.ownFolder(owner).copiedFrom);
  await ensureFolder(world, task, from, signal);
  await inTurn(world, task, from, signal, async () => {
    if (newestOf(world, task, folder) !== null) return;
    const taken = await takeNow(world, task, from, signal);
    const content = { type: "files_copied", folder: owner, from: from.owner, commit: taken.commit } as const;
    note(task, [{ kind: "event", turn: task.state.turn, content }]);
    keepSnapshot(task, from, taken.commit);
    task.draft.folders.push({ task: owner, base: taken.commit });
    if (world.loader.isFolderTainted(task.claim.treeId, from.owner)) task.draft.taintsFolders.push(owner);
    await commit(world, task);
  });
}

/** A folder that had files before the tree began is kept as it was, before the first call that may change it. */
export async function keepFirst(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const folder = folderOf(world, task);
  if (folder.owner !== null || task.tree.snapshot !== null || task.mayHaveChangedFiles) return;
  if (task.tree.inPlace || hasFiles(folder.path)) await save(world, task, folder, signal);
}

/** A fresh folder is empty, unless it began as a copy of a repository. */
function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/** After the calls of a turn, when one of them may have changed files. */
export async function keepFiles(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  task.mayHaveChangedFiles = false;
  await save(world, task, folderOf(world, task), signal);
}

/** The folder as it is now, for subtasks that begin with a copy of it. Throws the signal's reason. */
export async function keepForCopies(world: World, task: OpenTask, signal: AbortSignal): Promise<KeptFolder> {
  const folder = folderOf(world, task);
  try {
    await ensureFiles(world, task, signal);
    const previous = newestOf(world, task, folder);
    const taken = await inTurn(world, task, folder, signal, () => takeNow(world, task, folder, signal));
    if (taken.commit !== previous) noteSaved(task, folder, taken);
    return { commit: taken.commit };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof WorkspaceError)) throw error;
    return { problem: error.message };
  }
}

interface Taken {
  commit: string;
  changed: number;
  skipped: number;
}

/** A snapshot of the folder as it is now, which no record names yet. Throws a WorkspaceError, and the signal's reason. */
export async function takeNow(world: World, task: OpenTask, folder: Folder, signal?: AbortSignal): Promise<Taken> {
  const { claim, state } = task;
  world.alive(claim.uid, FILES_MS);
  // One record may need snapshots of two folders.
  const label = `${claim.uid}-${claim.lease}-${state.length}${folder.owner === null ? "" : `-${folder.owner}`}`;
  const taken = await world.snapshots.take({
    tree: claim.treeUid,
    folder: folder.path,
    label,
    previous: newestOf(world, task, folder),
    hiddenPaths: folder.hiddenPaths,
    ...(signal && { signal }),
  });
  return { commit: taken.commit, changed: taken.changed, skipped: taken.skipped.length + taken.torn.length };
}

function noteSaved(task: OpenTask, folder: Folder, taken: Taken): void {
  keepSnapshot(task, folder, taken.commit);
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "files_saved", ...taken } }]);
}

/**
 * A snapshot that cannot be taken fails no task: the log says why, and a fork goes back to the one before it. Neither does one that is
 * cut short: what the calls of the turn answered goes on disk all the same.
 */
async function save(world: World, task: OpenTask, folder: Folder, signal: AbortSignal): Promise<void> {
  const previous = newestOf(world, task, folder);
  try {
    const taken = await takeNow(world, task, folder, signal);
    if (taken.commit !== previous) noteSaved(task, folder, taken);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof WorkspaceError)) throw error;
    const content = { type: "files_saved", commit: null, changed: 0, skipped: 0, problem: error.message } as const;
    note(task, [{ kind: "event", turn: task.state.turn, content }]);
  }
}
