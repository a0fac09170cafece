/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { ruleOperations } from "./rules";

export const operations = {
  ...ruleOperations,
};
