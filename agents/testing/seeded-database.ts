/** A database with its tables and all seeds, made once in a run of the tests: to make one takes longer than what most tests do. */
import { existsSync, mkdtempSync, renameSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { openStore } from "@/db/store";
import { applySeeds } from "@/seeds/apply";

/** Returns the file, to be copied. */
export async function seededDatabase(): Promise<string> {
  const runFolder = inject("runFolder");
  const file = join(runFolder, "seeded.db");
  if (existsSync(file)) return file;
  // Two test files may do so at once: each in a folder of its own, and the last one counts.
  const made = join(mkdtempSync(join(runFolder, "seeded-")), "banyan.db");
  const store = openStore(made, { migrations: "drizzle" });
  await applySeeds(store.configuration, "seeds");
  store.client.sqlite.pragma("wal_checkpoint(TRUNCATE)");
  await store.close();
  renameSync(made, file);
  return file;
}
