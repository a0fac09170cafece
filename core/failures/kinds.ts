/** The taxonomy of failures: everything that can go wrong and that a log shows, as one table. `find.ts` finds them in a log. */
import { CALL_FAILURES } from "./kinds/calls";
import { CHECK_FAILURES } from "./kinds/checks";
import { CODING_AGENT_FAILURES } from "./kinds/coding-agents";
import type { FailureText } from "./kinds/kind";
import { MODEL_FAILURES } from "./kinds/model";
import { TREE_FAILURES } from "./kinds/tree";

const TABLE = {
  ...CHECK_FAILURES,
  ...TREE_FAILURES,
  ...CALL_FAILURES,
  ...CODING_AGENT_FAILURES,
  ...MODEL_FAILURES,
};

/** The key of a kind. Stored in the database, so a removed key must never return with another meaning. */
export type FailureKey = keyof typeof TABLE;

export const FAILURES: Readonly<Record<FailureKey, FailureText>> = TABLE;

export const FAILURE_KEYS = Object.keys(TABLE) as FailureKey[];

export function isFailureKey(key: string): key is FailureKey {
  return Object.hasOwn(TABLE, key);
}
