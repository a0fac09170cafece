/** The folder of a tree at a moment: on disk, or as a snapshot. */
import fs from "node:fs";
import { UserError } from "@/agents/application";
import type { KeptSnapshot } from "@/db/queries/files";
import type { Store } from "@/db/store";
import { SnapshotError, type SnapshotStore } from "@/lib/snapshots/port";
import { isGitsOwn, partsInside, WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";

export interface FileSources {
  store: Pick<Store, "loader" | "queries" | "archivedTrees">;
  snapshots: SnapshotStore;
  /** Returns host paths in a person's folder that tools must not show. */
  hiddenPathsOf(workspace: string): string[];
  /** For temporary files. */
  dataDir: string;
}

export interface Moment {
  treeUid: string;
  /** The folder on disk; null: the moment is a snapshot, or the folder is not there. */
  live: WorkspaceView | null;
  /** The snapshot; while `live` is set, the newest one. null: no snapshot, so the folder was empty. */
  commit: string | null;
  /** What changes are compared with; null: the empty folder. */
  start: string | null;
  /** The snapshots of the folder up to the moment, oldest first. */
  history: KeptSnapshot[];
}

/** Throws UserError for a moment that the tree does not have. */
export function momentOf({ store, hiddenPathsOf }: FileSources, treeUid: string, at = "now"): Moment {
  const { workspace, inPlace, snapshot, pendingSnapshot } = store.loader.tree(store.queries.trees.treeKey(treeUid));
  const { start, snapshots } = store.queries.files.historyOf(treeUid);
  const ofTree = snapshots.filter(({ folder }) => folder === null);
  if (at === "start") return { treeUid, live: null, commit: start, start, history: [] };
  if (at !== "now") return snapshotAt(treeUid, snapshots, start, at);
  const view = { root: workspace, hiddenPaths: inPlace ? hiddenPathsOf(workspace) : [] };
  const isThere = pendingSnapshot === null && fs.existsSync(workspace);
  const newest = pendingSnapshot ?? ofTree.at(-1)?.commit ?? snapshot;
  // On a runner, a folder that nothing has changed is as it began.
  const commit = newest ?? (isThere ? null : start);
  return { treeUid, live: isThere ? view : null, commit, start, history: ofTree };
}

function snapshotAt(treeUid: string, snapshots: readonly KeptSnapshot[], start: string | null, at: string): Moment {
  // A merge has a snapshot of both folders; the parent's comes last.
  const found = snapshots.findLast(({ seq }) => String(seq) === at);
  if (!found)
    throw new UserError(
      "not_found",
      `The tree has no snapshot ${JSON.stringify(at.slice(0, 40))}: choose "now", "start", or a snapshot of its list.`,
    );
  const history = snapshots.filter(({ seq, folder }) => folder === found.folder && seq <= found.seq);
  const own = found.folder === null ? start : (history[0]?.commit ?? null);
  return { treeUid, live: null, commit: found.commit, start: own, history };
}

/** Returns the names of a path below the tree's folder. Throws UserError for paths that lead out of it or into git's own files. */
export function partsOf(moment: Moment, given: string): string[] {
  const view = moment.live ?? { root: "/", hiddenPaths: [] };
  const parts = given.startsWith("/") ? null : asked(() => partsInside(view, given));
  if (parts === null) throw new UserError("invalid", `The path ${shown(given)} begins with "/": give a path below it.`);
  if (isGitsOwn(parts)) throw new UserError("not_found", `${shown(given)} belongs to git, so it is not shown.`);
  return parts;
}

export const shown = (path: string) => JSON.stringify(path.slice(0, 200));

/** Turns the failures of folders and snapshots into UserErrors. */
export function asked<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw asUserError(error);
  }
}

export async function askedLater<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw asUserError(error);
  }
}

function asUserError(error: unknown): unknown {
  if (error instanceof SnapshotError) return new UserError("unavailable", error.message);
  if (!(error instanceof WorkspaceError)) return error;
  const { cause } = error;
  const isGone = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  return new UserError(isGone ? "not_found" : "invalid", error.message);
}
