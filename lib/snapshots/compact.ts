import path from "node:path";
import { trimCache } from "./cache";
import { type Git, runGit } from "./git";
import { ALL_REFS, treeOf } from "./names";
import { bytesOnDisk, type Places, removeLeftovers } from "./repository";

export interface CompactOptions {
  maxBytes: number;
  mayDrop: (tree: string) => boolean;
}

interface Held {
  ref: string;
  commit: string;
}

/** Compacts the store. Needs the exclusive lock, because new objects without a reference yet would be removed. */
export async function compactStore(git: Git, places: Places, options: CompactOptions): Promise<{ bytes: number }> {
  removeLeftovers(places);
  trimCache(places.cacheDir);
  const all = await heldSnapshots(git);
  const droppable = all.filter(({ ref }) => options.mayDrop(treeOf(ref)));
  const fixed = all.filter((held) => !droppable.includes(held));
  let goalBytes = options.maxBytes - bytesOutsideObjects(places);
  for (let atLeast = 0; ; atLeast = 1) {
    const dropped = await fewestToDrop(git, fixed, droppable, goalBytes, atLeast);
    await forget(git, droppable.splice(0, dropped));
    await repack(git);
    const bytes = bytesOnDisk(path.dirname(places.gitDir));
    if (bytes <= options.maxBytes || droppable.length === 0) return { bytes };
    goalBytes -= bytes - options.maxBytes;
  }
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

async function repack(git: Git): Promise<void> {
  await runGit(git, ["pack-refs", "--all", "--prune"]);
  await runGit(git, ["repack", "-a", "-d", "-q", "-n"]);
  await runGit(git, ["prune", "--expire=now"]);
}

function bytesOutsideObjects({ gitDir }: Places): number {
  return bytesOnDisk(path.dirname(gitDir)) - bytesOnDisk(path.join(gitDir, "objects"));
}

function lines(output: string): string[] {
  return output.split("\n").filter(Boolean);
}

export async function treesIn(git: Git): Promise<string[]> {
  const { output } = await runGit(git, ["for-each-ref", "--format=%(refname)", ALL_REFS]);
  const refs = output.toString().split("\n").filter(Boolean);
  return [...new Set(refs.map(treeOf))];
}
