/** Applies what a tree changed as a branch in a repository. */
import type { Commands } from "@/agents/application";
import { UserError } from "@/agents/application";
import type { CommandSources } from "@/agents/commands/world/sources";
import { askedLater } from "@/agents/files/moment";
import { scratchDir, spanOf } from "@/agents/files/patch";
import { personsFolder, repositoryIn, suggestedBranch } from "@/agents/files/target";
import type { Ids } from "@/agents/queries/ids";
import type { Actor } from "@/core/rules/roles";
import type { AppliedBranch } from "@/core/shapes/files";
import { createBranchWith, type NewBranch } from "@/lib/apply/branch";
import { shellWord } from "@/lib/process/shell-word";

/** `mayUse` throws UserError for a folder that the actor may not name. */
export function createApplyCommands(
  sources: CommandSources,
  ids: Ids,
  mayUse: (folder: string, actor: Actor) => void,
): Pick<Commands, "applyAsBranch"> {
  return {
    async applyAsBranch(id, { branch, repository: named, task }, actor) {
      const treeUid = ids.tree(id);
      const taskUid = task === undefined ? undefined : ids.task(task);
      const { title } = await sources.queries.getTree(treeUid, { tasks: "none" });
      const folder = named?.trim() || (await personsFolder(sources, sources.queries, treeUid));
      if (!folder)
        throw new UserError(
          "invalid",
          "The tree worked in a folder of its own: name the repository in which the branch is created, or download the patch.",
        );
      // Before anything is said about the folder, and again for the repository, which may begin above it.
      mayUse(folder, actor);
      const repository = repositoryIn(sources, folder);
      mayUse(repository.root, actor);
      const made = await askedLater(
        createBranchWith(sources.snapshots, {
          ...spanOf(sources, treeUid, taskUid),
          repository,
          branch: branch?.trim() || suggestedBranch(title, taskUid ?? treeUid),
          message: `${title}\n\nBanyan-Tree: ${treeUid}\n${taskUid ? `Banyan-Task: ${taskUid}\n` : ""}`,
          dir: scratchDir(sources),
        }),
      );
      return appliedOf(made, repository.root);
    },
  };
}

function appliedOf({ branch, commit, onto, files, ignored, nested }: NewBranch, root: string): AppliedBranch {
  const start = onto.branch ?? onto.commit.slice(0, 12);
  const left = [
    ...(ignored > 0 ? [`${ignored} ignored ${ignored === 1 ? "file" : "files"}`] : []),
    ...(nested.length > 0 ? [`the repositories inside it (${nested.slice(0, 5).join(", ")})`] : []),
  ];
  const git = `git -C ${shellWord(root)}`;
  return {
    sentence: `Created the branch ${branch} in ${root}: one commit with ${files} changed ${files === 1 ? "file" : "files"} on top of ${start}.${left.length > 0 ? ` Left out: ${left.join(" and ")}.` : ""} The files in the folder and the index stay as they are.`,
    branch,
    commit,
    repository: root,
    look: `${git} diff ${shellWord(`${start}...${branch}`)}`,
    undo: `${git} branch -D ${shellWord(branch)}`,
  };
}
