/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { mailOperations } from "./installation/mail";
import { modelOperations } from "./installation/models";
import { peopleOperations } from "./installation/people";
import { policyOperations } from "./installation/policy";
import { secretOperations } from "./installation/secrets";
import { providerOperations } from "./providers";
import { ruleOperations } from "./rules";
import { webhookOperations } from "./webhooks";

export const operations = {
  ...mailOperations,
  ...modelOperations,
  ...peopleOperations,
  ...policyOperations,
  ...providerOperations,
  ...ruleOperations,
  ...secretOperations,
  ...webhookOperations,
};
