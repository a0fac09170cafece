/**
 * The types whose comments describe the fields of a request's body, by route. `shapes.json` is generated from this file:
 * run `npm run shapes` after a change. Fields without such a type have `.describe()` where their operation declares them.
 */
import type { Delivery, GoalFields, GoalMode } from "@/core/log/goal";
import type { NeededStep } from "@/core/shapes/capabilities/capabilities";
import type { AgentFields, DocumentFields, RunbookFields } from "@/core/shapes/configuration";
import type { EvolutionRules } from "@/core/shapes/evolution";
import type { ImprovementSettings } from "@/core/shapes/improving/improvement";
import type { Lesson, LessonFile } from "@/core/shapes/memory";
import type { ModelSettings } from "@/core/shapes/models";
import type { RetentionSettings } from "@/core/shapes/retention";
import type { NewSchedule } from "@/core/shapes/schedules";
import type { ApiRequest, OutsideAgentRequest } from "@/core/shapes/servers/outside";
import type { SpendCaps } from "@/core/shapes/status";
import type { ForkRequest, Submission } from "@/core/shapes/submission";
import type { Template } from "@/core/shapes/trees";

export interface Requests {
  "POST trees": Submission;
  "POST trees/:id/goal": GoalFields;
  "POST :unit/:id/fork": ForkRequest;
  "POST templates": Template;
  "POST agents": AgentFields;
  "PUT agents/:id": AgentFields;
  "POST documents": DocumentFields;
  "PUT documents/:id": DocumentFields;
  "POST runbooks": RunbookFields;
  "PUT runbooks/:id": RunbookFields;
  "POST schedules": NewSchedule;
  "POST schedules/:id/change": NewSchedule;
  "POST services/specify": ServiceWork;
  "POST services/:id/change": ServiceWork;
  "POST projects/:id/evolution": EvolutionRules;
  "PUT models/:id": ModelSettings;
  "POST caps": SpendCaps;
  "POST improvement": ImprovementSettings;
  "POST projects/:id/evolve": { goal: GoalFields };
  "POST capabilities/gaps": {
    /** The steps of a plan. */
    steps: NeededStep[];
  };
  "POST lessons": Lesson;
  "POST lessons/:id/approve": Lesson;
  "POST lessons/:id/change": Lesson;
  "POST lessons/import": LessonFile;
  "POST retention": RetentionSettings;
  "POST outside-agents": OutsideAgentRequest;
  "POST apis": ApiRequest;
}

/** What a service's tree takes from a submission, and from the goal that it pursues. */
interface ServiceWork extends Pick<Submission, "model" | "grant" | "rights" | "priority" | "stepping"> {
  /** How often a person is asked: `autonomous` or `supervised`. */
  mode: GoalMode;
  /** The agent that does the work. */
  executor: string;
  /** Most rounds of the goal. */
  max_iterations: number;
  /** How the finished work is delivered. */
  on_success: Delivery;
}
