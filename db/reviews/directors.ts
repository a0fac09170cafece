/**
 * Who directed a tree. Nobody decides about a call, a proposal or a rule of a tree that they directed while somebody else
 * could decide.
 */
import { wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";

export interface Directors {
  /** Returns the recorded names of those who directed the tree. */
  of(treeUid: string): string[];
}

const STEER = KINDS.indexOf("steer");
const EVENT = KINDS.indexOf("event");
/** The columns that hold what a person chose. */
const CHOICES = ["changed", "goal_changed", "retried", "forked"].map((type) => `'{"type":"${type}"%'`);

/** SQL for the person behind a recorded name, like `personOf` in core/rules/roles.ts. */
const person = (name: string) =>
  `CASE WHEN ${name} LIKE '% (token %)' THEN substr(${name}, 1, instr(${name}, ' (token ') - 1) ELSE ${name} END`;

/** Returns the names, in any order, with token names unchanged. `tree`: an SQL expression for the tree's integer key. */
const directors = (tree: string) => `
  SELECT created_by AS name FROM trees WHERE id = ${tree}
  UNION SELECT ${wholeBody()} ->> '$.by' FROM messages WHERE tree_id = ${tree} AND kind = ${STEER}
  UNION SELECT ${wholeBody()} ->> '$.by' FROM messages WHERE tree_id = ${tree} AND kind = ${EVENT}
    AND (${CHOICES.map((one) => `${wholeBody()} LIKE ${one}`).join(" OR ")})
  UNION SELECT decided_by FROM reviews WHERE tree_id = ${tree} AND kind = 'question' AND decided_by IS NOT NULL`;

/** True when the rule's maker has not directed the tree, or nobody else can decide. */
export const isNotOwn = (rule: string, tree: string) => `(
  NOT EXISTS (SELECT 1 FROM (${directors(tree)}) WHERE ${person("name")} = ${person(`${rule}.created_by`)})
  OR NOT EXISTS (SELECT 1 FROM users WHERE role IN ('reviewer', 'admin') AND removed_at_ms IS NULL
    AND email <> ${person(`${rule}.created_by`)}))`;

export function createDirectors(sqlite: Sqlite): Directors {
  const select = sqlite.prepare(directors("(SELECT id FROM trees WHERE uid = @tree)")).pluck();
  return { of: (treeUid) => select.all({ tree: treeUid }) as string[] };
}
