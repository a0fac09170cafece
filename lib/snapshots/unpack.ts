/** Snapshots that come as one stream, of an archive or of the other side of a runner. A stranger wrote it. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { GitError } from "../git/run";
import { createPace } from "./entries";
import { type Git, isCommitName, requireCommits, runGit } from "./git";
import { createListings } from "./listings";
import { realPath, refOf, storedPath } from "./names";
import { type PackedSnapshot, SnapshotError, type SnapshotLimits } from "./port";
import { makeRepository, type Places } from "./repository";
import { syncReference } from "./take";
import { checkPart, countingObjects, foreign, tooLarge } from "./unpack-part";

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
  const commits = [...new Set(snapshots.map(({ commit }) => commit))];
  if (![...commits, ...(without === null ? [] : [without])].every(isCommitName)) throw foreign("a name of a commit");
  fs.mkdirSync(folder, { mode: 0o700 });
  try {
    // A part leans on what the store has; `checkPart` refuses what it may not lean on.
    makeRepository(apart.gitDir, without === null ? null : path.join(git.gitDir, "objects"));
    const counted = countingObjects(pack);
    const args = ["index-pack", "--strict", "--stdin", `--max-input-size=${mostBytes}`];
    // Git adds the contents that differences lean on to the pack.
    const { output } = await runGit(apart, without === null ? args : [...args, "--fix-thin"], {
      input: Readable.from(counted.bytes),
    });
    const file = path.join(apart.gitDir, "objects", "pack", `pack-${namedBy(output)}.pack`);
    if (without === null) {
      await checkObjects(apart, limits);
      for (const commit of commits) await checkSnapshot(apart, { commit, text: await textOf(apart, commit) }, limits);
      await addPack(git, file);
    } else {
      const texts = await checkPart(apart, { file, sent: counted.objects(), commits, without }, limits);
      for (const [commit, text] of texts) await checkSnapshot(apart, { commit, text }, limits);
      movePack(git, file);
    }
  } catch (error) {
    if (error instanceof SnapshotError || !(error instanceof GitError)) throw error;
    // The better reason, if it is one.
    if (without !== null) await requireCommits(git, without);
    throw new SnapshotError(`The snapshots cannot be read (${error.message.slice(0, 200)}).`);
  } finally {
    await fs.promises.rm(folder, { recursive: true, force: true });
  }
  await runGit(git, ["update-ref", "--stdin"], {
    input: refs.map(({ ref, commit }) => `update ${ref} ${commit}\n`).join(""),
  });
  for (const { ref } of refs.slice(0, 1)) await syncReference(git, ref);
}

/** Returns git's name of the pack that it stored. Git passes on what follows the pack, which could lead to another file. */
function namedBy(output: string): string {
  const [, name] = /^pack\t([0-9a-f]{40})\n$/.exec(output) ?? [];
  if (name === undefined) throw foreign("bytes behind their end");
  return name;
}

async function addPack(git: Git, file: string): Promise<void> {
  const fd = fs.openSync(file, "r");
  try {
    await runGit(git, ["index-pack", "--stdin"], { input: fd });
  } finally {
    fs.closeSync(fd);
  }
}

/** Git has compared its objects with those of the store already. Git looks for an index, so it comes last. */
function movePack(git: Git, file: string): void {
  const { dir, name } = path.parse(file);
  const isIndex = (found: string) => found.endsWith(".idx");
  const files = fs.readdirSync(dir).filter((found) => found.startsWith(`${name}.`));
  for (const found of [...files.filter((one) => !isIndex(one)), ...files.filter(isIndex)])
    fs.renameSync(path.join(dir, found), path.join(git.gitDir, "objects", "pack", found));
}

/** Refuses kinds of objects that a snapshot does not have, differences between contents, and too much in all. */
async function checkObjects(git: Git, { maxTotalBytes }: SnapshotLimits): Promise<void> {
  const format = "--batch-check=%(objecttype) %(deltabase) %(objectsize)";
  let rest = "";
  let bytes = 0;
  let problem: SnapshotError | null = null;
  const check = (line: string) => {
    const [type = "", base = "", size] = line.split(" ");
    bytes += Number(size);
    if (!["blob", "tree", "commit"].includes(type) || !/^0+$/.test(base)) problem = foreign("something else");
    else if (bytes > maxTotalBytes) problem = tooLarge(maxTotalBytes);
  };
  await runGit(git, ["cat-file", "--batch-all-objects", "--unordered", format], {
    onOutput: (chunk) => {
      const lines = (rest + chunk.toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) check(line);
      return problem === null;
    },
  });
  if (problem !== null) throw problem;
}

const MODES = ["100644", "100755", "120000"];

async function textOf(git: Git, commit: string): Promise<string> {
  return (await runGit(git, ["cat-file", "commit", commit])).output;
}

/** Refuses a commit that `take` could not have made: with a history, with other kinds of files, or with other names. */
async function checkSnapshot(
  git: Git,
  { commit, text }: { commit: string; text: string },
  { maxFiles, maxDepth }: SnapshotLimits,
): Promise<void> {
  const header = text.split("\n\n", 1)[0] ?? "";
  if (!/^tree [0-9a-f]{40}\n(author [^\n]*\n)?committer [^\n]*$/.test(header)) throw foreign("a commit");
  const { output } = await runGit(git, ["ls-tree", "-r", "-z", "--full-tree", commit]);
  const lines = output.split("\0").filter(Boolean);
  if (lines.length > maxFiles) throw new SnapshotError(`A snapshot has more than ${maxFiles} files.`);
  const pace = createPace();
  for (const line of lines) {
    if (pace.isDue()) await pace.yield();
    const tab = line.indexOf("\t");
    const stored = line.slice(tab + 1);
    const real = realPath(stored);
    const parts = real.replace(/\/$/, "").split("/");
    const isOwn = storedPath(real) === stored && !parts.some((part) => part === "" || part === "." || part === "..");
    if (!isOwn || parts.length > maxDepth) throw foreign(`the name ${JSON.stringify(stored.slice(0, 200))}`);
    if (!MODES.includes(line.slice(0, 6))) throw foreign("a file that is neither a file nor a link");
  }
}
