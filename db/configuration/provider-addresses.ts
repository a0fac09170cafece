/** Stores the settings of model providers except their keys, which are secrets, as one text whose format only its reader knows. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

const FACT = "providers";

export interface ProviderAddresses {
  /** Returns null when nothing was ever set. */
  read(): string | null;
  /** Reads the old text and writes the new one in one transaction. */
  change(work: (before: string | null) => string): Promise<void>;
}

export function createProviderAddresses(sqlite: Sqlite, log: Writes): ProviderAddresses {
  const facts = createFacts(sqlite);
  const read = () => facts.read(FACT) ?? null;
  return { read, change: (work) => log.write(() => facts.write(FACT, work(read()))) };
}
