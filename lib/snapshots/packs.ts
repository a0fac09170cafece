/** Snapshots of a tree as one stream: all of them for an archive, or one for the other side of a runner. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { readChunks } from "../workspace/files";
import { type Git, requireCommits, runGit } from "./git";
import { refsOf } from "./names";
import type { PackedSnapshot, PartRequest, SnapshotPack } from "./port";
import type { Places } from "./repository";
import { DEEPEST_DIFFERENCE } from "./unpack-part";

/** Packs the snapshots of a tree into a file without a name, which nothing can leave behind; null when it has none. */
export async function packTree(git: Git, { cacheDir }: Places, tree: string): Promise<SnapshotPack | null> {
  const { output } = await runGit(git, ["for-each-ref", "--format=%(objectname) %(refname)", refsOf(tree)]);
  const prefix = refsOf(tree).length;
  const snapshots = linesOf(output).map((line) => ({ commit: line.slice(0, 40), label: line.slice(41 + prefix) }));
  if (snapshots.length === 0) return null;
  const commits = [...new Set(snapshots.map(({ commit }) => commit))];
  return packRevisions(git, cacheDir, snapshots, { revisions: commits });
}

/** Packs one snapshot into such a file, without what its ground has. Throws SnapshotError when one of them is gone. */
export async function packPart(
  git: Git,
  { cacheDir }: Places,
  { snapshot, without, differences }: PartRequest,
): Promise<SnapshotPack> {
  await requireCommits(git, snapshot.commit, ...(without === null ? [] : [without]));
  if (without === null) return packRevisions(git, cacheDir, [snapshot], { revisions: [snapshot.commit] });
  // Snapshots have no history, so git does not see by itself that two of them share files.
  const revisions = [snapshot.commit, `^${without}`, `^${without}^{tree}`];
  return packRevisions(git, cacheDir, [snapshot], { revisions, how: differences ? TO_THE_GROUND : NO_DIFFERENCES });
}

/** Without differences between contents, what a pack unpacks to can be told before it is unpacked. */
const NO_DIFFERENCES = ["--window=0"];

/**
 * Git compares with files at the same paths of the excluded commits. `--shallow` has it do so for commits that are named,
 * because it looks at parents alone otherwise, which snapshots do not have.
 */
const TO_THE_GROUND = ["--thin", "--shallow", `--depth=${DEEPEST_DIFFERENCE}`];

async function packRevisions(
  git: Git,
  cacheDir: string,
  snapshots: PackedSnapshot[],
  { revisions, how = NO_DIFFERENCES }: { revisions: readonly string[]; how?: readonly string[] },
): Promise<SnapshotPack> {
  const fd = namelessFile(cacheDir);
  try {
    await runGit(git, ["pack-objects", "--stdout", "--revs", "-q", "--no-reuse-delta", ...how], {
      input: `${revisions.join("\n")}\n`,
      onOutput: (chunk) => {
        for (let at = 0; at < chunk.length; ) at += fs.writeSync(fd, chunk, at);
        return true;
      },
    });
    return {
      snapshots,
      bytes: fs.fstatSync(fd).size,
      read: () => readChunks(fd),
      close: () => fs.closeSync(fd),
    };
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

function namelessFile(folder: string): number {
  const file = path.join(folder, `${randomBytes(8).toString("hex")}.tmp`);
  const fd = fs.openSync(file, "wx+", 0o600);
  fs.unlinkSync(file);
  return fd;
}

function linesOf(output: string): string[] {
  return output.split("\n").filter(Boolean);
}
