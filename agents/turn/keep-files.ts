/**
 * Takes snapshots of tasks' folders, after each turn that may have changed files, and checks them out for forks and
 * copies.
 */
import type { KeptFolder } from "@/agents/tools/subtasks/settle";
import { runBy } from "@/core/rules/run-by-others";
import { leftOutOf } from "@/lib/apply/left-out";
import { WorkspaceError } from "@/lib/workspace/path";
import { FILES_MS, type Folder, folderAt, folderOf, inTurn, keepSnapshot, newestOf, workplaceAt } from "./folders";
import { commit, note, type OpenTask } from "./open-task";
import type { World } from "./world";

/**
 * Running checkouts of this process, by folder, because several tasks may need the same files at the same time. A task's
 * stop does not cancel one, because other tasks wait for it too.
 */
const checkouts = new Map<string, Promise<void>>();

/**
 * Makes sure that the task's files exist before a tool needs them. Checks out a fork's or a copy's files, and restores
 * a deleted folder of Banyan's from its last snapshot. Throws a WorkspaceError when that fails.
 */
export async function ensureFiles(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  await ensureFolder(world, task, folderOf(world, task), signal);
}

/** Does the same for any folder of the tree. Also throws the signal's reason. */
export async function ensureFolder(world: World, task: OpenTask, folder: Folder, signal: AbortSignal): Promise<void> {
  if (folder.owner !== null) await ensureBase(world, task, folder, folder.owner, signal);
  const { tree, claim } = task;
  const pending = folder.owner === null ? tree.pendingSnapshot : null;
  const snapshot = pending ?? (await lostSnapshot(world, task, folder));
  if (snapshot === null) return;
  world.alive(claim.uid, FILES_MS);
  const running = checkouts.get(folder.path) ?? workplaceAt(world, task, folder).snapshots.checkOut(snapshot);
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

/** Returns the last snapshot of a missing folder; null when it exists, is a person's folder, or has no snapshot. */
async function lostSnapshot(world: World, task: OpenTask, folder: Folder): Promise<string | null> {
  if (folder.owner === null && task.tree.inPlace) return null;
  const isThere = await workplaceAt(world, task, folder).files.isThere();
  return isThere ? null : newestOf(world, task, folder);
}

/**
 * Takes the snapshot that an own folder starts from, with the first call that needs it. A task with predecessors must
 * start from their results, so the snapshot cannot be taken earlier.
 */
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

/** Takes a snapshot of a folder that already had files, before the first call that may change it. */
export async function keepFirst(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const folder = folderOf(world, task);
  if (folder.owner !== null || task.tree.snapshot !== null || task.mayHaveChangedFiles) return;
  // A new folder is empty, unless it is a copy of a repository.
  if (task.tree.inPlace || !(await workplaceAt(world, task, folder).files.isEmpty()))
    await save(world, task, folder, signal, { maybeMissing: false });
}

/** Takes a snapshot after the calls of a turn, when one of them may have changed files. */
export async function keepFiles(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  task.mayHaveChangedFiles = false;
  await save(world, task, folderOf(world, task), signal, { maybeMissing: true });
}

/** Takes a snapshot of the folder now, for subtasks that start with a copy of it. Throws the signal's reason. */
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

/** Takes a snapshot of the folder now; no record names it yet. Throws a WorkspaceError, and the signal's reason. */
export async function takeNow(world: World, task: OpenTask, folder: Folder, signal?: AbortSignal): Promise<Taken> {
  const { claim, state } = task;
  world.alive(claim.uid, FILES_MS);
  // One record may need snapshots of two folders.
  const label = `${claim.uid}-${claim.lease}-${state.length}${folder.owner === null ? "" : `-${folder.owner}`}`;
  const previous = newestOf(world, task, folder);
  const taken = await workplaceAt(world, task, folder).snapshots.take({ label, previous }, signal);
  const leftOutSince = (from: string | null) =>
    leftOutOf(world.snapshots, { from, to: taken.commit }, taken.paths, (name) => runBy(name) !== null);
  const leftOut = await leftOutSince(previous).catch(async (error) => {
    const isGone = previous !== null && (await world.snapshots.missing([previous])).length > 0;
    if (!isGone) throw error;
    // Compaction had taken the snapshots of the tree, which had ended: all files are new now.
    return leftOutSince(null);
  });
  const skipped = taken.skipped.length + taken.torn.length;
  return { commit: taken.commit, changed: taken.changed - leftOut.size, skipped };
}

function noteSaved(task: OpenTask, folder: Folder, taken: Taken): void {
  keepSnapshot(task, folder, taken.commit);
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "files_saved", ...taken } }]);
}

/**
 * Takes a snapshot and records it. A failed snapshot does not fail the task: the log says why, and a fork uses the
 * snapshot before it. An aborted snapshot is skipped, so that the responses of the turn's calls are still committed.
 */
async function save(
  world: World,
  task: OpenTask,
  folder: Folder,
  signal: AbortSignal,
  { maybeMissing }: { maybeMissing: boolean },
): Promise<void> {
  const previous = newestOf(world, task, folder);
  try {
    // An earlier lease may have ended before it made the own folder. A runner that is away cannot say.
    const mayLack = maybeMissing && folder.owner !== null;
    if (mayLack && !(await workplaceAt(world, task, folder).files.isThere())) return;
    const taken = await takeNow(world, task, folder, signal);
    if (taken.commit !== previous) noteSaved(task, folder, taken);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof WorkspaceError)) throw error;
    const content = { type: "files_saved", commit: null, changed: 0, skipped: 0, problem: error.message } as const;
    note(task, [{ kind: "event", turn: task.state.turn, content }]);
  }
}
