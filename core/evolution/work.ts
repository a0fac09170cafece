/** What a person says of the work of a run's cycles, beside the rules and the settings of the project. Pure. */
import { goalFields } from "@/core/goals/facts/fields";
import type { GoalFields } from "@/core/log/goal";

/** The fields of a goal that neither the rules nor the project fix: they have the check, the scope and the rounds. */
const OF_CYCLES = {
  executor: true,
  criteria: true,
  success_threshold: true,
  max_minutes: true,
  hidden: true,
  hidden_share: true,
  protect: true,
} as const;

export const cycleGoal = goalFields.pick(OF_CYCLES);

export interface CycleWork {
  model?: string;
  goal?: Pick<GoalFields, keyof typeof OF_CYCLES>;
}
