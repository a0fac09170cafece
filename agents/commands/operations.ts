/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { peopleOperations } from "./installation/people";
import { secretOperations } from "./installation/secrets";
import { ruleOperations } from "./rules";

export const operations = {
  ...peopleOperations,
  ...ruleOperations,
  ...secretOperations,
};
