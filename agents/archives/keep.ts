/** Keeps an archive as a file, once it was read back: retention removes the trees after it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type OpenedTreeArchive, UserError } from "@/agents/application";
import { checkTree } from "@/db/trees/archive-check";
import { writeWhole } from "./names";
import { openArchiveFile, refusing } from "./open";
import { type ArchiveSources, openTreeArchive } from "./write";

/** Resolves with the size. Throws UserError, and leaves no file, when the archive could not be read again. */
export function keepArchive(
  { read }: Pick<OpenedTreeArchive, "read">,
  file: string,
  { overwrites }: { overwrites: boolean },
): Promise<number> {
  return writeWhole(read(), file, { overwrites, check: readBack });
}

async function readBack(part: string): Promise<void> {
  try {
    const archive = await openArchiveFile(part);
    try {
      for (const { id } of archive.manifest.trees)
        await refusing(part, async () => checkTree(await archive.readTree(id)));
    } finally {
      archive.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError("conflict", `The archive could not be read back, so it was not kept: ${error.message}`);
  }
}

/**
 * Returns a function that writes a tree that is about to be removed, with its files, into an archive in a folder, in place of an
 * earlier archive of it.
 */
export function archiverOf(sources: ArchiveSources): (treeUid: string, folder: string) => Promise<void> {
  return async (treeUid, folder) => {
    const archive = openTreeArchive(sources, [treeUid], "required");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await keepArchive(archive, join(folder, archive.name), { overwrites: true });
  };
}
