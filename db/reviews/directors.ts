/**
 * Who told a tree what to do: nobody decides about a call, a proposal or a rule for what they have asked for themselves while
 * somebody else could.
 */
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";

const STEER = KINDS.indexOf("steer");
const EVENT = KINDS.indexOf("event");
/** What a person chose stands in these. */
const CHOICES = ["changed", "retried", "forked"].map((type) => `'{"type":"${type}"%'`);

/** The person behind a recorded name, as `personOf` in core/rules/roles.ts tells it. */
const person = (name: string) =>
  `CASE WHEN ${name} LIKE '% (token %)' THEN substr(${name}, 1, instr(${name}, ' (token ') - 1) ELSE ${name} END`;

/** Names, in any order, with those of tokens as they are. `tree`: an expression for the tree's integer key. */
const directors = (tree: string) => `
  SELECT created_by AS name FROM trees WHERE id = ${tree}
  UNION SELECT whole(body, blob_id) ->> '$.by' FROM messages WHERE tree_id = ${tree} AND kind = ${STEER}
  UNION SELECT whole(body, blob_id) ->> '$.by' FROM messages WHERE tree_id = ${tree} AND kind = ${EVENT}
    AND (${CHOICES.map((one) => `whole(body, blob_id) LIKE ${one}`).join(" OR ")})
  UNION SELECT decided_by FROM reviews WHERE tree_id = ${tree} AND kind = 'question' AND decided_by IS NOT NULL`;

/** Holds when the rule's maker has not directed the tree, or nobody else may decide. */
export const isNotOwn = (rule: string, tree: string) => `(
  NOT EXISTS (SELECT 1 FROM (${directors(tree)}) WHERE ${person("name")} = ${person(`${rule}.created_by`)})
  OR NOT EXISTS (SELECT 1 FROM users WHERE role IN ('reviewer', 'admin') AND removed_at_ms IS NULL
    AND email <> ${person(`${rule}.created_by`)}))`;

export function createDirectors(sqlite: Sqlite) {
  const select = sqlite.prepare(directors("(SELECT id FROM trees WHERE uid = @tree)")).pluck();
  return {
    /** Names as they were recorded. */
    of: (treeUid: string) => select.all({ tree: treeUid }) as string[],
  };
}
