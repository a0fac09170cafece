import path from "node:path";
import { trimCache } from "./cache";
import { type Git, runGit } from "./git";
import { ALL_REFS, treeOf } from "./names";
import { type CompactRequest, SnapshotError } from "./port";
import { bytesOfObjects, bytesOnDisk, type Places, removeLeftovers, stateOf } from "./repository";

interface Held {
  ref: string;
  commit: string;
}

interface Compacting {
  git: Git;
  places: Places;
  /** Of the disk of the store. */
  freeBytes(): number;
  /** The store as the last compaction of this process left it. */
  last: { state: string };
}

/** A store in a new pack may take somewhat more than before, and other files need room, too. */
const ROOM = 1.25;

/** Compacts the store. Needs the exclusive lock, because new objects without a reference yet would be removed. */
export async function compactStore(compacting: Compacting, options: CompactRequest): Promise<{ bytes: number }> {
  const { places, last } = compacting;
  removeLeftovers(places);
  trimCache(places.cacheDir);
  const bytes = bytesOfStore(places);
  if (bytes <= options.maxBytes && stateOf(places) === last.state) return { bytes };
  try {
    const compacted = await compact(compacting, options);
    last.state = stateOf(places);
    return compacted;
  } finally {
    // A git that fails, as on a full disk, leaves what it has written.
    removeLeftovers(places);
  }
}

async function compact(compacting: Compacting, options: CompactRequest): Promise<{ bytes: number }> {
  const { git, places } = compacting;
  await tidy(git);
  const all = await heldSnapshots(git);
  const { fixed, droppable } =
    bytesOfStore(places) > options.maxBytes ? await split(all, options) : { fixed: all, droppable: [] };
  let goalBytes = options.maxBytes - bytesOutsideObjects(places);
  for (let atLeast = 0; ; atLeast = 1) {
    const dropped = droppable.splice(0, await fewestToDrop(git, fixed, droppable, goalBytes, atLeast));
    await rewrite(compacting, dropped, [...fixed, ...droppable]);
    const bytes = bytesOfStore(places);
    if (bytes <= options.maxBytes || droppable.length === 0) return { bytes };
    goalBytes -= bytes - options.maxBytes;
  }
}

/**
 * Forgets the dropped snapshots, and writes the others anew when that frees something. It needs room for all of them
 * beside the old ones, so with less it forgets nothing and throws a SnapshotError.
 */
async function rewrite(
  { git, places, freeBytes }: Compacting,
  dropped: readonly Held[],
  kept: readonly Held[],
): Promise<void> {
  const keptBytes = await bytesReachable(git, kept);
  const frees = bytesOfObjects(places) > keptBytes;
  const free = freeBytes();
  const hasRoom = free > keptBytes * ROOM;
  if (!hasRoom) {
    // Needs room for the newest contents alone.
    await runGit(git, ["repack", "-d", "-q", "-n"]);
    if (frees) throw new SnapshotError(tooLittleRoom(keptBytes * ROOM, free));
  }
  await forget(git, dropped);
  if (hasRoom && !frees) await runGit(git, ["repack", "--geometric=2", "-d", "-q", "-n"]);
  if (!frees) return;
  await runGit(git, ["repack", "-a", "-d", "-q", "-n"]);
  await tidy(git);
}

function tooLittleRoom(needed: number, free: number): string {
  const [needs, has] = [needed, free].map((bytes) => Math.ceil(bytes / 1_000_000));
  return `Space of snapshots that nothing needs any more cannot be freed: that takes ${needs} MB of free disk, and ${has} MB are free.`;
}

/** Returns the snapshots that stay, and the others in the order in which they go: tree by tree, and of each the oldest first. */
async function split(all: readonly Held[], options: CompactRequest): Promise<{ fixed: Held[]; droppable: Held[] }> {
  const trees = await options.droppable([...new Set(all.map(({ ref }) => treeOf(ref)))]);
  const places = new Map(trees.map((tree, place) => [tree, place]));
  const placeOf = ({ ref }: Held) => places.get(treeOf(ref)) ?? -1;
  const droppable = all.filter((held) => placeOf(held) >= 0).sort((a, b) => placeOf(a) - placeOf(b));
  return { fixed: all.filter((held) => placeOf(held) < 0), droppable };
}

/** Returns the snapshots, oldest first. */
async function heldSnapshots(git: Git): Promise<Held[]> {
  const args = ["for-each-ref", "--sort=committerdate", "--format=%(objectname) %(refname)", ALL_REFS];
  const { output } = await runGit(git, args);
  return lines(output).map((line) => ({ commit: line.slice(0, 40), ref: line.slice(41) }));
}

/** Finds how many to drop by asking git for the size of each guess, because snapshots share contents. */
async function fewestToDrop(
  git: Git,
  fixed: readonly Held[],
  droppable: readonly Held[],
  goalBytes: number,
  atLeast: number,
): Promise<number> {
  let low = Math.min(atLeast, droppable.length);
  let high = droppable.length;
  while (low < high) {
    const middle = low === atLeast ? low : Math.floor((low + high) / 2);
    const bytes = await bytesReachable(git, [...fixed, ...droppable.slice(middle)]);
    if (bytes <= goalBytes) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function bytesReachable(git: Git, held: readonly Held[]): Promise<number> {
  const commits = new Set(held.map(({ commit }) => commit));
  if (commits.size === 0) return 0;
  const input = `${[...commits].join("\n")}\n`;
  return Number((await runGit(git, ["rev-list", "--objects", "--disk-usage", "--stdin"], { input })).output);
}

/** Forgets every snapshot of a tree. */
export async function dropTree(git: Git, refs: string): Promise<void> {
  const { output } = await runGit(git, ["for-each-ref", "--format=%(objectname) %(refname)", refs]);
  await forget(
    git,
    lines(output).map((line) => ({ commit: line.slice(0, 40), ref: line.slice(41) })),
  );
}

async function forget(git: Git, held: readonly Held[]): Promise<void> {
  if (held.length === 0) return;
  const input = held.map(({ ref }) => `delete ${ref}\n`).join("");
  await runGit(git, ["update-ref", "--stdin"], { input });
}

/** Packs the references, and removes contents outside packs that nothing refers to. Needs no room. */
async function tidy(git: Git): Promise<void> {
  await runGit(git, ["pack-refs", "--all", "--prune"]);
  await runGit(git, ["prune", "--expire=now"]);
}

function bytesOfStore({ gitDir }: Places): number {
  return bytesOnDisk(path.dirname(gitDir));
}

function bytesOutsideObjects(places: Places): number {
  return bytesOfStore(places) - bytesOnDisk(path.join(places.gitDir, "objects"));
}

function lines(output: string): string[] {
  return output.split("\n").filter(Boolean);
}

export async function treesIn(git: Git): Promise<string[]> {
  const { output } = await runGit(git, ["for-each-ref", "--format=%(refname)", ALL_REFS]);
  const refs = output.toString().split("\n").filter(Boolean);
  return [...new Set(refs.map(treeOf))];
}
