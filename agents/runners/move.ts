/** What a tree takes along when it moves: the snapshots of its folders. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import type { Place } from "@/db/runners/places";
import type { Store } from "@/db/store";
import type { CellLink } from "@/lib/nats/port";
import { placeCaller, RunnerError } from "@/lib/runner/caller";
import type { SnapshotStore } from "@/lib/snapshots/port";
import type { WorkplaceFolder, Workplaces } from "@/lib/workplace/port";
import { type PlaceCaller, remoteWorkplace } from "@/lib/workplace/remote";
import { WorkspaceError } from "@/lib/workspace/path";
import { removeTree } from "@/lib/workspace/remove-tree";

/** A place whose runner is heard. */
export interface LivePlace {
  link: CellLink;
  runner: string;
  bootId: string;
  number: number;
  tree: string;
}

interface MoveSources {
  store: Pick<Store, "places" | "loader">;
  snapshots: SnapshotStore;
  local: Workplaces;
}

/** A runner that does not answer in time holds neither the trees that it should give away nor those that come to it. */
function callerAt({ link, runner, bootId, number }: LivePlace, mostMs = MOVE_MS): Promise<PlaceCaller> {
  return placeCaller({ link, runner, bootId, place: number, mostMs });
}

/** For the snapshot of a large folder. */
const MOVE_MS = 30 * 60_000;
/** For what a runner knows. */
const QUESTION_MS = 60_000;

/** Where the folder is only the runner knows. */
function folderOf(tree: string, owner: string | null): WorkplaceFolder {
  return { tree, task: owner ?? "tree", owner, root: "/", cacheDir: "", hiddenPaths: [] };
}

function requestedOf(tree: string) {
  return { tree, task: "tree", owner: null, hidden: [], isReadOnly: false, guardsGit: false };
}

/** The tree's folder stands under this name among the bases. */
const TREE = "";

/** Returns the snapshots with which the tree's folders begin at their next place. `live`: the place that they leave. */
export async function basesOf(sources: MoveSources, place: Place, live: LivePlace | null): Promise<Place["base"]> {
  const { store } = sources;
  if (live !== null) return takenAt(sources, place, live);
  const base: Place["base"] = {};
  for (const owner of foldersOf(store, place)) {
    const kept = keptOf(store, place, owner);
    if (kept !== undefined) base[owner ?? TREE] = kept;
  }
  const { workspace, pendingSnapshot } = store.loader.tree(place.treeId);
  if (base[TREE] === undefined && pendingSnapshot === null && (await hasFiles(workspace))) {
    const folder = { ...folderOf(place.tree, null), root: workspace };
    const { commit } = await sources.local.of(folder).snapshots.take({ label: labelOf(place, null), previous: null });
    base[TREE] = { commit, after: null };
  }
  return base;
}

/** Returns the base of a folder whose content at the place is not known, or that was never written there. */
function keptOf(store: MoveSources["store"], place: Place, owner: string | null): Place["base"][string] | undefined {
  const newest = newestOf(store, place, owner);
  const before = place.base[owner ?? TREE];
  if (before !== undefined && before.after === newest) return before;
  return newest !== null && owner === null ? { commit: newest, after: newest } : undefined;
}

/** Resolves with the new place, which begins with the newest snapshots; null: another process moved the tree meanwhile. */
export async function movedTo(
  sources: MoveSources,
  place: Place,
  to: Pick<Place, "runner" | "bootId"> & { isLost: boolean },
): Promise<Place | null> {
  const base = await basesOf(sources, place, null);
  return sources.store.places.move(place.tree, place.number, { ...to, base });
}

/**
 * Whether the runner knows a newer place of the tree than the server does: an older database was restored. It takes the tree
 * only at a place that is newer still.
 */
export function hasMoved(error: unknown): boolean {
  return error instanceof RunnerError && error.refusal === "moved";
}

async function hasFiles(folder: string): Promise<boolean> {
  return existsSync(folder) && (await readdir(folder)).length > 0;
}

/** Takes a snapshot of each folder that is there, so that nothing of a turn in its middle is lost. */
async function takenAt({ store, snapshots }: MoveSources, place: Place, live: LivePlace): Promise<Place["base"]> {
  const caller = await callerAt(live);
  const base: Place["base"] = {};
  for (const owner of foldersOf(store, place)) {
    const { files, snapshots: own } = remoteWorkplace(folderOf(place.tree, owner), { caller, store: snapshots });
    if (!(await files.isThere())) {
      const kept = keptOf(store, place, owner);
      if (kept !== undefined) base[owner ?? TREE] = kept;
      continue;
    }
    const after = newestOf(store, place, owner);
    const taken = await own.take({ label: labelOf(place, owner), previous: after });
    const { commit } = taken;
    const leftOut = [...taken.skipped.map(({ path, why }) => `${path} (${why})`), ...taken.torn];
    base[owner ?? TREE] = { commit, after, ...(leftOut.length > 0 && { leftOut }) };
  }
  return base;
}

