/** Applies what a tree changed as a branch in a repository. */
import { z } from "zod";
import { atField, wrongField } from "@/agents/application";
import { operation, reachesWork } from "@/agents/commands/world/operation";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { askedLater } from "@/agents/files/moment";
import { scratchDir, spanOf } from "@/agents/files/patch";
import { personsFolder, repositoryIn, suggestedBranch } from "@/agents/files/target";
import { shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import type { AppliedBranch } from "@/core/shapes/files";
import { createBranchWith, type NewBranch } from "@/lib/apply/branch";
import { BranchNameError } from "@/lib/apply/repository";
import { shellWord } from "@/lib/process/shell-word";

export const applyOperations = {
  applyAsBranch: operation({
    right: "run",
    summary:
      "Creates a branch in a repository with what the tree changed. Its work tree and its index stay as they are.",
    on: "unit",
    reach: reachesWork,
    http: "POST trees/:id/apply",
    /** Without `repository`, the branch is created in the repository that the tree worked in. */
    input: z.strictObject({ branch: text.optional(), repository: text.optional(), task: text.optional() }),
    audit: ["branch", "repository", "task"],
    result: shape<AppliedBranch>("AppliedBranch"),
    async run({ id, branch, repository: named, task }, actor, world) {
      const { ids } = world;
      const treeUid = ids.tree(id);
      const taskUid = task === undefined ? undefined : ids.task(task);
      const { title } = await world.queries.getTree(treeUid, { tasks: "none" });
      const folder = named?.trim() || (await personsFolder(world, world.queries, treeUid));
      if (!folder)
        throw wrongField(
          "repository",
          "The tree worked in a folder of its own: name the repository in which the branch is created, or download the patch.",
        );
      // Before anything is said about the folder, and again for the repository, which may begin above it.
      const repository = await atField("repository", () => {
        refuseForeignFolder(folder, world.workspaceRoots, actor);
        const found = repositoryIn(world, folder);
        refuseForeignFolder(found.root, world.workspaceRoots, actor);
        return found;
      });
      const made = await askedLater(
        createBranchWith(world.snapshots, {
          ...spanOf(world, treeUid, taskUid),
          repository,
          branch: branch?.trim() || suggestedBranch(title, taskUid ?? treeUid),
          message: `${title}\n\nBanyan-Tree: ${treeUid}\n${taskUid ? `Banyan-Task: ${taskUid}\n` : ""}`,
          dir: scratchDir(world),
        }).catch((error: unknown) => {
          throw error instanceof BranchNameError ? wrongField("branch", error.message) : error;
        }),
      );
      return appliedOf(made, repository.root);
    },
  }),
};

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
