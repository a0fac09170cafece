/** Reads the trees of an archive into the database, each whole or not at all, and lists what an archive holds. */
import { join } from "node:path";
import { Readable } from "node:stream";
import { UserError } from "@/agents/application";
import type { ArchiveListing, ReadArchive } from "@/core/shapes/archives";
import { plural } from "@/core/words/figures";
import type { Store } from "@/db/store";
import { type CheckedTree, checkTree } from "@/db/trees/archive-check";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { MOST_ARCHIVE_BYTES } from "./names";
import { type OpenedArchiveFile, openArchiveFile, refusing } from "./open";
import { type ArchiveSources, rowsHash } from "./write";

export interface ReadingSources extends ArchiveSources {
  store: Pick<Store, "archivedRows" | "archivedTrees" | "queries">;
  snapshots: Pick<SnapshotStore, "pack" | "take" | "unpack" | "drop" | "trees">;
}

/** Checks the whole file, and returns what it holds. Throws UserError. */
export async function listArchive(file: string): Promise<ArchiveListing> {
  const archive = await openArchiveFile(file);
  archive.close();
  const { version, banyan, made_at, trees } = archive.manifest;
  return { version, banyan, made_at, trees };
}

/** Adds the trees that are not here. Throws UserError, and adds none, when one is here with other content. */
export async function readArchive(sources: ReadingSources, file: string, by: string): Promise<ReadArchive> {
  const archive = await openArchiveFile(file);
  try {
    // All are checked before the first is written.
    const items: ReadArchive["items"] = [];
    for (const { id, title } of archive.manifest.trees) {
      const checked = await refusing(file, async () => checkTree(await archive.readTree(id)));
      const isHere = await isHereAlready(sources, checked);
      items.push({ id, title, outcome: isHere ? "already_here" : "added" });
    }
    for (const item of items) if (item.outcome === "added") await addTree(sources, archive, { file, id: item.id, by });
    return { items, sentence: sentenceOf(items) };
  } finally {
    archive.close();
  }
}

async function isHereAlready(sources: ReadingSources, { tree, hash }: CheckedTree): Promise<boolean> {
  const { store } = sources;
  if (!store.archivedRows.head(tree.id)) return false;
  const here = store.archivedTrees.hashOf(tree.id) ?? (await rowsHash(sources, tree.id));
  if (here === hash) return true;
  throw new UserError(
    "conflict",
    `The tree ${tree.id} is here with other content, so nothing was read: delete it first, or keep it.`,
  );
}

async function addTree(
  { store, snapshots, dataDir }: ReadingSources,
  archive: OpenedArchiveFile,
  { file, id, by }: { file: string; id: string; by: string },
): Promise<void> {
  // Read again, because all trees of an archive together may not fit into memory.
  const checked = await refusing(file, async () => checkTree(await archive.readTree(id)));
  const named = checked.others.filter((row) => row.row === "snapshot");
  const unpack = async () => {
    const pack = archive.packOf(id);
    if ((pack === null) !== (named.length === 0))
      throw new UserError("invalid", `The archive ${file} is refused, because its snapshots are missing.`);
    if (pack === null) return;
    await snapshots.unpack({ tree: id, snapshots: named, pack: Readable.from(pack), mostBytes: MOST_ARCHIVE_BYTES });
  };
  const isThere = () => store.archivedRows.head(id) !== null;
  try {
    // Before the rows: the next start of a server removes snapshots without a tree.
    await refusing(file, unpack);
    const place = { workspace: join(dataDir, "workspaces", id), hadFiles: beganInFolder(archive, id), by };
    await refusing(file, () => store.archivedTrees.insert(checked, place));
  } catch (error) {
    if (!isThere()) await snapshots.drop(id);
    throw error;
  }
  // A server that started in between may have removed them.
  if (named.length > 0 && !(await snapshots.trees()).includes(id)) await refusing(file, unpack);
}

/** Whether the tree worked in a folder that a person had named, and not in its own of that Banyan. */
function beganInFolder({ manifest }: OpenedArchiveFile, id: string): boolean {
  const folder = manifest.trees.find((tree) => tree.id === id)?.folder ?? "";
  return !folder.endsWith(`/workspaces/${id}`);
}

function sentenceOf(items: ReadArchive["items"]): string {
  const added = items.filter(({ outcome }) => outcome === "added").length;
  const here = items.length - added;
  if (added === 0) return `Already here: ${plural(here, "tree")}. Nothing was changed.`;
  const rest = here === 0 ? "" : ` ${plural(here, "tree")} ${here === 1 ? "was" : "were"} already here.`;
  return `Read ${plural(added, "tree")}, pinned so that retention keeps ${added === 1 ? "it" : "them"}.${rest}`;
}
