/**
 * Merges the changes of a task with its own folder into the folder that it was copied from, completely or not at all.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { FilesMerged } from "@/core/log/entries";
import type { SnapshotDiff } from "@/lib/snapshots/port";
import { CONFLICTS_FOLDER, isGitsOwn, isWritable, SCRATCH_FOLDER, WorkspaceError } from "@/lib/workspace/path";
import { type Folder, folderAt, folderOf, inTurn, keepSnapshot, newestOf, workplaceAt } from "./folders";
import { ensureFolder, takeNow } from "./keep-files";
import { commit, endIfStopped, note, type OpenTask, rereadOutside } from "./open-task";
import { flagRepositories } from "./repository-check";
import type { World } from "./world";

/** The log lists at most this many paths. */
const LISTED_PATHS = 1_000;

/**
 * Merges after the task has succeeded. When it returns, the outcome is on disk; when a stop came first, nothing has
 * happened. After a crash between writing the files and recording it, everything is done again: merged changes are then
 * no longer a difference.
 */
export async function mergeFiles(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  await commit(world, task);
  if (isStopped(task)) return;
  const into = folderAt(world, task, task.state.assignment.into ?? null);
  try {
    await inTurn(world, task, into, signal, () => mergeInto(world, task, into, signal));
  } catch (error) {
    if (!signal.aborted) throw error;
    await endIfStopped(world, task, signal);
  }
}

async function mergeInto(world: World, task: OpenTask, into: Folder, signal: AbortSignal): Promise<void> {
  let work: Work | null;
  try {
    work = await workOf(world, task, into, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof WorkspaceError)) throw error;
    return record(world, task, into, { ...NOTHING, problem: error.message });
  }
  if (work === null) return record(world, task, into, NOTHING);
  // From here to the record a stop has no effect: a later stop finds the files merged.
  rereadOutside(world, task);
  signal.throwIfAborted();
  if (isStopped(task)) return;
  await record(world, task, into, await write(world, task, into, work));
}

function isStopped({ letters }: OpenTask): boolean {
  return letters.some((letter) => letter.kind === "stop");
}

type Outcome = Omit<FilesMerged, "type" | "into">;

const NOTHING: Outcome = { commit: null, theirs: null, changed: 0, conflicts: [], copies: null };

/** The snapshots to merge. */
interface Work {
  theirs: string;
  ours: string;
  /** Number of paths in the own folder that its snapshot could not include. */
  skipped: number;
  /** All paths that the task has changed, git's own included. */
  changed: string[];
  /** The merged snapshot; null: there are conflicts. */
  merged: string | null;
  /** The paths that differ between `ours` and `merged`, or the conflicting paths. */
  paths: string[];
  /** The paths of these that `ours` does not have. */
  added: string[];
}

/** Returns what to merge, or null when the task has changed nothing. Throws a WorkspaceError. */
async function workOf(world: World, task: OpenTask, into: Folder, signal: AbortSignal): Promise<Work | null> {
  const own = folderOf(world, task);
  const { base } = world.loader.ownFolder(task.claim.uid);
  if (base === null) return null;
  const { commit: theirs, skipped } = (await workplaceAt(world, task, own).files.isThere())
    ? await takeNow(world, task, own, signal)
    : { commit: newestOf(world, task, own) ?? base, skipped: 0 };
  if (theirs === base && skipped === 0) return null;
  const changed = pathsOf(await world.snapshots.diff(base, theirs, { maxBytes: 0, withGit: true, signal }));
  await ensureFolder(world, task, into, signal);
  const ours = (await takeNow(world, task, into, signal)).commit;
  const { claim, state } = task;
  const label = `${claim.uid}-${claim.lease}-${state.length}-merged`;
  const merged = await world.snapshots.merge({ tree: claim.treeUid, label, base, ours, theirs });
  if ("conflicts" in merged)
    return { theirs, ours, skipped, changed, merged: null, paths: merged.conflicts, added: [] };
  const diff = await world.snapshots.diff(ours, merged.commit, { maxBytes: 0, withGit: true, signal });
  return { theirs, ours, skipped, changed, merged: merged.commit, paths: pathsOf(diff), added: diff.added };
}

function pathsOf({ added, modified, deleted }: SnapshotDiff): string[] {
  return [...added, ...modified, ...deleted].sort();
}

