/** The successful answers of the routes of projects; see `answers.ts`. */
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import type { ForgeOfProject } from "@/core/shapes/forges";
import type { InsightList } from "@/core/shapes/insights";
import type { Project, ProjectList } from "@/core/shapes/projects";
import type { SpecificationView } from "@/core/specification/view";

export interface ProjectAnswers {
  /** Projects, by name, each with the figures of its trees of the last 30 days. */
  "GET projects": ProjectList;
  /** A project, with what its files said about its commands when it was added. */
  "GET projects/:id": Project;
  /** What its evolution may do, why no cycle can begin, and its runs and cycles, the newest first. */
  "GET projects/:id/evolution": EvolutionOfProject;
  /** Its link with its forge, with the issues that became work; null without one. */
  "GET projects/:id/forge": { forge: ForgeOfProject | null };
  /** Returns the specification of its service with its trace and all that is wrong in it; null without one, or when the repository is elsewhere. */
  "GET projects/:id/specification": { specification: SpecificationView | null };
  /** What a program found worth doing in the repository of a project, the highest score first. */
  "GET projects/:id/insights": InsightList;
}
