/** Writes what a tree changed as a patch that `git apply` reads, binary files included. */
import fs from "node:fs";
import path from "node:path";
import type { SnapshotStore } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";
import { chosenOf, holdsRepositories, NO_REPOSITORY } from "./chosen";
import { LEFTOVERS, leftOutOf } from "./left-out";
import { asPointers } from "./lfs";
import { git, indexOf, treeWith, withScratch } from "./scratch";

const MOST_BYTES = 256 * 1024 * 1024;

export interface PatchRequest {
  from: string | null;
  to: string;
  dir: string;
  /** As `leftOutOf` asks. */
  isRun(path: string): boolean;
  signal?: AbortSignal;
}

export interface OpenPatch {
  /** An open file without a name, which the caller closes. */
  fd: number;
  sizeBytes: number;
  files: number;
}

/** Throws a `WorkspaceError` with one sentence when there is nothing in it, or when it is too large. */
export async function openPatch(
  snapshots: SnapshotStore,
  { from, to, dir, isRun, signal }: PatchRequest,
): Promise<OpenPatch> {
  const all = await snapshots.changes(from, to);
  const paths = all.map(({ path: name }) => name);
  const leftOut = await leftOutOf(snapshots, { from, to }, paths, isRun);
  const { changes: chosen } = await chosenOf(snapshots, to, all, {
    ...NO_REPOSITORY,
    isTracked: (name) => !leftOut.has(name),
    rulesAbove: [LEFTOVERS],
    // A repository that the tree has brought itself is still that of others.
    isBeside: from !== null && holdsRepositories(await snapshots.files(from)),
  });
  if (chosen.length === 0) throw new WorkspaceError("There is no patch: nothing changed, except ignored files.");
  const attributes = (await snapshots.changes(null, to)).filter(({ path: name }) =>
    /(^|\/)\.gitattributes$/.test(name),
  );
  return snapshots.withObjects((objects) =>
    withScratch({ dir, borrows: [objects], signal }, async (scratch) => {
      await treeWith(scratch, null, attributes, "after");
      const { changes } = await asPointers(scratch, chosen, indexOf(scratch, "after"));
      const before = await treeWith(scratch, null, changes, "before");
      const after = await treeWith(scratch, null, changes, "after");
      const fd = fs.openSync(path.join(scratch.gitDir, "patch"), "wx+", 0o600);
      let sizeBytes = 0;
      const args = ["diff-tree", "-r", "-p", "--binary", "--full-index", "--no-renames", "--no-ext-diff"];
      try {
        await git(scratch, [...args, "--no-textconv", "--no-color", before, after], {
          onOutput(chunk) {
            sizeBytes += chunk.length;
            if (sizeBytes > MOST_BYTES) return "The patch is larger than 256 MB; download the changed files instead.";
            for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
            return undefined;
          },
        });
      } catch (error) {
        fs.closeSync(fd);
        throw error;
      }
      return { fd, sizeBytes, files: chosen.length };
    }),
  );
}
