/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { mailOperations } from "./installation/mail";
import { peopleOperations } from "./installation/people";
import { secretOperations } from "./installation/secrets";
import { ruleOperations } from "./rules";
import { webhookOperations } from "./webhooks";

export const operations = {
  ...mailOperations,
  ...peopleOperations,
  ...ruleOperations,
  ...secretOperations,
  ...webhookOperations,
};
