/** Everything that people do, by name. Each operation is declared in the file of its noun. */
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
import { templateOperations } from "./templates";
import { trialOperations } from "./trials";
import { webhookOperations } from "./webhooks";

export const operations = {
  ...archiveOperations,
  ...backupOperations,
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
  ...spendCapOperations,
  ...templateOperations,
  ...trialOperations,
  ...webhookOperations,
};
