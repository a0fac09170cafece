/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { applyOperations } from "./apply";
import { serviceOperations } from "./blueprints";
import { changeOperations } from "./change";
import { controlOperations } from "./control";
import { entryOperations } from "./entries";
import { evolutionOperations } from "./evolution";
import { forgeOperations } from "./forges";
import { grantOperations } from "./grant";
import { haltOperations } from "./halt";
import { improvementOperations } from "./improvement";
import { insightOperations } from "./insights";
import { archiveOperations } from "./installation/archives";
import { backupOperations } from "./installation/backups";
import { folderOperations } from "./installation/folders";
import { limitOperations } from "./installation/limits";
import { mailOperations } from "./installation/mail";
import { modelOperations } from "./installation/models";
import { peopleOperations } from "./installation/people";
import { policyOperations } from "./installation/policy";
import { retentionOperations } from "./installation/retention";
import { runnerOperations } from "./installation/runners";
import { secretOperations } from "./installation/secrets";
import { spendCapOperations } from "./installation/spend-caps";
import { keepOperations } from "./keep";
import { lessonOperations } from "./lessons";
import { projectOperations } from "./projects";
import { proofOperations } from "./proofs";
import { providerOperations } from "./providers";
import { repositoryOperations } from "./repositories";
import { endedOperations } from "./retry";
import { talkOperations } from "./review-talk";
import { reviewOperations } from "./reviews";
import { ruleOperations } from "./rules";
import { scheduleOperations } from "./schedules";
import { selfOperations } from "./self-switch";
import { serverOperations } from "./servers/servers";
import { serviceChangeOperations } from "./service-change";
import { environmentOperations } from "./services/environments";
import { promotionOperations } from "./services/promotions";
import { specifyOperations } from "./specify";
import { templateOperations } from "./templates";
import { toolOperations } from "./tools";
import { treeOperations } from "./trees";
import { trialOperations } from "./trials";
import { webhookOperations } from "./webhooks";

// Bodies of routes that are written by hand.
export { restoreFields } from "./entries";
export { decisionFields } from "./reviews";
export { agentFields } from "./servers/save-agent";
export { apiFields } from "./servers/save-api";
export { forkFields } from "./trees";

export const operations = {
  ...applyOperations,
  ...archiveOperations,
  ...backupOperations,
  ...changeOperations,
  ...controlOperations,
  ...endedOperations,
  ...entryOperations,
  ...environmentOperations,
  ...evolutionOperations,
  ...folderOperations,
  ...forgeOperations,
  ...grantOperations,
  ...haltOperations,
  ...improvementOperations,
  ...insightOperations,
  ...keepOperations,
  ...lessonOperations,
  ...limitOperations,
  ...mailOperations,
  ...modelOperations,
  ...peopleOperations,
  ...policyOperations,
  ...projectOperations,
  ...promotionOperations,
  ...proofOperations,
  ...providerOperations,
  ...repositoryOperations,
  ...retentionOperations,
  ...runnerOperations,
  ...reviewOperations,
  ...ruleOperations,
  ...scheduleOperations,
  ...secretOperations,
  ...selfOperations,
  ...serverOperations,
  ...serviceOperations,
  ...specifyOperations,
  ...serviceChangeOperations,
  ...spendCapOperations,
  ...talkOperations,
  ...templateOperations,
  ...toolOperations,
  ...treeOperations,
  ...trialOperations,
  ...webhookOperations,
};
