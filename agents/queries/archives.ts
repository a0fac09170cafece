/** The archives in the data folder, and what one holds. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Queries } from "@/agents/application";
import { ARCHIVE_ENDING, archiveFileAt, archivesFolder } from "@/agents/archives/names";
import { listArchive } from "@/agents/archives/read-archive";
import type { ArchiveFile } from "@/core/shapes/archives";
import { iso } from "@/db/file/iso";

export function createArchiveQueries({ dataDir }: { dataDir: string }): Pick<Queries, "listArchives" | "getArchive"> {
  return {
    listArchives: () => filesIn(archivesFolder(dataDir)),
    getArchive: async (place) => listArchive(archiveFileAt(dataDir, place)),
  };
}

/** Returns the newest first. */
async function filesIn(folder: string): Promise<ArchiveFile[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const found: ArchiveFile[] = [];
  for (const name of names.filter((name) => name.endsWith(ARCHIVE_ENDING) && !name.startsWith("."))) {
    const file = await stat(join(folder, name)).catch(() => null);
    if (file?.isFile()) found.push({ name, size_bytes: file.size, made_at: iso(Math.floor(file.mtimeMs)) });
  }
  return found.sort((a, b) => (a.made_at < b.made_at ? 1 : -1));
}
