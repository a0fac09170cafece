/** The part of the interface for projects. */
import type { Project, ProjectList } from "@/core/shapes/projects";

export interface ProjectQueries {
  /** Returns all projects, by name. */
  listProjects(): Promise<ProjectList>;
  /** Throws UserError not_found, which names the projects that there are. */
  getProject(name: string): Promise<Project>;
}
