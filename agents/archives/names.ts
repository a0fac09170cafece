/** Names an archive's file, and writes it to the disk whole or not at all. */
import { randomBytes } from "node:crypto";
import { link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "@/agents/application";
import type { ArchivePlace } from "@/core/shapes/archives";

/** A zip holds 65,535 files and 4 GB. */
export const MOST_PARTS = 60_000;
export const MOST_ARCHIVE_BYTES = 2 * 1024 ** 3;
export const ARCHIVE_ENDING = ".banyan.zip";
/** A file that is being written. */
const LEFT = /^\..+\.banyan-[0-9a-f]{12}\.part$/;
const YOUNG_MS = 3_600_000;

/** Where archives are that the server writes, and reads over HTTP. */
export function archivesFolder(dataDir: string): string {
  return join(dataDir, "archives");
}

/** Returns the file of an archive. Throws UserError for a name that is not plain. */
export function archiveFileAt(dataDir: string, place: ArchivePlace): string {
  if ("file" in place) return place.file;
  const { name } = place;
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(name) && name.endsWith(ARCHIVE_ENDING))
    return join(archivesFolder(dataDir), name);
  throw new UserError("not_found", "No archive of that name: name one of GET /api/v1/archives.");
}

/** Returns a name that says which tree, or how many, and when they were archived. */
export function archiveName(trees: readonly { uid: string; title: string }[], nowMs: number): string {
  const [first] = trees;
  const day = new Date(nowMs).toISOString().slice(0, 10);
  if (!first || trees.length > 1) return `${trees.length}-trees-${day}${ARCHIVE_ENDING}`;
  const words = first.title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return `${words || "tree"}-${first.uid}${ARCHIVE_ENDING}`;
}

/**
 * Writes the file under a name of its own, and gives it its name when it is complete, on disk and `check`ed. Only its
 * owner can read it. Throws UserError, and leaves nothing, when the file exists and may not be overwritten.
 */
export async function writeWhole(
  content: AsyncIterable<Uint8Array>,
  file: string,
  { overwrites, check = async () => {} }: { overwrites: boolean; check?(part: string): Promise<void> },
): Promise<number> {
  await removeLeft(dirname(file));
  const part = join(dirname(file), `.${basename(file)}.banyan-${randomBytes(6).toString("hex")}.part`);
  const target = await open(part, "wx", 0o600).catch((error: Error) => {
    throw new UserError("invalid", `Cannot write into ${dirname(file)} (${error.message}): name another folder.`);
  });
  try {
    let bytes = 0;
    for await (const chunk of content) {
      await onDisk(file, () => target.writeFile(chunk));
      bytes += chunk.length;
    }
    await onDisk(file, () => target.sync());
    await check(part);
    if (overwrites) await rename(part, file);
    else await linkNew(part, file);
    await syncFolder(dirname(file));
    return bytes;
  } finally {
    await target.close();
    await rm(part, { force: true });
  }
}

async function onDisk(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why = (error as Error).message;
    throw new UserError("unavailable", `${file} cannot be written (${why}): free some space, or name another folder.`);
  }
}

/** Removes the files that killed processes left in the folder. A younger file may belong to a running process. */
async function removeLeft(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    if (!LEFT.test(name)) continue;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found && Date.now() - found.mtimeMs > YOUNG_MS) await rm(join(folder, name), { force: true });
  }
}

/** A link is refused where the name is taken, in one step; a rename would overwrite it. */
async function linkNew(part: string, file: string): Promise<void> {
  await link(part, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") throw taken(file);
    throw error;
  });
}

export function taken(file: string): UserError {
  return new UserError("conflict", `${file} exists already: choose another name, or overwrite it with --force.`);
}

async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
