/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { entryOperations } from "./entries";
import { ruleOperations } from "./rules";
import { scheduleOperations } from "./schedules";
import { serverOperations } from "./servers/servers";
import { templateOperations } from "./templates";
import { toolOperations } from "./tools";
import { trialOperations } from "./trials";

// Bodies of routes that are written by hand.
export { restoreFields } from "./entries";
export { agentFields } from "./servers/save-agent";
export { apiFields } from "./servers/save-api";

export const operations = {
  ...entryOperations,
  ...ruleOperations,
  ...scheduleOperations,
  ...serverOperations,
  ...templateOperations,
  ...toolOperations,
  ...trialOperations,
};
