import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { giveToTools } from "@/lib/process/tools-identity";
import { readBlobs } from "./blobs";
import { changesBetween } from "./changes";
import { createPace, storedEntries } from "./entries";
import { createFolderWriter, type FolderWriter } from "./folder-writer";
import { type Git, requireCommits } from "./git";
import type { Entry } from "./listing";
import { type ApplyRequest, SnapshotError } from "./port";
import { syncFolder } from "./repository";
import { hiddenBelow } from "./scan";

type Written = readonly [string, Pick<Entry, "mode" | "oid">];

/** Writes a snapshot into a new folder, which gets its name when all of it is on disk. */
export async function checkOutSnapshot(git: Git, commit: string, folder: string): Promise<void> {
  await requireCommits(git, commit);
  if (fs.lstatSync(folder, { throwIfNoEntry: false }))
    throw new SnapshotError(`${JSON.stringify(folder)} exists already; choose a new folder.`);
  fs.mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
  removeLeftovers(folder);
  const temporary = `${folder}.banyan-${randomBytes(6).toString("hex")}.tmp`;
  fs.mkdirSync(temporary, { mode: 0o700 });
  try {
    giveToTools(temporary);
    const writer = createFolderWriter(temporary);
    try {
      await write(git, writer, [...(await storedEntries(git, commit))]);
    } finally {
      writer.close();
    }
    await flush(temporary, git.signal);
    fs.renameSync(temporary, folder);
    await syncFolder(path.dirname(folder));
  } catch (error) {
    fs.rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Removes temporary folders of killed processes. */
function removeLeftovers(folder: string): void {
  const parent = path.dirname(folder);
  const start = `${path.basename(folder)}.banyan-`;
  for (const name of fs.readdirSync(parent)) {
    if (name.startsWith(start) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length)))
      fs.rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}

/** Flushes the file system once, because a rename may reach the disk before the contents of the files. */
function flush(folder: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // The option is the one that every `sync` of Linux knows; that of macOS knows none.
    const args = process.platform === "linux" ? ["-f", folder] : [];
    const child = spawn("sync", args, { cwd: "/", stdio: "ignore", signal });
    child.once("error", (error) => reject(signal?.aborted ? signal.reason : error));
    child.once("close", (status) =>
      status === 0
        ? resolve()
        : reject(new SnapshotError(`The disk could not be flushed (sync ended with ${status}).`)),
    );
  });
}

/** Removes and writes everything that differs between two snapshots. Returns the paths of what stays as it is. */
export async function applyChanges(git: Git, request: ApplyRequest): Promise<string[]> {
  const { from, to, folder, hiddenPaths, stays = () => false } = request;
  await requireCommits(git, from, to);
  const hidden = hiddenBelow(folder, hiddenPaths).paths;
  const differing = await changesBetween(git, from, to);
  const left = new Set(differing.map(({ path }) => path).filter((path) => isWithin(path, hidden) || stays(path)));
  const changes = differing.filter(({ path }) => !left.has(path));
  const deleted = changes.filter(({ kind }) => kind === "deleted").map((change) => change.path);
  const written = changes
    .filter(({ kind }) => kind !== "deleted")
    .map(({ path, mode, oid }): Written => [path, { mode, oid }]);
  const writer = createFolderWriter(folder);
  try {
    const pace = createPace(git.signal);
    for (const gone of deleted) {
      if (!gone.endsWith("/")) writer.removeFile(gone);
      if (pace.isDue()) await pace.yield();
    }
    for (const gone of emptied(deleted, written)) writer.removeEmptyFolder(gone);
    await write(git, writer, written);
  } finally {
    writer.close();
  }
  return [...left];
}

export interface CopyRequest {
  commit: string;
  paths: readonly string[];
  folder: string;
  below: string;
}

export async function copyPaths(git: Git, { commit, paths, folder, below }: CopyRequest): Promise<void> {
  await requireCommits(git, commit);
  const wanted = new Set(paths.map((path) => path.replace(/\/$/, "")));
  const entries = [...(await storedEntries(git, commit))].filter(([name]) => isWithin(name, wanted));
  const writer = createFolderWriter(folder);
  try {
    writer.makeFolder(below);
    await write(
      git,
      writer,
      entries.map(([name, { mode, oid }]): Written => [`${below}/${name}`, { mode, oid }]),
    );
  } finally {
    writer.close();
  }
}

async function write(git: Git, writer: FolderWriter, entries: readonly Written[]): Promise<void> {
  for (const [name] of entries) if (name.endsWith("/")) writer.makeFolder(name);
  const files = entries.filter(([name]) => !name.endsWith("/"));
  const oids = files.map(([, { oid }]) => oid);
  await readBlobs(git, oids, {
    begin(index) {
      const [name, { mode }] = files[index] as Written;
      writer.begin(name, mode);
    },
    data: (chunk) => writer.data(chunk),
    end: () => writer.end(),
  });
}

/** Returns the folders above deleted files that get no new files, deepest first. */
function emptied(deleted: readonly string[], written: readonly Written[]): string[] {
  const needed = new Set(written.flatMap(([name]) => foldersAbove(name)));
  const folders = new Set(deleted.flatMap(foldersAbove));
  return [...folders].filter((folder) => !needed.has(folder)).sort((a, b) => b.length - a.length);
}

/** Each path ends in "/". An empty folder counts as above itself. */
function foldersAbove(name: string): string[] {
  const folders: string[] = [];
  for (let slash = name.indexOf("/"); slash >= 0; slash = name.indexOf("/", slash + 1))
    folders.push(name.slice(0, slash + 1));
  return folders;
}

function isWithin(name: string, hidden: ReadonlySet<string>): boolean {
  if (hidden.size === 0) return false;
  return hidden.has(name.replace(/\/$/, "")) || foldersAbove(name).some((folder) => hidden.has(folder.slice(0, -1)));
}
