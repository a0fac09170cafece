/** A database with its tables and all seeds, made once per test run, because making it takes longer than most tests. */
import { existsSync, mkdtempSync, renameSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { openStore } from "@/db/store";
import { applySeeds } from "@/seeds/apply";

/** Returns the file, which tests copy. */
export async function seededDatabase(): Promise<string> {
  const runFolder = inject("runFolder");
  const file = join(runFolder, "seeded.db");
  if (existsSync(file)) return file;
  // Two test files may make it at the same time, each in its own folder; the last to finish wins.
  const made = join(mkdtempSync(join(runFolder, "seeded-")), "banyan.db");
  const store = openStore(made, { migrations: "drizzle" });
  await applySeeds(store.configuration, "seeds");
  store.client.sqlite.pragma("wal_checkpoint(TRUNCATE)");
  await store.close();
  renameSync(made, file);
  return file;
}
