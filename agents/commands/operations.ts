/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { entryOperations } from "./entries";
import { haltOperations } from "./halt";
import { improvementOperations } from "./improvement";
import { archiveOperations } from "./installation/archives";
import { backupOperations } from "./installation/backups";
import { limitOperations } from "./installation/limits";
import { mailOperations } from "./installation/mail";
import { modelOperations } from "./installation/models";
import { peopleOperations } from "./installation/people";
import { policyOperations } from "./installation/policy";
import { retentionOperations } from "./installation/retention";
import { secretOperations } from "./installation/secrets";
import { spendCapOperations } from "./installation/spend-caps";
import { providerOperations } from "./providers";
import { ruleOperations } from "./rules";
import { scheduleOperations } from "./schedules";
import { selfOperations } from "./self-switch";
import { serverOperations } from "./servers/servers";
import { templateOperations } from "./templates";
import { toolOperations } from "./tools";
import { trialOperations } from "./trials";
import { webhookOperations } from "./webhooks";

export { restoreFields } from "./entries";
// Bodies of routes that are written by hand.
export { agentFields } from "./servers/save-agent";
export { apiFields } from "./servers/save-api";

export const operations = {
  ...archiveOperations,
  ...backupOperations,
  ...entryOperations,
  ...haltOperations,
  ...improvementOperations,
  ...limitOperations,
  ...mailOperations,
  ...modelOperations,
  ...peopleOperations,
  ...policyOperations,
  ...providerOperations,
  ...retentionOperations,
  ...ruleOperations,
  ...scheduleOperations,
  ...secretOperations,
  ...selfOperations,
  ...serverOperations,
  ...spendCapOperations,
  ...templateOperations,
  ...toolOperations,
  ...trialOperations,
  ...webhookOperations,
};
