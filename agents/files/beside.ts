/** Applying what a tree changed in several repositories, of which it has copies side by side. */
import { UserError, wrongField } from "@/agents/application";
import type { CopiedRepository } from "@/core/projects/repositories";
import { repositoryKey } from "@/core/projects/repository";
import type { ApplyPlan } from "@/core/shapes/files";
import { freeBranch } from "@/lib/apply/repository";
import { readOrigin } from "@/lib/git/head";
import { type SnapshotReader, snapshotsBelow } from "@/lib/snapshots/below";
import { keptChanges } from "./left-out";
import { askedLater, type FileSources } from "./moment";
import type { Span } from "./patch";
import { repositoryIn, suggestedBranch } from "./target";

/** A copy that the tree changed. */
export interface ChangedCopy extends CopiedRepository {
  snapshots: SnapshotReader;
  files: number;
}

/** Resolves with the copies that the tree changed. */
export async function changedCopies(
  { snapshots }: Pick<FileSources, "snapshots">,
  copies: readonly CopiedRepository[],
  { from, to }: Span,
): Promise<ChangedCopy[]> {
  const changed: ChangedCopy[] = [];
  for (const copy of copies) {
    const below = snapshotsBelow(snapshots, copy.folder);
    const { length: files } = await askedLater(keptChanges(below, from, to));
    if (files > 0) changed.push({ ...copy, snapshots: below, files });
  }
  return changed;
}

/** Resolves with what the tree changed outside of them, which no repository gets. */
export async function changedOutside(
  { snapshots }: Pick<FileSources, "snapshots">,
  copies: readonly CopiedRepository[],
  { from, to }: Span,
): Promise<string[]> {
  const paths = (await askedLater(keptChanges(snapshots, from, to))).map(({ path }) => path);
  return paths.filter((path) => !copies.some(({ folder }) => path.startsWith(`${folder}/`)));
}

/** Returns what applying would do, with the reason when it is not possible. */
export async function planBeside(
  sources: FileSources,
  changed: readonly ChangedCopy[],
  { title, id }: { title: string; id: string },
): Promise<ApplyPlan> {
  const facts = {
    repository: null,
    folder: null,
    branch: suggestedBranch(title, id),
    files: changed.reduce((sum, { files }) => sum + files, 0),
    beside: changed.map(({ folder, address, files }) => ({ folder, address, files })),
  };
  try {
    const repositories = targetsOf(sources, changed).map(({ repository }) => repository);
    return { ...facts, branch: await freeBranch(repositories, facts.branch), problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...facts, problem: error.message };
  }
}

/** Returns the repository for each copy. Throws UserError when there is none for one of them: then none gets a branch. */
export function targetsOf(sources: FileSources, changed: readonly ChangedCopy[]) {
  if (changed.length === 0) throw new UserError("not_found", "The tree changed no files of its repositories.");
  const elsewhere = changed.find(({ address }) => !address.startsWith("/"));
  if (elsewhere)
    throw new UserError(
      "conflict",
      `${elsewhere.folder} is a copy of ${elsewhere.address}, which is not on this server: name the folder of a clone of it as the repository, let the project's forge deliver the change, or download the patch.`,
    );
  const targets = changed.map((copy) => ({ copy, repository: repositoryIn(sources, copy.address) }));
  for (const [at, { copy, repository }] of targets.entries()) {
    const same = targets.slice(0, at).find((one) => one.repository.root === repository.root);
    if (same)
      throw new UserError(
        "conflict",
        `${same.copy.folder} and ${copy.folder} are in one repository, ${repository.root}: download the patch, and add that repository to the project once.`,
      );
  }
  return targets;
}

/** Returns the one copy whose repository a person's folder is, or was cloned from. Throws UserError when it is of none. */
export function copyFor(changed: readonly ChangedCopy[], root: string): ChangedCopy {
  const origin = readOrigin(root);
  const keys = [root, origin === null ? null : repositoryKey(origin)];
  const found = changed.find(({ address }) => keys.includes(repositoryKey(address)));
  if (found) return found;
  const names = changed.map(({ folder, address }) => `${folder} (${address})`).join(", ");
  throw wrongField(
    "repository",
    `${root} is none of the repositories that the tree changed, nor a clone of one: ${names}.`,
  );
}
