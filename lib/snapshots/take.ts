import path from "node:path";
import { type Cached, readCache, writeCache } from "./cache";
import { isGitsPath } from "./changes";
import { storedEntries } from "./entries";
import { type Git, isCommitName, runGit } from "./git";
import { createImport } from "./import";
import type { Entries, Entry } from "./listing";
import { isHeldBy } from "./listings";
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
  // A later snapshot of this folder is closer to it.
  const base = previous && (heldOf(git, request.tree, cached?.commit ?? null) ?? previous);
  const before = base ? await entriesOf(git, base.commit, cached) : new Map();
  const importing = createImport(git);
  try {
    const scanned = await scan({ ...request, previous: before, limits }, importing);
    const change = compare(before, scanned.entries);
    const asked = previous ? await storedEntries(git, previous.commit) : new Map();
    const since = base?.commit === previous?.commit ? change : compare(asked, scanned.entries);
    const same = previous && isEmpty(since) ? previous : base && isEmpty(change) ? base : null;
    const { commit, ...held } = same
      ? await heldIn(git, same, { tree: request.tree, ref })
      : { ref, ...(await importing.commit({ ref, from: base?.root ?? null, ...change })) };
    if (!same) await syncReference(git, ref);
    git.listings.keep(commit, { entries: scanned.entries, held });
    if (change.isRefreshed || cached?.commit !== commit)
      await writeCache(cacheDir, request.folder, { commit, entries: scanned.entries });
    const { bytes, skipped, torn } = scanned;
    const shown = [...since.deleted, ...since.written.map(([name]) => name)].filter((name) => !isGitsPath(name));
    return { commit, changed: shown.length, paths: shown, files: countFiles(scanned.entries), bytes, skipped, torn };
  } finally {
    await importing.abandon();
  }
}

/** Has a reference of the tree hold a snapshot. */
async function heldIn(git: Git, same: Previous, { tree, ref }: { tree: string; ref: string }): Promise<Previous> {
  if (same.ref.startsWith(refsOf(tree))) return same;
  await hold(git, ref, same.commit);
  return { ...same, ref };
}

/** Creates a reference to a commit in the store. */
export async function hold(git: Git, ref: string, commit: string): Promise<void> {
  await runGit(git, ["update-ref", ref, commit]);
  await syncReference(git, ref);
}

/** Git flushes its files, but not the folders that list them. */
export async function syncReference({ gitDir }: Git, ref: string): Promise<void> {
  const folders = ["objects/pack", "objects", path.dirname(ref), "refs/snap", "refs"];
  for (const folder of folders) await syncFolder(path.join(gitDir, folder));
}

interface Previous {
  commit: string;
  /** Git's name of its root tree. */
  root: string;
  /** A reference that holds it, of the request's tree if it has one. */
  ref: string;
}

/**
 * Finds the previous snapshot. A commit without a reference counts as missing, because its contents may have been
 * removed.
 */
async function findPrevious(git: Git, request: TakeRequest): Promise<Previous | null> {
  const commit = request.previous;
  if (commit === null || !isCommitName(commit)) return null;
  const known = heldOf(git, request.tree, commit);
  if (known) return known;
  for (const refs of [refsOf(request.tree), ALL_REFS]) {
    // Git exits with 129 for an unknown object.
    const args = ["for-each-ref", "--count=1", `--points-at=${commit}`, "--format=%(tree) %(refname)", refs];
    const { status, output } = await runGit(git, args, { statuses: [0, 129] });
    if (status !== 0) return null;
    const [root = "", ref = ""] = output.trim().split(" ");
    if (ref !== "") return { commit, root, ref };
  }
  return null;
}

/** Returns a snapshot of which this process knows that the tree holds it, or null. */
function heldOf(git: Git, tree: string, commit: string | null): Previous | null {
  const known = commit === null ? null : git.listings.get(commit)?.held;
  if (!commit || !known?.ref.startsWith(refsOf(tree)) || !isHeldBy(git.gitDir, known.ref, commit)) return null;
  return { commit, ...known };
}

/** Returns the entries of a commit, with the cached signatures of entries with the same content. */
async function entriesOf(git: Git, commit: string, cached: Cached | null): Promise<Entries> {
  if (cached?.commit === commit) return cached.entries;
  const entries: Entries = new Map();
  for (const [name, entry] of await storedEntries(git, commit)) {
    const row = cached?.entries.get(name);
    entries.set(name, { ...entry, signature: row && isSame(row, entry) ? row.signature : "" });
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

function isEmpty({ deleted, written }: Change): boolean {
  return deleted.length + written.length === 0;
}

function isSame(a: Entry, b: Entry): boolean {
  return a.oid === b.oid && a.mode === b.mode;
}

function countFiles(entries: Entries): number {
  let files = 0;
  for (const name of entries.keys()) if (!name.endsWith("/")) files += 1;
  return files;
}
