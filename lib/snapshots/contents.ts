/** Reads what a snapshot holds, without writing it into a folder. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { readChunks } from "../workspace/files";
import { readBlobs } from "./blobs";
import { changesBetween, EMPTY_TREE, isGitsPath } from "./changes";
import { createPace, storedEntries } from "./entries";
import { type Git, requireCommits, runGit } from "./git";
import type { Entry } from "./listing";
import { realPath, storedPath } from "./names";
import type { ChangedPath, SnapshotFile } from "./port";
import { LARGE_FILE_BYTES } from "./repository";

export async function listFolder(git: Git, commit: string, folder: string): Promise<SnapshotFile[] | null> {
  await requireCommits(git, commit);
  if (folder === "") return entriesIn(await listed(git, [commit]));
  const [found] = entriesIn(await listed(git, [commit, "--", storedPath(folder)]));
  if (found?.kind !== "folder") return null;
  return entriesIn(await listed(git, [commit, "--", `${storedPath(folder)}/`]));
}

export async function findFile(git: Git, commit: string, file: string): Promise<SnapshotFile | null> {
  await requireCommits(git, commit);
  const known = git.listings.get(commit)?.entries;
  if (known) return shownFile(file, known.get(file));
  const [found] = entriesIn(await listed(git, [commit, "--", storedPath(file)]));
  return found && found.kind !== "folder" ? found : null;
}

/** Returns null for a folder, also for an empty one. */
function shownFile(file: string, entry: Entry | undefined): SnapshotFile | null {
  if (!entry || file.endsWith("/")) return null;
  const { mode, sizeBytes, oid } = entry;
  return { path: file, kind: mode === "120000" ? "link" : "file", isExecutable: mode === "100755", sizeBytes, oid };
}

export async function allFiles(git: Git, commit: string): Promise<SnapshotFile[]> {
  await requireCommits(git, commit);
  const files: SnapshotFile[] = [];
  const pace = createPace(git.signal);
  for (const [name, entry] of await storedEntries(git, commit)) {
    const file = shownFile(name, entry);
    if (file) files.push(file);
    if (pace.isDue()) await pace.yield();
  }
  return files;
}

async function listed(git: Git, args: readonly string[]): Promise<string> {
  return (await runGit(git, ["ls-tree", "-l", "-z", "--full-tree", ...args])).output;
}

/** Returns the entries of a listing, without the marks of empty folders. */
function entriesIn(output: string): SnapshotFile[] {
  const entries: SnapshotFile[] = [];
  for (const line of output.split("\0")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const [mode, type, oid = "", size] = line.slice(0, tab).split(/ +/);
    const stored = line.slice(tab + 1);
    if (stored === "%" || stored.endsWith("/%")) continue;
    const kind = type === "tree" ? "folder" : mode === "120000" ? "link" : "file";
    const isExecutable = mode === "100755";
    const ofFolder = kind === "folder";
    entries.push({
      path: realPath(stored),
      kind,
      isExecutable,
      oid: ofFolder ? "" : oid,
      sizeBytes: ofFolder ? 0 : Number(size),
    });
  }
  return entries;
}

type Content = Pick<SnapshotFile, "oid" | "sizeBytes">;

interface Reading {
  sharing<Result>(work: (git: Git) => Promise<Result>): Promise<Result>;
  /** Takes large contents while a slow reader reads them. Files that end in `.tmp` there are removed at the next start. */
  dir: string;
}

/** Small contents are read together, because starting git for each would take longer than reading it. */
export async function* contentsOf(reading: Reading, files: readonly Content[]): AsyncGenerator<AsyncIterable<Buffer>> {
  for (const batch of batchesOf(files)) {
    const [only] = batch;
    if (batch.length === 1 && only && only.sizeBytes > LARGE_FILE_BYTES) yield* spooled(reading, only);
    else for (const content of await smallContents(reading, batch)) yield inOneChunk(content);
  }
}

