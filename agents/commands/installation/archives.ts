/** Commands for archives of trees: writing one, and reading the trees of one. */
import { type Commands, UserError } from "@/agents/application";
import { archiveFileAt } from "@/agents/archives/names";
import { type ReadingSources, readArchive } from "@/agents/archives/read";
import { openTreeArchive } from "@/agents/archives/write";

type ArchiveCommands = Pick<Commands, "archiveTrees" | "readArchive">;

export function createArchiveCommands(sources: ReadingSources, ids: { tree(id: string): string }): ArchiveCommands {
  return {
    archiveTrees: async (trees) =>
      openTreeArchive(
        sources,
        trees.map((id) => ids.tree(id)),
      ),
    readArchive: async (place, actor) => readArchive(sources, archiveFileAt(sources.dataDir, place), actor.name),
  };
}

/** Throws UserError when the tree was read from an archive, which nothing may act on. */
export function refuseArchived({ store }: Pick<ReadingSources, "store">, treeUid: string): void {
  if (store.archivedTrees.hashOf(treeUid) === null) return;
  throw new UserError(
    "conflict",
    "This tree was read from an archive, so it can only be looked at, archived and deleted: submit its task as a new tree.",
  );
}
