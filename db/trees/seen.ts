/** Stores which failures a person has seen: one small row per person, with the keys of trees. */
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { seenFact } from "@/db/queries/tree-list";

/** Older failures are no longer news. */
const MOST_KEPT = 500;

export interface Seen {
  mark(person: string, treeId: number): Promise<void>;
}

export function createSeen(sqlite: Sqlite, log: Writes): Seen {
  const select = sqlite.prepare("SELECT value FROM facts WHERE name = ?").pluck();
  const upsert = sqlite.prepare(
    "INSERT INTO facts (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  return {
    mark: (person, treeId) =>
      log.write(() => {
        const name = seenFact(person);
        const before = JSON.parse((select.get(name) as string | undefined) ?? "[]") as number[];
        const seen = [...before.filter((id) => id !== treeId), treeId].slice(-MOST_KEPT);
        upsert.run({ name, value: JSON.stringify(seen) });
      }),
  };
}
