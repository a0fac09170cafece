/** The repositories of a project together: its own first, then those that its trees have beside it. */
import { inMergeOrder, suggestedFolder, wholeCommand } from "@/core/projects/repositories";
import type { Projects, StoredProject } from "@/db/projects/projects";
import type { StoredRepository } from "@/db/projects/repositories";

export type ProjectsRepository = Omit<StoredRepository, "createdBy" | "createdAtMs"> & {
  /** Whether it is the project's own. */
  isOwn: boolean;
};

type Sources = Pick<Projects, "repositories">;

export function isSeveral(projects: Sources, { name }: StoredProject): boolean {
  return projects.repositories(name).length > 0;
}

/** Returns the folder of a project's own repository in a tree that has several. */
export function ownFolder({ address }: Pick<StoredProject, "address">): string {
  return suggestedFolder(address);
}

/** Returns all repositories of a project, its own first. */
export function repositoriesOf(projects: Sources, project: StoredProject): ProjectsRepository[] {
  const { address, keys, branch, check, setup, found, needs } = project;
  const own = { folder: ownFolder(project), address, keys, branch, check, setup, found, needs, isOwn: true };
  return [own, ...projects.repositories(project.name).map((repository) => ({ ...repository, isOwn: false }))];
}

/** Returns them in the order in which a change of several is merged. */
export function ordered(projects: Sources, project: StoredProject): ProjectsRepository[] {
  return inMergeOrder(repositoriesOf(projects, project));
}

/** Returns the check and the setup of a project's trees: of several repositories those of each, in the order of their needs. */
export function wholeOf(projects: Sources, project: StoredProject): { check: string | null; setup: string | null } {
  if (!isSeveral(projects, project)) return { check: project.check?.command ?? null, setup: project.setup };
  const all = ordered(projects, project);
  return {
    check: wholeCommand(all.map(({ folder, check }) => ({ folder, command: check?.command ?? null }))),
    setup: wholeCommand(all.map(({ folder, setup }) => ({ folder, command: setup }))),
  };
}
