/** What a tree changed in its folder since its start, and which of its tasks did. */
import { runBy } from "@/core/rules/run-by-others";
import type { ChangedFile, TreeChange, TreeChanges } from "@/core/shapes/files";
import type { SnapshotDiff } from "@/lib/snapshots/port";
import { askedLater, type FileSources, type Moment } from "./moment";

/** Enough to count the lines of most changes. */
const PATCH_BYTES = 1024 * 1024;
/** Nobody reads a longer list. */
export const MOST_CHANGES = 2_000;
/** Older snapshots of a tree with more turns name no task. */
const MOST_PAIRS = 3_000;
const MOST_KEPT = 50;

export type AllChanges = ReadonlyMap<string, TreeChange>;

/** Snapshots never change, so neither do their differences. */
export function createChanges(sources: FileSources) {
  const kept = new Map<string, Promise<AllChanges>>();
  return async (moment: Moment): Promise<AllChanges> => {
    if (moment.commit === null || moment.commit === moment.start) return new Map();
    const key = `${moment.treeUid} ${moment.start} ${moment.commit} ${moment.history.length}`;
    const changes = kept.get(key) ?? read(sources, moment, moment.commit);
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

export type ChangesOf = ReturnType<typeof createChanges>;

async function read({ snapshots }: FileSources, moment: Moment, to: string): Promise<AllChanges> {
  const diff = await snapshots.diff(moment.start, to, { maxBytes: PATCH_BYTES });
  const authors = await authorsOf({ snapshots }, moment);
  const changes = (["added", "modified", "deleted"] as const).flatMap((change) =>
    diff[change].map((path) => ({ ...changedFile(path, change, diff), changed_by: authors.get(path) ?? [] })),
  );
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  return new Map(changes.map((change) => [change.path, change]));
}

export function changedFile(path: string, change: ChangedFile["change"], { lines }: SnapshotDiff): ChangedFile {
  const { added = null, removed = null } = lines.get(path) ?? {};
  return { path, change, additions: added, deletions: removed, run_by: change === "deleted" ? null : runBy(path) };
}

/** Returns the tasks that changed each path: a snapshot shows the work of the task that it was taken for. */
async function authorsOf(
  { snapshots }: Pick<FileSources, "snapshots">,
  { start, history }: Moment,
): Promise<Map<string, string[]>> {
  const pairs = history.map(({ commit, taskUid }, index) => ({
    from: index === 0 ? start : (history[index - 1]?.commit ?? null),
    to: commit,
    taskUid,
  }));
  const newest = pairs.slice(-MOST_PAIRS);
  const changed = await snapshots.changedPaths(newest);
  const authors = new Map<string, string[]>();
  for (const [index, paths] of changed.entries()) {
    const task = newest[index]?.taskUid ?? "";
    for (const path of paths) {
      const known = authors.get(path);
      if (!known) authors.set(path, [task]);
      else if (!known.includes(task)) known.push(task);
    }
  }
  return authors;
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
