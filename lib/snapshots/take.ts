import path from "node:path";
import { type Cached, readCache, writeCache } from "./cache";
import { isGitsPath } from "./changes";
import { type Entries, type Entry, storedEntries } from "./entries";
import { type Git, isCommitName, runGit } from "./git";
import { createImport } from "./import";
import { ALL_REFS, refOf, refsOf } from "./names";
import type { Snapshot, SnapshotLimits, TakeRequest } from "./port";
import { syncFolder } from "./repository";
import { scan } from "./scan";

export interface Taking {
  git: Git;
  cacheDir: string;
  limits: SnapshotLimits;
}

/** Lists the folder, and writes its differences from the previous snapshot as a new, complete snapshot. */
export async function takeSnapshot({ git, cacheDir, limits }: Taking, request: TakeRequest): Promise<Snapshot> {
  const ref = refOf(request.tree, request.label);
  const previous = await findPrevious(git, request);
  const cached = await readCache(cacheDir, request.folder);
  const before = previous ? await entriesOf(git, previous.commit, cached) : new Map();
  const importing = createImport(git);
  try {
    const scanned = await scan({ ...request, previous: before, limits }, importing);
    const change = compare(before, scanned.entries);
    const changed = change.deleted.length + change.written.length;
    let commit: string;
    if (previous && changed === 0) {
      commit = previous.commit;
      if (!previous.isOfTree) await hold(git, ref, commit);
    } else {
      commit = await importing.commit({ ref, from: previous?.root ?? null, ...change });
      syncReference(git, ref);
    }
    if (change.isRefreshed || cached?.commit !== commit)
      await writeCache(cacheDir, request.folder, { commit, entries: scanned.entries });
    const { bytes, skipped, torn } = scanned;
    const shown = [...change.deleted, ...change.written.map(([name]) => name)].filter((name) => !isGitsPath(name));
    return { commit, changed: shown.length, files: countFiles(scanned.entries), bytes, skipped, torn };
  } finally {
    await importing.abandon();
  }
}

/** Creates a reference to a commit in the store. */
export async function hold(git: Git, ref: string, commit: string): Promise<void> {
  await runGit(git, ["update-ref", ref, commit]);
  syncReference(git, ref);
}

/** Git flushes its files, but not the folders that list them. */
export function syncReference({ gitDir }: Git, ref: string): void {
  const folders = ["objects/pack", "objects", path.dirname(ref), "refs/snap", "refs"];
  for (const folder of folders) syncFolder(path.join(gitDir, folder));
}

interface Previous {
  commit: string;
  /** Git's name of its root tree. */
  root: string;
  isOfTree: boolean;
}

/**
 * Finds the previous snapshot. A commit without a reference counts as missing, because its contents may have been
 * removed.
 */
async function findPrevious(git: Git, request: TakeRequest): Promise<Previous | null> {
  const commit = request.previous;
  if (commit === null || !isCommitName(commit)) return null;
  for (const refs of [refsOf(request.tree), ALL_REFS]) {
    // Git exits with 129 for an unknown object.
    const args = ["for-each-ref", "--count=1", `--points-at=${commit}`, "--format=%(tree)", refs];
    const { status, output } = await runGit(git, args, { statuses: [0, 129] });
    if (status !== 0) return null;
    if (output !== "") return { commit, root: output.trim(), isOfTree: refs !== ALL_REFS };
  }
  return null;
}

/** Returns the entries of a commit, with the cached signatures of entries with the same content. */
async function entriesOf(git: Git, commit: string, cached: Cached | null): Promise<Entries> {
  if (cached?.commit === commit) return cached.entries;
  const entries = await storedEntries(git, commit);
  for (const [name, entry] of entries) {
    const row = cached?.entries.get(name);
    if (row && isSame(row, entry)) entry.signature = row.signature;
  }
  return entries;
}

interface Change {
  deleted: string[];
  written: [string, Entry][];
  /** Whether any content or metadata differs. */
  isRefreshed: boolean;
}

function compare(before: Entries, now: Entries): Change {
  const change: Change = { deleted: [], written: [], isRefreshed: false };
  for (const name of before.keys()) if (!now.has(name)) change.deleted.push(name);
  for (const [name, entry] of now) {
    const known = before.get(name);
    if (!known || !isSame(known, entry)) change.written.push([name, entry]);
    else if (known.signature !== entry.signature) change.isRefreshed = true;
  }
  return change;
}

function isSame(one: Entry, other: Entry): boolean {
  return one.oid === other.oid && one.mode === other.mode;
}

function countFiles(entries: Entries): number {
  let files = 0;
  for (const name of entries.keys()) if (!name.endsWith("/")) files += 1;
  return files;
}
