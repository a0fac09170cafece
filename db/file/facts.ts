/** Small values that belong to the whole installation, such as the policy: a row of the table `facts` for each name. */
import type { Sqlite } from "./sqlite";

export interface Facts {
  read(name: string): string | undefined;
  /** Call it in a transaction. */
  write(name: string, value: string): void;
}

export function createFacts(sqlite: Sqlite): Facts {
  const select = sqlite.prepare("SELECT value FROM facts WHERE name = ?").pluck();
  const upsert = sqlite.prepare(
    "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  return {
    read: (name) => select.get(name) as string | undefined,
    write: (name, value) => void upsert.run(name, value),
  };
}
