/** Snapshots of a tree's folder: one after each turn that may have changed files, and the checkout that a fork begins with. */
import { existsSync } from "node:fs";
import { WorkspaceError } from "@/lib/workspace/path";
import { note, type OpenTask } from "./open-task";
import type { World } from "./world";

/** What a snapshot, or its checkout, may take. */
const FILES_MS = 10 * 60_000;
/** Checkouts under way in this process, by folder: several tasks of a fork may want their files at once. */
const checkouts = new Map<string, Promise<void>>();

/**
 * Before a tool needs them: the files of a fork, and those of a folder of the tree's own that somebody has deleted, as its last
 * snapshot holds them. Throws a WorkspaceError when they cannot be had.
 */
export async function ensureFiles(world: World, task: OpenTask): Promise<void> {
  const { tree, claim } = task;
  const snapshot = tree.pendingSnapshot ?? lostSnapshot(world, task);
  if (snapshot === null) return;
  world.alive(claim.uid, FILES_MS);
  const running = checkouts.get(tree.workspace) ?? checkOut(world, snapshot, tree.workspace);
  checkouts.set(tree.workspace, running);
  try {
    await running;
  } finally {
    if (checkouts.get(tree.workspace) === running) checkouts.delete(tree.workspace);
  }
  await world.filesAreThere(claim.treeId);
  tree.pendingSnapshot = null;
}

/** null: the folder is there, is a person's, or nothing was ever kept of it. */
function lostSnapshot(world: World, { tree, claim }: OpenTask): string | null {
  if (tree.inPlace || existsSync(tree.workspace)) return null;
  return world.loader.snapshotOf(claim.treeId);
}

/** The folder appears whole or not at all: where it is, an earlier try came that far. Nobody's stop ends it, because others wait too. */
async function checkOut(world: World, snapshot: string, folder: string): Promise<void> {
  if (!existsSync(folder)) await world.snapshots.checkOut(snapshot, folder);
}

/** A folder that had files before the tree began is kept as it was, before the first call that may change it. */
export async function keepFirst(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  if (task.tree.inPlace && task.tree.snapshot === null) await save(world, task, signal);
}

/** After the calls of a turn, when one of them may have changed files. */
export async function keepFiles(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  task.mayHaveChangedFiles = false;
  await save(world, task, signal);
}

/**
 * A snapshot that cannot be taken fails no task: the log says why, and a fork goes back to the one before it. Neither does one that is
 * cut short: what the calls of the turn answered goes on disk all the same.
 */
async function save(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const { tree, claim, state } = task;
  const event = (content: { commit: string | null; changed: number; skipped: number; problem?: string }) =>
    note(task, [{ kind: "event", turn: state.turn, content: { type: "files_saved", ...content } }]);
  world.alive(claim.uid, FILES_MS);
  const previous = world.loader.snapshotOf(claim.treeId);
  try {
    const taken = await world.snapshots.take({
      tree: claim.treeUid,
      folder: tree.workspace,
      label: `${claim.uid}-${claim.lease}-${state.length}`,
      previous,
      hiddenPaths: world.rulesOf(tree).hiddenPaths,
      signal,
    });
    if (taken.commit === previous) return;
    tree.snapshot = taken.commit;
    task.draft.snapshot = taken.commit;
    event({ commit: taken.commit, changed: taken.changed, skipped: taken.skipped.length + taken.torn.length });
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof WorkspaceError)) throw error;
    event({ commit: null, changed: 0, skipped: 0, problem: error.message });
  }
}
