/** Writes the files of one of two compared trees into the folder that both began in. */

import type { Commands } from "@/agents/application";
import { UserError } from "@/agents/application";
import type { CommandSources } from "@/agents/commands/world/sources";
import { askedLater, momentOf } from "@/agents/files/moment";
import { folderWithoutRepository, personsFolder } from "@/agents/files/target";
import type { Ids } from "@/agents/queries/ids";
import type { Actor } from "@/core/rules/roles";
import { newId } from "@/lib/new-id";
import { isGitsOwn } from "@/lib/workspace/path";

const MOST_NAMED = 5;

/** `mayUse` throws UserError for a folder that the actor may not name. */
export function createKeepCommands(
  sources: CommandSources,
  ids: Ids,
  mayUse: (folder: string, actor: Actor) => void,
): Pick<Commands, "keepFiles"> {
  const { snapshots, queries } = sources;
  return {
    async keepFiles(kept, other, actor) {
      const [keptUid, otherUid] = [ids.tree(kept), ids.tree(other)];
      const folder = await personsFolder(sources, queries, keptUid);
      if (folder === null || folder !== (await personsFolder(sources, queries, otherUid)))
        throw new UserError("invalid", "The two trees did not begin in the same folder: download the zip instead.");
      mayUse(folder, actor);
      folderWithoutRepository(sources, folder);
      const [from, to] = [momentOf(sources, otherUid).commit, momentOf(sources, keptUid).commit];
      if (from === null || to === null || from === to)
        throw new UserError("conflict", "Both trees have the same files, so there is nothing to write.");
      if ((await askedLater(snapshots.files(to))).some(({ path }) => isGitsOwn(path.split("/"))))
        throw new UserError("conflict", "The files contain a git repository, which is not written: download the zip.");
      const hiddenPaths = sources.hiddenPathsOf(folder);
      const label = `keep-${newId()}`;
      const take = { tree: keptUid, folder, label, previous: from, hiddenPaths };
      const now = (await askedLater(snapshots.take(take))).commit;
      const merge = { tree: keptUid, label: `${label}-merged`, base: from, ours: now, theirs: to };
      const merged = await askedLater(snapshots.merge(merge));
      if ("conflicts" in merged) throw conflictIn(folder, merged.conflicts);
      await askedLater(snapshots.apply({ from: now, to: merged.commit, folder, hiddenPaths }));
      const { length } = await askedLater(snapshots.changes(now, merged.commit));
      return {
        sentence: `Wrote ${length} ${length === 1 ? "file" : "files"} into ${folder}. To undo it, keep the other tree.`,
      };
    },
  };
}

function conflictIn(folder: string, paths: readonly string[]): UserError {
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  return new UserError(
    "conflict",
    `Nothing was written: in ${folder}, ${paths.slice(0, MOST_NAMED).join(", ")}${more} changed since the trees ended. Move your own changes away first, or download the zip.`,
  );
}
