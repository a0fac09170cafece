/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { ruleOperations } from "./rules";
import { scheduleOperations } from "./schedules";
import { templateOperations } from "./templates";
import { trialOperations } from "./trials";

export const operations = {
  ...ruleOperations,
  ...scheduleOperations,
  ...templateOperations,
  ...trialOperations,
};
