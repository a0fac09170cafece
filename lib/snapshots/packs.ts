/** The snapshots of one tree as one stream, for an archive, and back. What comes back was written by a stranger. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { GitError } from "../git/run";
import { readChunks } from "../workspace/files";
import { type Git, isCommitName, requireCommits, runGit } from "./git";
import { createListings } from "./listings";
import { realPath, refOf, refsOf, storedPath } from "./names";
import { type PackedSnapshot, SnapshotError, type SnapshotLimits, type SnapshotPack } from "./port";
import type { Places } from "./repository";
import { syncReference } from "./take";

/** Packs the snapshots of a tree into a file without a name, which nothing can leave behind; null when it has none. */
export async function packTree(git: Git, { cacheDir }: Places, tree: string): Promise<SnapshotPack | null> {
  const { output } = await runGit(git, ["for-each-ref", "--format=%(objectname) %(refname)", refsOf(tree)]);
  const prefix = refsOf(tree).length;
  const snapshots = linesOf(output).map((line) => ({ commit: line.slice(0, 40), label: line.slice(41 + prefix) }));
  if (snapshots.length === 0) return null;
  const commits = [...new Set(snapshots.map(({ commit }) => commit))];
  return packRevisions(git, cacheDir, snapshots, commits);
}

/** Packs one snapshot into such a file, without what an earlier one has. Throws SnapshotError when one of them is gone. */
export async function packPart(
  git: Git,
  { cacheDir }: Places,
  snapshot: PackedSnapshot,
  without: string | null,
): Promise<SnapshotPack> {
  await requireCommits(git, snapshot.commit, ...(without === null ? [] : [without]));
  const revisions = [snapshot.commit, ...(without === null ? [] : [withoutFiles(without)])];
  return packRevisions(git, cacheDir, [snapshot], revisions);
}

/** Snapshots have no history, so git does not see by itself that two of them share files. */
function withoutFiles(commit: string): string {
  return `^${commit}^{tree}`;
}

