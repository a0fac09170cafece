/** Makes commits of what a tree changed. They are made in a scratch repository, and the repository only receives objects. */
import path from "node:path";
import type { SnapshotReader } from "../snapshots/below";
import type { ChangedPath } from "../snapshots/port";
import { chosenOf } from "./chosen";
import { LEFTOVERS } from "./left-out";
import { asPointers, keepLarge } from "./lfs";
import { asCommitted } from "./line-ends";
import { handOver, IDENTITY, mergedTree, mergedWith } from "./merged";
import { type PersonsRepository, rulesAboveOf, trackedIn } from "./repository";
import { git, indexOf, type Scratch, treeWith, withInput, withScratch } from "./scratch";

export interface CommitRequest {
  repository: PersonsRepository;
  /** The commit that it follows. */
  onto: string;
  /** Snapshots of the folder before and after the changes. */
  from: string | null;
  to: string;
  message: string;
  /** A folder of the server for temporary files. */
  dir: string;
  signal?: AbortSignal | undefined;
}

export interface MadeCommit {
  /** null: `onto` has all of it already. */
  commit: string | null;
  /** What it changes, relative to the repository. */
  paths: string[];
  /** Number of changed files that the rules of `.gitignore` leave out. */
  ignored: number;
  /** Folders that are repositories of their own, whose files are left out. */
  nested: string[];
  /** Number of files that the snapshots differ in. */
  changed: number;
}

/**
 * Makes a commit of the changes on top of `onto`, without a reference to it. Resolves with the paths in which both
 * contradict each other when there are some.
 */
export async function commitWith(
  snapshots: SnapshotReader,
  request: CommitRequest,
): Promise<MadeCommit | { conflicts: string[] }> {
  const { repository, onto, from, to, dir, signal } = request;
  const { paths, submodules } = await trackedIn(repository, onto, signal);
  const all = await snapshots.changes(from, to);
  const prefix = repository.prefix.split("/").filter(Boolean);
  const rulesAbove = [LEFTOVERS, ...rulesAboveOf(repository)];
  const tracked = { isTracked: (name: string) => paths.has(name), submodules, prefix, rulesAbove };
  const { changes: chosen, ignored, nested } = await chosenOf(snapshots, to, all, tracked);
  return snapshots.withObjects((objects) => {
    const borrows = [objects, path.join(repository.gitDir, "objects")];
    return withScratch({ dir, borrows, ...(signal && { signal }) }, async (scratch) => {
      const inLines = await asCommitted(scratch, chosen, paths);
      await treeWith(scratch, onto, inLines, "after", repository.prefix);
      const { changes, large } = await asPointers(scratch, inLines, indexOf(scratch, "after"), repository.prefix);
      const before = await treeWith(scratch, onto, changes, "before", repository.prefix);
      const after = await treeWith(scratch, onto, changes, "after", repository.prefix);
      const merged = await mergedTree(scratch, { before, ours: onto, after });
      if ("conflicts" in merged) return merged;
      const changedPaths = await pathsBetween(scratch, onto, merged.tree);
      const facts = { paths: changedPaths, ignored, nested, changed: all.length };
      if (changedPaths.length === 0) return { commit: null, ...facts };
      const commit = await commitTree(scratch, merged.tree, [onto], request.message);
      const stays = new Set(changes.flatMap(({ after }) => after?.oid ?? []));
      await keepLarge(
        scratch,
        repository,
        large.filter(({ pointer }) => stays.has(pointer)),
      );
      await handOver(scratch, repository, commit, [onto]);
      return { commit, ...facts };
    });
  });
}

/** Two commits of one repository that become one, and how their contradictions are settled. */
export interface MergeRequest extends Pick<CommitRequest, "repository" | "message" | "dir" | "signal"> {
  ours: string;
  theirs: string;
  /** A snapshot that has the files in which they contradict each other as they should be; null: none has. */
  settled: string | null;
}

/** Merges two commits. Resolves with the paths that contradict each other when no snapshot settles them. */
export async function mergeWith(
  snapshots: SnapshotReader,
  { repository, ours, theirs, settled, message, dir, signal }: MergeRequest,
): Promise<{ commit: string; settled: string[] } | { conflicts: string[] }> {
  // Not below, where a waiting compaction would wait for this call, and this call for it.
  const files = settled === null ? null : await snapshots.changes(null, settled);
  return snapshots.withObjects((objects) => {
    const borrows = [objects, path.join(repository.gitDir, "objects")];
    return withScratch({ dir, borrows, ...(signal && { signal }) }, async (scratch) => {
      const merged = await mergedWith(scratch, ours, theirs);
      const { conflicts } = merged;
      if (conflicts.length > 0 && files === null) return { conflicts };
      let { tree } = merged;
      if (files !== null && conflicts.length > 0) {
        const chosen = settledIn(await withoutSubmodules(scratch, tree, conflicts), files, repository.prefix);
        tree = await treeWith(scratch, tree, chosen, "after", repository.prefix);
      }
      const commit = await commitTree(scratch, tree, [ours, theirs], message);
      await handOver(scratch, repository, commit, [ours, theirs]);
      return { commit, settled: conflicts };
    });
  });
}

/** Where git puts a file when the other side has a folder in its place: beside the folder, with the name of the commit. */
const BESIDE_FOLDER = /~[0-9a-f]{40}(_\d+)?$/;

/** Returns the contradicting paths as the snapshot has them; one that it does not have was settled by removing it. */
function settledIn(conflicts: readonly string[], files: readonly ChangedPath[], prefix: string): ChangedPath[] {
  const found = new Map(files.map((file) => [file.path, file]));
  const chosen = new Map<string, ChangedPath>();
  for (const conflict of conflicts.filter((path) => path.startsWith(prefix))) {
    const path = conflict.slice(prefix.length);
    chosen.set(path, found.get(path) ?? { path, before: null, after: null });
    const inPlace = found.get(path.replace(BESIDE_FOLDER, ""));
    if (inPlace) chosen.set(inPlace.path, inPlace);
  }
  return [...chosen.values()];
}

/** A snapshot has no submodules, so it settles none. */
async function withoutSubmodules(scratch: Scratch, tree: string, paths: readonly string[]): Promise<string[]> {
  const listed = await git(scratch, ["ls-tree", "-z", "--full-tree", tree, "--", ...paths]);
  const entries = listed.split("\0").filter((entry) => entry.startsWith("160000"));
  const submodules = new Set(entries.map((entry) => entry.slice(entry.indexOf("\t") + 1)));
  return paths.filter((path) => !submodules.has(path));
}

function commitTree(scratch: Scratch, tree: string, parents: readonly string[], message: string): Promise<string> {
  const args = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"];
  return withInput(scratch, message, (inputFd) => git(scratch, args, { env: IDENTITY, inputFd }));
}

async function pathsBetween(scratch: Scratch, from: string, to: string): Promise<string[]> {
  const output = await git(scratch, ["diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to], {
    maxOutputBytes: 64 * 1024 * 1024,
  });
  return output.split("\0").filter(Boolean);
}
