/** Everything that people do, by name. Each operation is declared in the file of its noun. */
import { haltOperations } from "./halt";
import { improvementOperations } from "./improvement";
import { archiveOperations } from "./installation/archives";
import { backupOperations } from "./installation/backups";
import { limitOperations } from "./installation/limits";
import { retentionOperations } from "./installation/retention";
import { spendCapOperations } from "./installation/spend-caps";
import { ruleOperations } from "./rules";
import { selfOperations } from "./self-switch";

export const operations = {
  ...archiveOperations,
  ...backupOperations,
  ...haltOperations,
  ...improvementOperations,
  ...limitOperations,
  ...retentionOperations,
  ...ruleOperations,
  ...selfOperations,
  ...spendCapOperations,
};
