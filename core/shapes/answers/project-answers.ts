/** The successful answers of the routes of projects; see `answers.ts`. */
import type { Environment, EnvironmentList, EnvironmentLog } from "@/core/shapes/environments/environments";
import type { PromotionsOfProject } from "@/core/shapes/environments/promotions";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import type { ForgeOfProject } from "@/core/shapes/forges";
import type { InsightList, InsightsOfProjects } from "@/core/shapes/insights";
import type { Project, ProjectList } from "@/core/shapes/projects";
import type { BlueprintList, ListedBlueprint } from "@/core/shapes/services/blueprints";
import type { ServiceQuestions } from "@/core/shapes/services/questions";
import type { ServiceList, ServiceView } from "@/core/shapes/services/view";
import type { ServiceWay } from "@/core/shapes/services/way";
import type { SpecificationView } from "@/core/specification/view";

export interface ProjectAnswers {
  /** Projects, by name, each with the figures of its trees of the last 30 days. */
  "GET projects": ProjectList;
  /** A project, with what its files said about its commands when it was added. */
  "GET projects/:id": Project;
  /** What its evolution may do, why no cycle can begin, and its runs and cycles, the newest first. */
  "GET projects/:id/evolution": EvolutionOfProject;
  /** Environments by project and name; with `project`, those of one. */
  "GET environments": EnvironmentList;
  /** An environment, by its id, its name, or PROJECT/NAME. */
  "GET environments/:id": Environment;
  /** What it printed, from the byte `after` on: the `next` of a piece is where the following one begins. */
  "GET environments/:id/log": EnvironmentLog;
  /** The targets of a project, and its promotions, the newest first. */
  "GET projects/:id/promotions": PromotionsOfProject;
  /** What the commands of a promotion printed, from the byte `after` on. */
  "GET promotions/:id/log": EnvironmentLog;
  /** Its link with its forge, with the issues that became work; null without one. */
  "GET projects/:id/forge": {
    /** The link; null: the project has none. */
    forge: ForgeOfProject | null;
  };
  /** The blueprints of this release, from which services are made, with the parts that each allows, and what can be set. */
  "GET blueprints": BlueprintList;
  /** A person's own blueprint in the folder `path` of the server, or what is wrong in its files. */
  "GET blueprint": ListedBlueprint;
  /** Projects that Banyan made as services, or that have a specification; those whose repository is elsewhere as it was fetched last. */
  "GET services": ServiceList;
  /** What a service is at the end of its branch: how it was made, its operations, what shows each requirement, and what changed for clients. */
  "GET services/:id": ServiceView;
  /** What is asked while a service is specified, made or changed. */
  "GET services/:id/questions": ServiceQuestions;
  /** How long a project took until others reach it, what that cost, and what people did for it. */
  "GET services/:id/way": ServiceWay;
  /** Returns the specification of its service with its trace and all that is wrong in it; null without one. */
  "GET projects/:id/specification": {
    /** The specification; null: the project has none. */
    specification: SpecificationView | null;
  };
  /** What was found worth doing in the repositories of all projects, the highest score first; with `project`, in that of one. */
  "GET insights": InsightsOfProjects;
  /** What a program found worth doing in the repository of a project, the highest score first. */
  "GET projects/:id/insights": InsightList;
}
