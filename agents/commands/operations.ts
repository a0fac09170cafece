/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { peopleOperations } from "./installation/people";
import { ruleOperations } from "./rules";

export const operations = {
  ...peopleOperations,
  ...ruleOperations,
};