function foldersOf({ places }: MoveSources["store"], { treeId }: Place): (string | null)[] {
  return [null, ...places.ownFolders(treeId)];
}

function labelOf({ number }: Place, owner: string | null): string {
  return `placed-${number + 1}${owner === null ? "" : `-${owner}`}`;
}

/** Returns the newest snapshot that a record names. */
function newestOf({ loader }: MoveSources["store"], { treeId }: Place, owner: string | null): string | null {
  if (owner === null) return loader.snapshotOf(treeId);
  const { base, snapshot } = loader.ownFolder(owner);
  return snapshot ?? base;
}

/** The runner cannot write the folders of a new place, as on a full disk. Nothing of the tree's work is there. */
export class NotMadeError extends WorkspaceError {
  override name = "NotMadeError";
}

/**
 * Writes the folders of a new place from its bases, and removes what the server has of them by then. Throws RunnerError and
 * NotMadeError.
 */
export async function makeReady(sources: MoveSources, place: Place, live: LivePlace): Promise<void> {
  const caller = await callerAt(live);
  const { workspace, inPlace } = sources.store.loader.tree(place.treeId);
  const at = (owner: string | null) =>
    remoteWorkplace(folderOf(place.tree, owner), { caller, store: sources.snapshots });
  // A server that was started again does not know that the place was ready before.
  const wasReady = await at(null).files.isThere();
  try {
    await writeFolders(sources, place, { at, caller });
  } catch (error) {
    const isUnfit = error instanceof WorkspaceError && !(error instanceof RunnerError);
    throw isUnfit && !wasReady ? new NotMadeError(error.message, { cause: error }) : error;
  }
  // Pages would show it in place of the newest snapshot. A person's own folder has no pool, and stays whatever happens.
  if (!inPlace) await removeTree(workspace);
}

interface Asked {
  at(owner: string | null): ReturnType<typeof remoteWorkplace>;
  caller: PlaceCaller;
}

async function writeFolders({ store }: MoveSources, place: Place, { at, caller }: Asked): Promise<void> {
  const { pendingSnapshot } = store.loader.tree(place.treeId);
  for (const [owner, { commit }] of Object.entries(place.base)) {
    const workplace = at(owner === TREE ? null : owner);
    if (!(await workplace.files.isThere())) await workplace.snapshots.checkOut(commit);
  }
  // The folder of a fork is written before its first use, as on the server.
  if (place.base[TREE] === undefined && pendingSnapshot === null)
    await caller.ask({ folder: requestedOf(place.tree), part: "place", operation: "makeFolder", args: [] });
}

/** Throws RunnerError when the runner does not answer. */
export async function isThereAt(live: LivePlace): Promise<void> {
  await ask(live, "missing", [[]], QUESTION_MS);
}

/**
 * Returns whether calls of the tree run there, also those of another process of the server: a former one, or another worker.
 * Throws RunnerError when the runner does not answer.
 */
export async function worksAt(live: LivePlace): Promise<boolean> {
  try {
    return Number(await ask(live, "working", [], QUESTION_MS)) > 0;
  } catch (error) {
    if (error instanceof WorkspaceError) throw error;
    // A runner of an older release does not know the question.
    return false;
  }
}

/** Ends the tree's programs on a runner that it leaves, and removes its folders there. */
export async function takeAway(live: LivePlace): Promise<void> {
  await ask(live, "removeTree", []);
}

/** Removes each of these, whatever becomes of the others. Throws the first error at the end. */
export async function removeEach<Left>(left: readonly Left[], remove: (one: Left) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const one of left) await remove(one).catch((error) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** Ends the programs of a task and calls that still run for it; null: those of the whole tree. */
export async function endProgramsAt(live: LivePlace, task: string | null): Promise<void> {
  await ask(live, "endPrograms", [task]);
}

async function ask(live: LivePlace, operation: string, args: unknown[], mostMs?: number): Promise<unknown> {
  const caller = await callerAt(live, mostMs);
  return caller.ask({ folder: requestedOf(live.tree), part: "place", operation, args });
}