async function packRevisions(
  git: Git,
  cacheDir: string,
  snapshots: PackedSnapshot[],
  revisions: readonly string[],
): Promise<SnapshotPack> {
  const fd = namelessFile(cacheDir);
  try {
    // Without differences between contents, what a pack unpacks to can be told before it is unpacked.
    const args = ["pack-objects", "--stdout", "--revs", "-q", "--no-reuse-delta", "--window=0"];
    await runGit(git, args, {
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

export interface Incoming {
  tree: string;
  snapshots: readonly PackedSnapshot[];
  pack: Readable;
  mostBytes: number;
  /** The stream is a part, which needs this snapshot. */
  without?: string | null;
}

/**
 * Adds snapshots to a tree. The pack is checked in a repository of its own first, so that nothing of a refused pack
 * comes into the store. Throws SnapshotError.
 */
export async function unpackTree(
  git: Git,
  { cacheDir }: Places,
  limits: SnapshotLimits,
  { tree, snapshots, pack, mostBytes, without = null }: Incoming,
): Promise<void> {
  const folder = path.join(cacheDir, `${randomBytes(8).toString("hex")}.tmp`);
  const apart: Git = { ...git, gitDir: path.join(folder, "apart.git"), listings: createListings() };
  const refs = snapshots.map(({ label, commit }) => ({ ref: refOf(tree, label), commit }));
  if (!snapshots.every(({ commit }) => isCommitName(commit))) throw foreign("a name of a commit");
  fs.mkdirSync(folder, { mode: 0o700 });
  try {
    await runGit(apart, ["init", "--bare", "--quiet", "--template=", "--object-format=sha1", apart.gitDir]);
    if (without !== null) {
      await requireCommits(git, without);
      // A part leans on what the store has; `checkPart` refuses what it may not lean on.
      fs.writeFileSync(
        path.join(apart.gitDir, "objects", "info", "alternates"),
        `${path.join(git.gitDir, "objects")}\n`,
      );
    }
    const { output } = await runGit(apart, ["index-pack", "--strict", "--stdin", `--max-input-size=${mostBytes}`], {
      input: pack,
    });
    const file = path.join(apart.gitDir, "objects", "pack", `pack-${output.trim().split(/\s/).at(-1)}.pack`);
    const commits = [...new Set(snapshots.map((snapshot) => snapshot.commit))];
    if (without === null) await checkObjects(apart, limits);
    else await checkPart(apart, { file, commits, without }, limits);
    for (const commit of commits) await checkSnapshot(apart, commit, limits);
    await addPack(git, file);
  } catch (error) {
    if (error instanceof SnapshotError || !(error instanceof GitError)) throw error;
    throw new SnapshotError(`The snapshots cannot be read (${error.message.slice(0, 200)}).`);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  await runGit(git, ["update-ref", "--stdin"], {
    input: refs.map(({ ref, commit }) => `update ${ref} ${commit}\n`).join(""),
  });
  for (const { ref } of refs.slice(0, 1)) syncReference(git, ref);
}

async function addPack(git: Git, file: string): Promise<void> {
  const fd = fs.openSync(file, "r");
  try {
    await runGit(git, ["index-pack", "--stdin"], { input: fd });
  } finally {
    fs.closeSync(fd);
  }
}

/** Refuses kinds of objects that a snapshot does not have, differences between contents, and too much in all. */
async function checkObjects(git: Git, { maxTotalBytes }: SnapshotLimits): Promise<void> {
  const format = "--batch-check=%(objecttype) %(deltabase) %(objectsize)";
  let rest = "";
  let bytes = 0;
  let problem: string | null = null;
  const check = (line: string) => {
    const [type = "", base = "", size] = line.split(" ");
    bytes += Number(size);
    if (!["blob", "tree", "commit"].includes(type) || !/^0+$/.test(base)) problem = "they hold something else";
    else if (bytes > maxTotalBytes) problem = `they unpack to more than ${maxTotalBytes} bytes`;
  };
  await runGit(git, ["cat-file", "--batch-all-objects", "--unordered", format], {
    onOutput: (chunk) => {
      const lines = (rest + chunk.toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) check(line);
      return problem === null;
    },
  });
  if (problem !== null) throw new SnapshotError(`The snapshots are refused, because ${problem}.`);
}

/** A line of an object in a pack: name, kind, size, packed size and offset; with two more fields for a difference. */
const PACKED = /^([0-9a-f]{40}) (\w+) +(\d+) \d+ \d+( .*)?$/;

/**
 * Refuses the same in a part. All that its snapshots need and `without` does not have must be in it: what the store has of
 * other trees counts as missing, so that nobody gets a file by the name of its content.
 */
async function checkPart(
  git: Git,
  { file, commits, without }: { file: string; commits: readonly string[]; without: string },
  { maxTotalBytes }: SnapshotLimits,
): Promise<void> {
  const packed = new Set<string>();
  let bytes = 0;
  const { output } = await runGit(git, ["verify-pack", "-v", file]);
  for (const line of linesOf(output)) {
    const [, name, kind = "", size, difference] = PACKED.exec(line) ?? [];
    if (name === undefined) continue;
    if (!["blob", "tree", "commit"].includes(kind) || difference !== undefined) throw foreign("something else");
    packed.add(name);
    bytes += Number(size);
  }
  if (bytes > maxTotalBytes)
    throw new SnapshotError(`The snapshots are refused, because they unpack to more than ${maxTotalBytes} bytes.`);
  const needed = await runGit(git, ["rev-list", "--objects", "--no-object-names", "--stdin"], {
    input: `${commits.join("\n")}\n${withoutFiles(without)}\n`,
  });
  if (linesOf(needed.output).some((name) => !packed.has(name)))
    throw new SnapshotError("The snapshots are refused, because a part of them is missing.");
}

const MODES = ["100644", "100755", "120000"];

/** Refuses a commit that `take` could not have made: with a history, with other kinds of files, or with other names. */
async function checkSnapshot(git: Git, commit: string, { maxFiles, maxDepth }: SnapshotLimits): Promise<void> {
  const { output: text } = await runGit(git, ["cat-file", "commit", commit]);
  const header = text.split("\n\n", 1)[0] ?? "";
  if (!/^tree [0-9a-f]{40}\n(author [^\n]*\n)?committer [^\n]*$/.test(header)) throw foreign("a commit");
  const { output } = await runGit(git, ["ls-tree", "-r", "-z", "--full-tree", commit]);
  const lines = output.split("\0").filter(Boolean);
  if (lines.length > maxFiles) throw new SnapshotError(`A snapshot has more than ${maxFiles} files.`);
  for (const line of lines) {
    const tab = line.indexOf("\t");
    const stored = line.slice(tab + 1);
    const real = realPath(stored);
    const parts = real.replace(/\/$/, "").split("/");
    const isOwn = storedPath(real) === stored && !parts.some((part) => part === "" || part === "." || part === "..");
    if (!isOwn || parts.length > maxDepth) throw foreign(`the name ${JSON.stringify(stored.slice(0, 200))}`);
    if (!MODES.includes(line.slice(0, 6))) throw foreign("a file that is neither a file nor a link");
  }
}

function foreign(what: string): SnapshotError {
  return new SnapshotError(`The snapshots are refused, because they hold ${what} that no snapshot has.`);
}

function linesOf(output: string): string[] {
  return output.split("\n").filter(Boolean);
}
