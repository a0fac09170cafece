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
