/** Stores which failures a person has seen: one small row per person, with the keys of trees. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { seenFact } from "@/db/queries/tree-list";

/** Older failures are no longer news. */
const MOST_KEPT = 500;

export interface Seen {
  mark(person: string, treeId: number): Promise<void>;
}

export function createSeen(sqlite: Sqlite, log: Writes): Seen {
  const facts = createFacts(sqlite);
  // Kept with the tree, because the list of a person forgets the oldest.
  const markTree = sqlite.prepare("UPDATE trees SET seen_at_ms = ? WHERE id = ? AND seen_at_ms IS NULL");
  return {
    mark: (person, treeId) =>
      log.write(({ nowMs }) => {
        const name = seenFact(person);
        const before = JSON.parse(facts.read(name) ?? "[]") as number[];
        const seen = [...before.filter((id) => id !== treeId), treeId].slice(-MOST_KEPT);
        facts.write(name, JSON.stringify(seen));
        markTree.run(nowMs, treeId);
      }),
  };
}

/**
 * Returns a function for the transaction that deletes a tree or begins it again: its next failure is new. A later tree
 * may get the key of a deleted one, so keys without a tree go too.
 */
export function createSeenForgetting(sqlite: Sqlite): (treeId: number) => void {
  const isOver = "(seen.value = @tree OR seen.value NOT IN (SELECT id FROM trees))";
  const forget = sqlite.prepare(`
    UPDATE facts SET value = (
      SELECT json_group_array(seen.value ORDER BY seen.key) FROM json_each(facts.value) seen WHERE NOT ${isOver})
    WHERE name GLOB '${seenFact("*")}' AND EXISTS (SELECT 1 FROM json_each(facts.value) seen WHERE ${isOver})`);
  const unmarkTree = sqlite.prepare("UPDATE trees SET seen_at_ms = NULL WHERE id = ? AND seen_at_ms IS NOT NULL");
  return (treeId) => {
    forget.run({ tree: treeId });
    unmarkTree.run(treeId);
  };
}