async function write(world: World, task: OpenTask, into: Folder, work: Work): Promise<Outcome> {
  const { theirs, ours, changed, merged, paths } = work;
  const files = changed.filter((path) => !isGitsOwn(path.split("/")));
  const git = files.length < changed.length;
  const of = { theirs, changed: files.length, git, ...(work.skipped > 0 && { skipped: work.skipped }) };
  if (merged === null) return conflictCopies(world, task, into, work, { ...of, conflicts: paths });
  const workplace = workplaceAt(world, task, into);
  const occupied = new Set(await workplace.files.occupied(work.added));
  const forbidden = paths.filter((path) => isForbidden(into, path) || occupied.has(path));
  if (forbidden.length > 0) {
    const problem = "the files there are hidden, read-only as part of the running system, or in no snapshot";
    return conflictCopies(world, task, into, work, { ...of, conflicts: forbidden, problem });
  }
  let left: Set<string>;
  try {
    left = new Set(await workplace.snapshots.apply(ours, merged));
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    const problem = `${error.message} A part may already be written`;
    return conflictCopies(world, task, into, work, { ...of, conflicts: paths, problem });
  }
  // Nobody sees git's own files among the changes of a merge.
  if (into.guardsGit) await flagRepositories(task, workplace);
  const obeyed = paths.filter((path) => left.has(path)).slice(0, LISTED_PATHS);
  return { ...of, commit: merged, conflicts: [], copies: null, ...(obeyed.length > 0 && { obeyed }) };
}

/** Returns whether no tool may write the path. */
function isForbidden({ path: folder, hiddenPaths, isReadOnly }: Folder, path: string): boolean {
  const target = join(folder, path);
  if (hiddenPaths.some((hidden) => target === hidden || target.startsWith(`${hidden}/`))) return true;
  return !isWritable({ root: folder, hiddenPaths, isReadOnly }, path.split("/"));
}

/**
 * Merges nothing, and copies the task's changed files into a separate folder beside the others, so that none is lost.
 */
async function conflictCopies(
  world: World,
  task: OpenTask,
  into: Folder,
  { theirs, changed }: Work,
  found: Pick<Outcome, "theirs" | "changed" | "git" | "skipped" | "conflicts" | "problem">,
): Promise<Outcome> {
  const listed = { ...found, conflicts: found.conflicts.slice(0, LISTED_PATHS) };
  const copies = `${into.isReadOnly ? `${SCRATCH_FOLDER}/` : ""}${CONFLICTS_FOLDER}/${nameFor(task)}`;
  try {
    await workplaceAt(world, task, into).snapshots.copy({ commit: theirs, paths: changed, below: copies });
    return { ...listed, commit: (await takeNow(world, task, into)).commit, copies };
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    const problem = [found.problem, error.message].filter(Boolean).join("; ");
    return { ...listed, commit: null, copies: null, problem };
  }
}

/** Returns the folder's name. It is stable across retries, and contains no id, because ids differ in a fork. */
function nameFor({ claim, state }: OpenTask): string {
  const title = state.assignment.title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
  const mark = createHash("sha256").update(`${claim.uid} ${state.turn}`).digest("hex").slice(0, 6);
  return `${title || "subtask"}-${mark}`;
}

/** Records the outcome in its own commit, under the folder's lock, so that the next merge starts from it. */
async function record(world: World, task: OpenTask, into: Folder, outcome: Outcome): Promise<void> {
  const { claim, state, draft } = task;
  const own = folderOf(world, task);
  const isMerged = outcome.theirs !== null && outcome.conflicts.length === 0;
  if (outcome.commit !== null) keepSnapshot(task, into, outcome.commit);
  if (outcome.theirs !== null)
    draft.folders.push({ task: claim.uid, snapshot: outcome.theirs, ...(isMerged && { base: outcome.theirs }) });
  // The written files come from this task, so its taint spreads to the folder.
  const isTainted = state.tainted || world.loader.isFolderTainted(claim.treeId, own.owner);
  if (outcome.commit !== null && isTainted) draft.taintsFolders.push(into.owner);
  const content = { type: "files_merged", into: into.owner, ...outcome } as const;
  note(task, [{ kind: "event", turn: state.turn, content }]);
  await commit(world, task);
}
