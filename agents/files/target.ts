/** Where the changes of a tree can be applied as a branch. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Queries } from "@/agents/application";
import { UserError } from "@/agents/application";
import type { CopiedRepository } from "@/core/projects/repositories";
import type { ApplyPlan, TreePlace } from "@/core/shapes/files";
import { freeBranch, type PersonsRepository, repositoryAround } from "@/lib/apply/repository";
import { readHead } from "@/lib/git/head";
import { slugOf } from "./archive";
import { asked, type FileSources } from "./moment";

const MOST_ANCESTORS = 100;

/**
 * Returns the person's folder that the tree, or for a fork its origin, worked in or in a copy of; null when there is none, or
 * several.
 */
export async function personsFolder(
  sources: FileSources,
  queries: Pick<Queries, "getTree">,
  treeUid: string,
): Promise<string | null> {
  const origin = await originOf(sources, queries, treeUid);
  // A copy of a folder goes back to that folder; a clone's address is no folder.
  return origin?.address.startsWith("/") && origin.copies.length === 0 ? origin.address : null;
}

/** Returns the folder and the branch that the tree works on, by the names that people know; null for a fresh folder. */
export async function placeOf(
  sources: FileSources,
  queries: Pick<Queries, "getTree">,
  treeUid: string,
): Promise<TreePlace | null> {
  const origin = await originOf(sources, queries, treeUid);
  if (origin === null) return null;
  const { workspace } = sources.store.loader.tree(sources.store.queries.trees.treeKey(treeUid));
  const { address, isCopy } = origin;
  const name =
    address
      .replace(/[/\\]+$/, "")
      .replace(/\.git$/, "")
      .split(/[/\\:]/)
      .at(-1) || address;
  return { name, address, branch: readHead(workspace)?.branch ?? null, is_copy: isCopy };
}

/** Returns the copies of repositories that the tree, or for a fork its origin, has side by side; none where it works in one. */
export async function copiesOf(
  sources: Pick<FileSources, "store">,
  queries: Pick<Queries, "getTree">,
  treeUid: string,
): Promise<CopiedRepository[]> {
  return (await originOf(sources, queries, treeUid))?.copies ?? [];
}

/** Returns the folder in which the tree, or for a fork its origin, works, or the address of which it works in a copy. */
async function originOf(
  { store }: Pick<FileSources, "store">,
  queries: Pick<Queries, "getTree">,
  treeUid: string,
): Promise<{ address: string; isCopy: boolean; copies: CopiedRepository[] } | null> {
  let uid: string | null = treeUid;
  for (let steps = 0; uid !== null && steps < MOST_ANCESTORS; steps++) {
    // An archive may name any folder of this machine.
    if (store.archivedTrees.hashOf(uid) !== null) return null;
    const { workspace, inPlace } = store.loader.tree(store.queries.trees.treeKey(uid));
    if (inPlace) return { address: workspace, isCopy: uid !== treeUid, copies: [] };
    const copied = store.queries.files.copiedFrom(uid);
    if (copied !== null) return { address: copied, isCopy: true, copies: store.queries.files.copiesOf(uid) };
    const { forked_from } = await queries.getTree(uid, { tasks: "none" });
    const origin: string | null = forked_from?.tree_id ?? null;
    uid = origin !== null && store.queries.trees.treesLike(origin).includes(origin) ? origin : null;
  }
  return null;
}

/** Returns the repository in or around a folder. Throws UserError when there is none, or when a tree works in it. */
export function repositoryIn({ store }: FileSources, folder: string): PersonsRepository {
  const shown = JSON.stringify(folder.slice(0, 200));
  if (!isAbsolute(folder) || folder.includes("\0"))
    throw new UserError("invalid", `The repository ${shown} is not an absolute path: begin it with "/".`);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UserError("invalid", `There is no folder ${shown} on the server: name the folder of a repository.`);
  const repository = asked(() => repositoryAround(realpathSync(folder)));
  const open = store.queries.folders.lockedBy(repository.root);
  if (open !== null)
    throw new UserError(
      "conflict",
      `The tree “${open}” still works in ${repository.root}: wait until it has ended or stop it, or download the patch.`,
    );
  return repository;
}

/** Throws UserError when the folder is in a repository, is gone, or a tree works in it. */
export function folderWithoutRepository({ store }: Pick<FileSources, "store">, folder: string): void {
  if (!existsSync(folder)) throw new UserError("not_found", `The folder ${folder} is no longer there.`);
  if (isInRepository(folder))
    throw new UserError("conflict", `${folder} is in a git repository: apply the changes as a branch instead.`);
  refuseWorkedIn({ store }, folder);
}

/** Throws UserError when a tree works in the folder, around or inside it. */
export function refuseWorkedIn({ store }: Pick<FileSources, "store">, folder: string): void {
  const open = store.queries.folders.lockedBy(folder);
  if (open !== null)
    throw new UserError(
      "conflict",
      `The tree “${open}” still works in ${folder}: wait until it has ended, or stop it.`,
    );
}

function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (at === dirname(at)) return false;
  }
}

export function suggestedBranch(title: string, id: string): string {
  return `banyan/${slugOf(title)}-${id.slice(0, 6).toLowerCase()}`;
}

/** Returns what applying would do, with the reason when it is not possible. */
export async function planFor(
  sources: FileSources,
  { folder, files, title, id }: { folder: string | null; files: number; title: string; id: string },
): Promise<ApplyPlan> {
  const branch = suggestedBranch(title, id);
  const plain = folder !== null && !isInRepository(folder) ? folder : null;
  const facts = { branch, files, folder: plain, beside: [] };
  if (files === 0) return { ...facts, repository: folder, problem: "Nothing to apply: no files were changed." };
  if (folder === null) return { ...facts, repository: null, problem: null };
  try {
    const repository = repositoryIn(sources, folder);
    return { ...facts, repository: repository.root, branch: await freeBranch([repository], branch), problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...facts, repository: error.kind === "conflict" ? folder : null, problem: error.message };
  }
}
