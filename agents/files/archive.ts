/** Files to send: one, or many for a zip. Nothing is opened before it is read, and nothing large is in memory. */
import {
  type ArchivedFile,
  type ArchiveRequest,
  type OpenedArchive,
  type OpenedFile,
  UserError,
} from "@/agents/application";

import { allOf, contentOf, type Found, findFile } from "./folder";
import { type FileSources, type Moment, shown } from "./moment";
import type { AllChanges } from "./tree-changes";

/** Limits of the zip format are 65,535 files and 4 GB. */
const MOST_FILES = 50_000;
const MOST_BYTES = 2 * 1024 ** 3;

export async function openFile(sources: FileSources, moment: Moment, given: string): Promise<OpenedFile> {
  const file = await findFile(sources, moment, given);
  if (file.kind === "link")
    throw new UserError(
      "invalid",
      `${shown(given)} is a link, which is never followed: download the file it leads to.`,
    );
  return {
    name: file.path.split("/").at(-1) ?? "",
    bytes: file.bytes,
    read: () => contentOf(sources, moment, file),
  };
}

/** Links are left out of archives, because programs that unpack them may follow them. */
export async function openArchive(
  sources: FileSources,
  moment: Moment,
  changes: AllChanges,
  { changedOnly, title }: Pick<ArchiveRequest, "changedOnly"> & { title: string },
): Promise<OpenedArchive> {
  const isWanted = ({ path, kind }: Found) => kind === "file" && (!changedOnly || changes.has(path));
  const files = (await allOf(sources, moment, changedOnly ? 500_000 : MOST_FILES)).filter(isWanted);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (files.length === 0)
    throw new UserError("not_found", changedOnly ? "The tree changed no files." : "The tree has no files.");
  if (files.length > MOST_FILES || bytes > MOST_BYTES)
    throw new UserError(
      "too_large",
      "A zip may have 50,000 files and 2 GB: download only what changed, or single files.",
    );
  return { name: `${slugOf(title)}.zip`, files: files.length, bytes, read: () => readAll(sources, moment, files) };
}

/** Returns a title as the name of a file. */
export function slugOf(title: string): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return words.slice(0, 40).replace(/-+$/, "") || "files";
}

async function* readAll(sources: FileSources, moment: Moment, files: readonly Found[]): AsyncGenerator<ArchivedFile> {
  if (moment.live) {
    for (const file of files) {
      const { path, isExecutable } = file;
      yield { path, isExecutable, content: contentOf(sources, moment, file) };
    }
    return;
  }
  const named = files.map(({ oid, bytes }) => ({ oid: oid ?? "", sizeBytes: bytes }));
  let at = 0;
  for await (const content of sources.snapshots.contents(named)) {
    const file = files[at++];
    if (file) yield { path: file.path, isExecutable: file.isExecutable, content };
  }
}
