/** What a tree changed in its folder since its start, and which of its tasks did. */
import { runBy } from "@/core/rules/run-by-others";
import type { ChangedFile, TreeChange, TreeChanges } from "@/core/shapes/files";
import type { SnapshotDiff } from "@/lib/snapshots/port";
import { leftOutBetween } from "./left-out";
import { askedLater, type FileSources, type Moment } from "./moment";

/** Enough to count the lines of most changes. */
const PATCH_BYTES = 1024 * 1024;
/** Nobody reads a longer list. */
const MOST_CHANGES = 2_000;
/** Older snapshots of a tree with more turns name no task. */
const MOST_PAIRS = 3_000;
const MOST_KEPT = 50;
const MOST_KEPT_PAIRS = 10_000;
const MOST_KEPT_PATHS = 200;

export type AllChanges = ReadonlyMap<string, TreeChange>;

/** Snapshots never change, so neither do their differences. */
export function createChanges(sources: FileSources) {
  const kept = new Map<string, Promise<AllChanges>>();
  const pairs: KnownPairs = new Map();
  return async (moment: Moment): Promise<AllChanges> => {
    if (moment.commit === null || moment.commit === moment.start) return new Map();
    const key = `${moment.treeUid} ${moment.start} ${moment.commit} ${moment.history.length}`;
    const changes = kept.get(key) ?? read(sources, moment, moment.commit, pairs);
    kept.delete(key);
    kept.set(key, changes);
    for (const old of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(old);
    try {
      return await askedLater(changes);
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  };
}

/** The paths that differ between two snapshots, for the pairs that were compared last. */
type KnownPairs = Map<string, readonly string[]>;

async function read({ snapshots }: FileSources, moment: Moment, to: string, known: KnownPairs): Promise<AllChanges> {
  const leaveOut = await leftOutBetween(snapshots, moment.start, to);
  const diff = await snapshots.diff(moment.start, to, { maxBytes: PATCH_BYTES, leaveOut });
  const authors = await authorsOf({ snapshots }, moment, known);
  const changes = (["added", "modified", "deleted"] as const).flatMap((change) =>
    diff[change].map((path) => ({ ...changedFile(path, change, diff), changed_by: authors.get(path) ?? [] })),
  );
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  return new Map(changes.map((change) => [change.path, change]));
}

function changedFile(path: string, change: ChangedFile["change"], { lines }: SnapshotDiff): ChangedFile {
  const { added = null, removed = null } = lines.get(path) ?? {};
  return { path, change, additions: added, deletions: removed, run_by: change === "deleted" ? null : runBy(path) };
}

/** Returns the tasks that changed each path: a snapshot shows the work of the task that it was taken for. */
async function authorsOf(
  { snapshots }: Pick<FileSources, "snapshots">,
  { start, history }: Moment,
  known: KnownPairs,
): Promise<Map<string, string[]>> {
  const first = Math.max(0, history.length - MOST_PAIRS);
  const pairs = history.slice(first).map(({ commit, taskUid }, index) => {
    const from = history[first + index - 1]?.commit ?? start;
    return { from, to: commit, task: taskUid, key: `${from} ${commit}` };
  });
  const changed = await changedIn({ snapshots }, pairs, known);
  const authors = new Map<string, string[]>();
  for (const { key, task } of pairs)
    for (const path of changed.get(key) ?? []) {
      const before = authors.get(path);
      if (!before) authors.set(path, [task]);
      else if (!before.includes(task)) before.push(task);
    }
  return authors;
}

/** Returns the paths that differ, by pair. While a tree runs, each turn adds one pair, so the others are known. */
async function changedIn(
  { snapshots }: Pick<FileSources, "snapshots">,
  pairs: readonly { from: string | null; to: string; key: string }[],
  known: KnownPairs,
): Promise<KnownPairs> {
  const unknown = pairs.filter(({ key }) => !known.has(key));
  const found: KnownPairs = new Map(pairs.map(({ key }) => [key, known.get(key) ?? []]));
  const compared = await snapshots.changedPaths(unknown);
  for (const [index, { key }] of unknown.entries()) {
    const paths = compared[index] ?? [];
    found.set(key, paths);
    keep(known, key, paths);
  }
  return found;
}

function keep(known: KnownPairs, key: string, paths: readonly string[]): void {
  // A long list is rare, and is cheaper to make again than to keep.
  if (paths.length > MOST_KEPT_PATHS) return;
  known.set(key, paths);
  for (const old of known.keys()) if (known.size > MOST_KEPT_PAIRS) known.delete(old);
}

/** Files that other programs run are always listed, even beyond the limit. */
export function listedChanges(changes: AllChanges): TreeChanges {
  const all = [...changes.values()];
  const beyond = all.slice(MOST_CHANGES).filter(({ run_by }) => run_by !== null);
  return {
    items: [...all.slice(0, MOST_CHANGES), ...beyond.slice(0, MOST_CHANGES)],
    truncated: all.length > MOST_CHANGES,
  };
}
