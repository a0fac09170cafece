/** Applies what a tree changed as a branch in a repository. */
import { z } from "zod";
import { type Actor, atField, wrongField } from "@/agents/application";
import { type CommandWorld, operation, reachesWork } from "@/agents/commands/world/operation";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { changedCopies, changedOutside, copyFor, targetsOf } from "@/agents/files/beside";
import { askedLater } from "@/agents/files/moment";
import { type Span, scratchDir, spanOf } from "@/agents/files/patch";
import { copiesOf, personsFolder, repositoryIn, suggestedBranch } from "@/agents/files/target";
import { shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import type { CopiedRepository } from "@/core/projects/repositories";
import type { AppliedBranch } from "@/core/shapes/files";
import { createBranches, type NewBranch } from "@/lib/apply/branch";
import { BranchNameError, freeBranch, type PersonsRepository } from "@/lib/apply/repository";
import { shellWord } from "@/lib/process/shell-word";
import type { SnapshotReader } from "@/lib/snapshots/below";

export const applyOperations = {
  applyAsBranch: operation({
    right: "run",
    summary:
      "Creates a branch in a repository with what the tree changed. Its work tree and its index stay as they are.",
    on: "unit",
    reach: reachesWork,
    http: "POST trees/:id/apply",
    /** Without `repository`, the branch is created in the repository that the tree worked in. */
    input: z.strictObject({
      branch: text.optional().describe("Name of the new branch; absent: one that is free."),
      repository: text.optional().describe("Folder of the repository; absent: the one that the tree worked in."),
      task: text
        .optional()
        .describe("Id of a task: only its changes and those of its subtasks; absent: those of the whole tree."),
    }),
    audit: ["branch", "repository", "task"],
    result: shape<AppliedBranch>("AppliedBranch"),
    run: (given, actor, world) => applyAsBranch(given, actor, world),
  }),
};

interface Wanted {
  id: string;
  branch?: string | undefined;
  repository?: string | undefined;
  task?: string | undefined;
}

/** `onName` is called with the branch's name before anything is made. A repetition with the same name finds what was made. */
export async function applyAsBranch(
  { id, branch, repository: named, task }: Wanted,
  actor: Actor,
  world: CommandWorld,
  onName: (branch: string) => Promise<unknown> = async () => {},
): Promise<AppliedBranch> {
  const { ids } = world;
  const treeUid = ids.tree(id);
  const taskUid = task === undefined ? undefined : ids.task(task);
  const { title } = await world.queries.getTree(treeUid, { tasks: "none" });
  const span = spanOf(world, treeUid, taskUid);
  const message = `${title}\n\nBanyan-Tree: ${treeUid}\n${taskUid ? `Banyan-Task: ${taskUid}\n` : ""}`;
  const copies = await copiesOf(world, world.queries, treeUid);
  const targets = await targetsFor(world, actor, { treeUid, copies, span, named: named?.trim() ?? "" });
  const repositories = targets.map(({ repository }) => repository);
  const name =
    branch?.trim() || (await askedLater(freeBranch(repositories, suggestedBranch(title, taskUid ?? treeUid))));
  const outside = copies.length === 0 ? [] : await changedOutside(world, copies, span);
  await onName(name);
  const made = await askedLater(
    createBranches(
      targets.map(({ snapshots, repository }) => ({
        snapshots,
        request: { ...span, repository, branch: name, message, dir: scratchDir(world) },
      })),
    ).catch((error: unknown) => {
      throw error instanceof BranchNameError ? wrongField("branch", error.message) : error;
    }),
  );
  return appliedOf(
    made.map((one, at) => ({ made: one, root: targets[at]?.repository.root ?? "" })),
    outside,
  );
}

const MOST_NAMED = 5;

interface Target {
  snapshots: SnapshotReader;
  repository: PersonsRepository;
}

/** Returns where branches are created: in one repository, or in each that the tree has changed a copy of. */
async function targetsFor(
  world: CommandWorld,
  actor: Actor,
  { treeUid, copies, span, named }: { treeUid: string; copies: readonly CopiedRepository[]; span: Span; named: string },
): Promise<Target[]> {
  const { snapshots, queries } = world;
  // Before anything is said about the folder, and again for the repository, which may begin above it.
  const allowed = (folder: string) => {
    refuseForeignFolder(folder, world.workspaceRoots, actor);
    const found = repositoryIn(world, folder);
    refuseForeignFolder(found.root, world.workspaceRoots, actor);
    return found;
  };
  if (copies.length > 0) {
    const changed = await changedCopies(world, copies, span);
    if (named !== "") {
      const repository = await atField("repository", () => allowed(named));
      return [{ snapshots: copyFor(changed, repository.root).snapshots, repository }];
    }
    for (const { address } of changed) refuseForeignFolder(address, world.workspaceRoots, actor);
    return targetsOf(world, changed).map(({ copy, repository }) => {
      refuseForeignFolder(repository.root, world.workspaceRoots, actor);
      return { snapshots: copy.snapshots, repository };
    });
  }
  const folder = named || (await personsFolder(world, queries, treeUid));
  if (!folder)
    throw wrongField(
      "repository",
      "The tree worked in a folder of its own: name the repository in which the branch is created, or download the patch.",
    );
  return [{ snapshots, repository: await atField("repository", () => allowed(folder)) }];
}

/** `outside`: changed paths that are in none of several repositories. */
function appliedOf(branches: readonly { made: NewBranch; root: string }[], outside: readonly string[]): AppliedBranch {
  const all = branches.map(({ made, root }) => branchShape(made, root));
  const [first] = all as [AppliedBranch];
  const sentences = all.map(({ sentence }) => sentence);
  const more = outside.length > MOST_NAMED ? ` and ${outside.length - MOST_NAMED} more` : "";
  if (outside.length > 0)
    sentences.push(
      `Left out, because they are in none of the repositories: ${outside.slice(0, MOST_NAMED).join(", ")}${more}.`,
    );
  return {
    ...first,
    sentence: `${sentences.join(" ")} The files in ${all.length > 1 ? "the folders" : "the folder"} and the index stay as they are.`,
    look: all.map(({ look }) => look).join("\n"),
    undo: all.map(({ undo }) => undo).join("\n"),
  };
}

function branchShape(
  { branch, commit, onto, files, ignored, nested, isThere }: NewBranch,
  root: string,
): AppliedBranch {
  const start = onto.branch ?? onto.commit.slice(0, 12);
  const left = [
    ...(ignored > 0 ? [`${ignored} ignored ${ignored === 1 ? "file" : "files"}`] : []),
    ...(nested.length > 0 ? [`the repositories inside it (${nested.slice(0, 5).join(", ")})`] : []),
  ];
  const git = `git -C ${shellWord(root)}`;
  return {
    sentence: `${isThere ? `The branch ${branch} is there already in` : `Created the branch ${branch} in`} ${root}: one commit with ${files} changed ${files === 1 ? "file" : "files"} on top of ${start}.${left.length > 0 ? ` Left out: ${left.join(" and ")}.` : ""}`,
    branch,
    commit,
    repository: root,
    look: `${git} diff ${shellWord(`${start}...${branch}`)}`,
    undo: `${git} branch -D ${shellWord(branch)}`,
  };
}