function* batchesOf(files: readonly Content[]): Generator<Content[]> {
  let batch: Content[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && bytes + file.sizeBytes > LARGE_FILE_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}

async function smallContents({ sharing }: Reading, batch: readonly Content[]): Promise<Buffer[]> {
  const contents: Buffer[] = [];
  let chunks: Buffer[] = [];
  await sharing((git) =>
    readBlobs(
      git,
      batch.map(({ oid }) => oid),
      {
        begin: () => {
          chunks = [];
        },
        data: (chunk) => void chunks.push(Buffer.from(chunk)),
        end: () => void contents.push(Buffer.concat(chunks)),
      },
    ),
  );
  return contents;
}

async function* inOneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

/** Copies a large content to a file without a name first, so that the store is not locked while it is sent. */
async function* spooled({ sharing, dir }: Reading, { oid }: Content): AsyncGenerator<AsyncIterable<Buffer>> {
  const name = path.join(dir, `${randomBytes(6).toString("hex")}.tmp`);
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const fd = fs.openSync(name, "wx+", 0o600);
  try {
    fs.rmSync(name);
    await sharing((git) =>
      readBlobs(git, [oid], { begin: () => {}, data: (chunk) => void writeAll(fd, chunk), end: () => {} }),
    );
    yield readChunks(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function writeAll(fd: number, chunk: Buffer): void {
  for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
}

export async function changesOf(git: Git, from: string | null, to: string): Promise<ChangedPath[]> {
  await requireCommits(git, ...(from === null ? [] : [from]), to);
  const changes = await changesBetween(git, from ?? EMPTY_TREE, to);
  return changes
    .filter((change) => !change.path.endsWith("/") && !isGitsPath(change.path))
    .map(({ path: name, kind, mode, oid, before }) => ({
      path: name,
      before,
      after: kind === "deleted" ? null : { mode, oid },
    }));
}

/** One git compares all pairs, because a tree may have a snapshot for each of its turns. */
export async function changedPaths(
  git: Git,
  pairs: readonly { from: string | null; to: string }[],
): Promise<string[][]> {
  if (pairs.length === 0) return [];
  const trees = await treesOf(git, [...new Set(pairs.flatMap(({ from, to }) => (from === null ? [to] : [from, to])))]);
  const lines = pairs.map(({ from, to }) => {
    const [before, after] = [from === null ? EMPTY_TREE : trees.get(from), trees.get(to)];
    return before && after && before !== after ? `${before} ${after}` : null;
  });
  const args = ["diff-tree", "--stdin", "-r", "-z", "--name-only", "--no-renames"];
  const wanted = lines.filter((line) => line !== null);
  const { output } = await runGit(git, args, { input: wanted.map((line) => `${line}\n`).join("") });
  const found: string[][] = [];
  const pace = createPace(git.signal);
  for (const item of output.split("\0")) {
    // The names of the two trees come before the paths of each pair, with a line's end instead of a NUL.
    const header = /^([0-9a-f]{40} [0-9a-f]{40})\n/.exec(item);
    if (header) found.push([]);
    const name = realPath(header ? item.slice(header[0].length) : item);
    if (name !== "" && !name.endsWith("/") && !isGitsPath(name)) found.at(-1)?.push(name);
    if (pace.isDue()) await pace.yield();
  }
  let at = 0;
  return lines.map((line) => (line === null ? [] : (found[at++] ?? [])));
}

/** Returns the root trees by the names of the commits; commits that are no longer kept are left out. */
async function treesOf(git: Git, commits: readonly string[]): Promise<Map<string, string>> {
  const input = commits.map((commit) => `${commit}^{tree}\n`).join("");
  const { output } = await runGit(git, ["cat-file", "--batch-check=%(objectname) %(objecttype)"], { input });
  const trees = new Map<string, string>();
  for (const [index, line] of output.split("\n").entries()) {
    const [oid = "", type] = line.split(" ");
    const commit = commits[index];
    if (commit !== undefined && type === "tree") trees.set(commit, oid);
  }
  return trees;
}
