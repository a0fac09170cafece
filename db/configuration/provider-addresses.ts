/** Stores the settings of model providers except their keys, which are secrets, as one text whose format only its reader knows. */
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

export interface ProviderAddresses {
  /** Returns null when nothing was ever set. */
  read(): string | null;
  /** Reads the old text and writes the new one in one transaction. */
  change(work: (before: string | null) => string): Promise<void>;
}

export function createProviderAddresses(sqlite: Sqlite, log: Writes): ProviderAddresses {
  const select = sqlite.prepare("SELECT value FROM facts WHERE name = 'providers'").pluck();
  const set = sqlite.prepare(
    "INSERT INTO facts (name, value) VALUES ('providers', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  const read = () => (select.get() as string | undefined) ?? null;
  return { read, change: (work) => log.write(() => void set.run(work(read()))) };
}
