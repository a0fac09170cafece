/** The part of the interface for projects. */
import type { Actor } from "@/core/rules/roles";
import type { Environment, EnvironmentList, EnvironmentLog } from "@/core/shapes/environments/environments";
import type { PromotionsOfProject } from "@/core/shapes/environments/promotions";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import type { ForgeOfProject } from "@/core/shapes/forges";
import type { InsightKind, InsightList, InsightState, InsightsOfProjects } from "@/core/shapes/insights";
import type { Project, ProjectList } from "@/core/shapes/projects";
import type { BlueprintList, ListedBlueprint } from "@/core/shapes/services/blueprints";
import type { ServiceQuestions } from "@/core/shapes/services/questions";
import type { ServiceList, ServiceView } from "@/core/shapes/services/view";
import type { ServiceWay } from "@/core/shapes/services/way";
import type { SpecificationView } from "@/core/specification/view";

export interface ProjectQueries {
  /** Returns all projects, by name. */
  listProjects(): Promise<ProjectList>;
  /** Throws UserError not_found, which names the projects that there are. */
  getProject(name: string): Promise<Project>;
  /** Returns its link with its forge, with the issues that became work; null without one. Throws as `getProject`. */
  getForge(name: string): Promise<ForgeOfProject | null>;
  /** Returns what its evolution may do, and its runs and cycles, the newest first. Throws as `getProject`. */
  getEvolution(name: string): Promise<EvolutionOfProject>;
  /** Returns what is worth doing in its repository, by score; of one state where `state` is given. */
  listInsights(project: string, filter?: InsightFilter): Promise<InsightList>;
  /** Returns the same of all projects, by score, or of the one that is named. Throws as `getProject`. */
  listAllInsights(filter?: InsightFilter & { project?: string | undefined }): Promise<InsightsOfProjects>;
  /** Returns environments by project and name; of one project where it is given. Throws as `getProject`. */
  listEnvironments(project?: string): Promise<EnvironmentList>;
  /** Returns an environment by its id, its name or PROJECT/NAME. Throws UserError not_found. */
  getEnvironment(id: string): Promise<Environment>;
  /** Returns what it printed, from a byte on. Throws as `getEnvironment`. */
  getEnvironmentLog(id: string, after?: number): Promise<EnvironmentLog>;
  /** Returns the targets of a project, and its promotions, the newest first. Throws as `getProject`. */
  listPromotions(project: string): Promise<PromotionsOfProject>;
  /** Returns what the commands of a promotion printed, from a byte on. Throws UserError not_found. */
  getPromotionLog(id: string, after?: number): Promise<EnvironmentLog>;
  /**
   * Returns the specification of its service as the commit has it (before the first commit: the folder), with all that is wrong; null for a
   * repository without one. Throws as `getProject`, and when the repository cannot be read.
   */
  getSpecification(project: string): Promise<SpecificationView | null>;
  /** Returns the blueprints of this release, with the parts that each allows. */
  listBlueprints(): Promise<BlueprintList>;
  /**
   * Returns a person's own blueprint by its folder. Throws UserError when the actor may not name the folder, and when
   * something in its files is wrong.
   */
  getBlueprint(folder: string, actor: Actor): Promise<ListedBlueprint>;
  /** Returns projects that are services, by name; those whose repository is elsewhere as it was fetched last. */
  listServices(): Promise<ServiceList>;
  /** Returns what a service is at the end of its branch, and what shows its requirements. What cannot be read is said in it. Throws as `getProject`. */
  getService(project: string): Promise<ServiceView>;
  /** Returns the open questions of the trees that specify, make or change a service. Throws as `getProject`. */
  listServiceQuestions(project: string): Promise<ServiceQuestions>;
  /** Returns how long a project took until others reach it, what that cost, and what people did for it. Throws as `getProject`. */
  getServiceWay(project: string): Promise<ServiceWay>;
}

interface InsightFilter {
  state?: InsightState;
  kind?: InsightKind;
}
