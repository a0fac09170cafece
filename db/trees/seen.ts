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
  return {
    mark: (person, treeId) =>
      log.write(() => {
        const name = seenFact(person);
        const before = JSON.parse(facts.read(name) ?? "[]") as number[];
        const seen = [...before.filter((id) => id !== treeId), treeId].slice(-MOST_KEPT);
        facts.write(name, JSON.stringify(seen));
      }),
  };
}
