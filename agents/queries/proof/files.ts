/** The files that a tree or a task changed, with git's names of their contents before and after. */
import { UserError } from "@/agents/application";
import { leftOutBetween } from "@/agents/files/left-out";
import type { ProofFile, ProofFiles } from "@/core/shapes/proof";
import type { Store } from "@/db/store";
import { type ChangedPath, type SnapshotDiff, SnapshotError, type SnapshotStore } from "@/lib/snapshots/port";

const NOTHING_CHANGED = "No files were changed.";
/** Enough to count the lines of most changes. */
const PATCH_BYTES = 1024 * 1024;

export interface ProofFileSources {
  store: Pick<Store, "queries" | "loader">;
  snapshots: Pick<SnapshotStore, "diff" | "changes" | "files" | "contents" | "changedPaths">;
}

/** `taskUid` null: what the whole tree changed. Snapshots that are gone are a sentence in the answer, not an error. */
export async function proofFiles(
  { store, snapshots }: ProofFileSources,
  treeUid: string,
  taskUid: string | null,
): Promise<ProofFiles> {
  const folder = folderName({ store }, treeUid);
  const none = { items: [], total: 0, additions: 0, deletions: 0, from: null, to: null, folder };
  const span = spanOf({ store }, treeUid, taskUid);
  if (span.to === null || span.from === span.to) return { ...none, problem: NOTHING_CHANGED };
  const at = { from: span.from, to: span.to };
  try {
    const leaveOut = await leftOutBetween(snapshots, at.from, at.to);
    const changes = await snapshots.changes(at.from, at.to);
    const diff = await snapshots.diff(at.from, at.to, { maxBytes: PATCH_BYTES, leaveOut });
    const shown = changes.filter(({ path }) => !leaveOut.has(path));
    if (shown.length === 0) return { ...none, problem: NOTHING_CHANGED };
    const items = shown.map((change) => fileOf(change, diff)).sort((a, b) => (a.path < b.path ? -1 : 1));
    const sum = (side: "additions" | "deletions") =>
      diff.truncated ? null : items.reduce((lines, file) => lines + (file[side] ?? 0), 0);
    return {
      items,
      total: items.length,
      additions: sum("additions"),
      deletions: sum("deletions"),
      ...at,
      folder,
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof SnapshotError) && !(error instanceof UserError)) throw error;
    return { ...none, ...at, problem: error.message };
  }
}

function spanOf(
  { store }: Pick<ProofFileSources, "store">,
  treeUid: string,
  taskUid: string | null,
): { from: string | null; to: string | null } {
  const { files, trees } = store.queries;
  if (taskUid !== null) {
    const { from = null, to = null } = files.spanOf(taskUid) ?? {};
    return { from, to };
  }
  const { start, snapshots } = files.historyOf(treeUid);
  const newest = snapshots.findLast(({ folder }) => folder === null)?.commit;
  return { from: start, to: newest ?? store.loader.tree(trees.treeKey(treeUid)).snapshot };
}

/** Only the last name of a folder: where it is on the server concerns nobody outside. */
function folderName({ store }: Pick<ProofFileSources, "store">, treeUid: string): string | null {
  const { workspace, inPlace } = store.loader.tree(store.queries.trees.treeKey(treeUid));
  const from = inPlace ? workspace : store.queries.files.copiedFrom(treeUid);
  return from?.startsWith("/") ? (from.split("/").at(-1) ?? null) : from;
}

function fileOf({ path, before, after }: ChangedPath, { lines }: SnapshotDiff): ProofFile {
  const { added = null, removed = null } = lines.get(path) ?? {};
  return {
    path,
    change: before === null ? "added" : after === null ? "deleted" : "modified",
    additions: added,
    deletions: removed,
    blob_before: before?.oid ?? null,
    blob_after: after?.oid ?? null,
  };
}
