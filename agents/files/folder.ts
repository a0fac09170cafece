/** Reads folders and files of a moment: from disk without following links, or from a snapshot. */
import fs from "node:fs";
import { UserError } from "@/agents/application";
import { readChunks } from "@/lib/workspace/files";
import { childOf, openDirectory, openFileForReading, pathOf, sentenceFor } from "@/lib/workspace/open";
import { hiddenEntries, isGitsOwn, type WorkspaceView } from "@/lib/workspace/path";
import { walk } from "@/lib/workspace/walk";
import { asked, askedLater, type FileSources, type Moment, partsOf, shown } from "./moment";

export interface Found {
  path: string;
  kind: "file" | "link" | "folder";
  bytes: number;
  isExecutable: boolean;
  /** The name of its content in the snapshots; null on disk. */
  oid: string | null;
}

type Reading = Pick<FileSources, "snapshots">;

/** Returns what the folder holds directly; null when there is no such folder. */
export async function entriesOf({ snapshots }: Reading, moment: Moment, folder: string): Promise<Found[] | null> {
  const parts = partsOf(moment, folder);
  if (moment.live) return asked(() => onDisk(moment.live as WorkspaceView, parts));
  if (moment.commit === null) return parts.length === 0 ? [] : null;
  const entries = await askedLater(snapshots.list(moment.commit, parts.join("/")));
  return entries?.map(foundIn).filter(({ path }) => !isGitsOwn(path.split("/"))) ?? null;
}

const foundIn = ({ path, kind, sizeBytes, isExecutable, oid }: SnapshotEntry): Found => ({
  path,
  kind,
  isExecutable,
  oid,
  bytes: sizeBytes,
});
type SnapshotEntry = Awaited<ReturnType<FileSources["snapshots"]["files"]>>[number];

function onDisk(view: WorkspaceView, parts: readonly string[]): Found[] | null {
  let fd: number;
  try {
    fd = openDirectory(view.root, parts);
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR", "ELOOP"].includes(String(error.code)))
      return null;
    throw sentenceFor(error, parts.join("/"));
  }
  try {
    const hidden = hiddenEntries(view.hiddenPaths);
    const base = [view.root, ...parts].join("/");
    return fs
      .readdirSync(pathOf(fd))
      .filter((name) => !isGitsOwn([name]))
      .flatMap((name) => {
        const stat = statOf(fd, name);
        if (!stat || hidden.has(`${base}/${name}`, stat)) return [];
        return foundOnDisk([...parts, name].join("/"), stat) ?? [];
      });
  } finally {
    fs.closeSync(fd);
  }
}

/** Returns null for a name that is gone, or that is not UTF-8. */
function statOf(fd: number, name: string): fs.Stats | null {
  return fs.lstatSync(childOf(fd, name), { throwIfNoEntry: false }) ?? null;
}

/** Returns null for pipes, sockets and devices. */
function foundOnDisk(path: string, stat: fs.Stats): Found | null {
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "folder" : stat.isSymbolicLink() ? "link" : null;
  if (kind === null) return null;
  return { path, kind, bytes: kind === "folder" ? 0 : stat.size, isExecutable: (stat.mode & 0o100) > 0, oid: null };
}

/** Returns all files and links in the order of their paths. Throws UserError above `most`. */
export async function allOf({ snapshots }: Reading, moment: Moment, most: number): Promise<Found[]> {
  const { live, commit } = moment;
  if (!live && commit === null) return [];
  const found = live
    ? await askedLater(walked(live, most))
    : (await askedLater(snapshots.files(commit as string))).map(foundIn);
  if (found.length > most) throw tooMany(most);
  return found
    .filter(({ path }) => !isGitsOwn(path.split("/")))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

const GIT: ReadonlySet<string> = new Set([".git"]);

async function walked(view: WorkspaceView, most: number): Promise<Found[]> {
  const found: Found[] = [];
  const options = { skip: GIT, hiddenPaths: view.hiddenPaths, maxEntries: most * 4 };
  for await (const entry of walk(view.root, [], options)) {
    const file = entry.kind === "directory" ? null : foundOnDisk(entry.path, entry.stat);
    if (file) found.push(file);
    if (found.length > most) throw tooMany(most);
  }
  return found;
}

function tooMany(most: number): UserError {
  return new UserError(
    "too_large",
    `The folder has more than ${most} files: list one folder of it, or take only what changed.`,
  );
}

/** Returns the file or link at a path. Throws UserError when there is none. */
export async function findFile({ snapshots }: Reading, moment: Moment, given: string): Promise<Found> {
  const parts = partsOf(moment, given);
  const path = parts.join("/");
  const name = parts.at(-1);
  const found =
    name === undefined
      ? null
      : moment.live
        ? asked(() => fileOnDisk(moment.live as WorkspaceView, parts))
        : moment.commit === null
          ? null
          : await askedLater(snapshots.find(moment.commit, path)).then((file) => file && foundIn(file));
  if (!found) throw new UserError("not_found", `There is no file ${shown(given)} at this moment of the tree.`);
  return found;
}

function fileOnDisk(view: WorkspaceView, parts: readonly string[]): Found | null {
  const siblings = onDisk(view, parts.slice(0, -1));
  const found = siblings?.find(({ path }) => path === parts.join("/"));
  return found && found.kind !== "folder" ? found : null;
}

/** Yields a file's content in chunks. On disk it stays below the size that was found, even if the file grows. */
export async function* contentOf({ snapshots }: Reading, moment: Moment, file: Found): AsyncGenerator<Buffer> {
  if (file.oid !== null) {
    for await (const content of snapshots.contents([{ oid: file.oid, sizeBytes: file.bytes }])) yield* content;
    return;
  }
  if (!moment.live) return;
  const { fd } = openFileForReading(moment.live, file.path);
  try {
    yield* readChunks(fd, file.bytes);
  } finally {
    fs.closeSync(fd);
  }
}

/** Returns a link's target as text. */
export async function targetOf(reading: Reading, moment: Moment, link: Found): Promise<string> {
  if (link.oid !== null) return (await readStart(reading, moment, link, 4_096)).toString("utf8");
  const parts = link.path.split("/");
  const fd = openDirectory(moment.live?.root ?? "", parts.slice(0, -1));
  try {
    return fs.readlinkSync(childOf(fd, parts.at(-1) ?? ""));
  } finally {
    fs.closeSync(fd);
  }
}

/** Returns the first `most` bytes of a file. */
export async function readStart(reading: Reading, moment: Moment, file: Found, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of contentOf(reading, moment, file)) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}
