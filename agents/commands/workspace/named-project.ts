/** The project that a person names, to do something with it or with what belongs to it. */
import type { Actor } from "@/agents/application";
import { refuseForeignAddress } from "@/agents/configuration/workspace-roots";
import { projectCalled } from "@/agents/projects/find-project";
import type { Projects, StoredProject } from "@/db/projects/projects";

interface ProjectSources {
  store: { projects: Pick<Projects, "all" | "get"> };
  workspaceRoots: readonly string[];
}

/** Throws UserError, also for one whose folder the actor may not name: what is said of it directs the work there. */
export function projectFor({ store, workspaceRoots }: ProjectSources, name: string, actor: Actor): StoredProject {
  const project = projectCalled(store.projects, name);
  refuseForeignAddress(project.address, workspaceRoots, actor);
  return project;
}
