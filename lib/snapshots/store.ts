import fs from "node:fs";
import path from "node:path";
import { freeBytes } from "../process/free-bytes";
import { compactStore, dropTree, treesIn } from "./compact";
import { allFiles, changedPaths, changesOf, contentsOf, findFile, listFolder } from "./contents";
import { diffSnapshots } from "./diff";
import { type Git, missingCommits, requireCommits } from "./git";
import type { Listings } from "./listing";
import { createListings } from "./listings";
import { createGate } from "./lock";
import { mergeSnapshots } from "./merge";
import { refOf, refsOf } from "./names";
import { packPart, packTree } from "./packs";
import { SnapshotError, type SnapshotLimits, type SnapshotStore } from "./port";
import { bytesOnDisk, placesIn, prepareRepository } from "./repository";
import { hold, takeSnapshot } from "./take";
import { unpackTree } from "./unpack";
import { applyChanges, checkOutSnapshot, copyPaths } from "./write-out";

export const SNAPSHOT_LIMITS: SnapshotLimits = {
  maxFiles: 200_000,
  maxFileBytes: 1024 ** 3,
  maxTotalBytes: 4 * 1024 ** 3,
  maxDepth: 128,
  maxReported: 200,
};

interface StoreOptions {
  dir: string;
  limits?: Partial<SnapshotLimits>;
  /** Of the disk of a folder. */
  freeBytes?(folder: string): number;
}

/** Returns a store in a folder that only the server can read; created at first use. */
export function createSnapshotStore(options: StoreOptions): SnapshotStore {
  const { dir } = options;
  const last = { state: "" };
  const places = placesIn(dir);
  const limits = { ...SNAPSHOT_LIMITS, ...options.limits };
  const inTurn = createTurns();
  const listings = createListings();
  const { tracked, sharing, reading, gate, close } = createAccess(dir, listings);

  return {
    take: (request) =>
      inTurn(request.folder, () =>
        sharing((git) => takeSnapshot({ git, cacheDir: places.cacheDir, limits }, request), request.signal),
      ),
    checkOut: (commit, folder, signal) =>
      inTurn(folder, () => sharing((git) => checkOutSnapshot(git, commit, folder), signal)),
    diff: (from, to, { signal, ...options } = {}) => sharing((git) => diffSnapshots(git, from, to, options), signal),
    list: (commit, folder) => sharing((git) => listFolder(git, commit, folder)),
    find: (commit, file) => reading([commit], (git) => findFile(git, commit, file)),
    files: (commit) => reading([commit], (git) => allFiles(git, commit)),
    contents: (files) => contentsOf({ sharing, dir: places.cacheDir }, files),
    changedPaths: (pairs) => sharing((git) => changedPaths(git, pairs)),
    changes: (from, to) => reading([from, to], (git) => changesOf(git, from, to)),
    withObjects: (work) => sharing(() => work(path.join(places.gitDir, "objects"))),
    merge: (request) => sharing((git) => mergeSnapshots(git, request)),
    apply: (request) => inTurn(request.folder, () => sharing((git) => applyChanges(git, request))),
    copy: (request) => inTurn(request.folder, () => sharing((git) => copyPaths(git, request))),
    share: (commit, tree, label) =>
      sharing(async (git) => {
        await requireCommits(git, commit);
        await hold(git, refOf(tree, label), commit);
      }),
    pack: (tree) => sharing((git) => packTree(git, places, tree)),
    packPart: (part) => sharing((git) => packPart(git, places, part)),
    // Without the lock: what a compaction frees right after the answer could be freed right after the lock, too.
    missing: (commits) => tracked(() => missingCommits({ gitDir: places.gitDir, lockFd: -1, listings }, commits)),
    unpack: (request) => sharing((git) => unpackTree(git, places, limits, request)),
    trees: () => (fs.existsSync(dir) ? sharing(treesIn) : Promise.resolve([])),
    drop(tree) {
      listings.forget();
      return sharing((git) => dropTree(git, refsOf(tree)));
    },
    compact: (request) =>
      tracked(() =>
        gate.exclusive((lockFd) => {
          listings.forget();
          const git = { gitDir: places.gitDir, lockFd, listings };
          const free = options.freeBytes ?? freeBytes;
          return compactStore({ git, places, last, freeBytes: () => free(dir) }, request);
        }),
      ),
    sizeBytes: () => (fs.existsSync(dir) ? bytesOnDisk(dir) : 0),
    close,
  };
}

/** Returns the ways to work on a store: alone, beside others, or only with what this process knows. */
function createAccess(dir: string, listings: Listings) {
  const { gitDir, lock } = placesIn(dir);
  const gate = createGate(lock);
  const underWay = new Set<Promise<unknown>>();
  let prepared: Promise<void> | null = null;
  let isClosed = false;

  /** Prepares the store once; after a failure the next call tries again. */
  const prepare = () => {
    prepared ??= prepareRepository(dir).catch((error) => {
      prepared = null;
      throw error;
    });
    return prepared;
  };
  const tracked = <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isClosed) return Promise.reject(new SnapshotError("The snapshots are closed, because the server is stopping."));
    const result = prepare().then(work);
    const settled: Promise<unknown> = result.catch(() => undefined).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return result;
  };
  /** Runs work in parallel with other work, but never during a compaction. */
  const sharing = <Result>(work: (git: Git) => Promise<Result>, signal?: AbortSignal): Promise<Result> =>
    tracked(() => gate.shared((lockFd) => work({ gitDir, lockFd, signal, listings }), signal));
  /** Like `sharing`; without waiting when all that is asked is known. */
  const reading = <Result>(
    commits: readonly (string | null)[],
    work: (git: Git) => Promise<Result>,
  ): Promise<Result> =>
    commits.every((commit) => commit === null || listings.get(commit))
      ? tracked(() => work({ gitDir, lockFd: -1, listings }))
      : sharing(work);
  const close = async () => {
    isClosed = true;
    await Promise.all(underWay);
  };
  return { gate, tracked, sharing, reading, close };
}

/** Runs work on one folder, one after the other. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return <Result>(folder: string, work: () => Promise<Result>): Promise<Result> => {
    const result = (last.get(folder) ?? Promise.resolve()).then(work);
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (last.get(folder) === settled) last.delete(folder);
      });
    last.set(folder, settled);
    return result;
  };
}
