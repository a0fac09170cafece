/** Records which launcher runs a database, because two launchers would undo each other's releases. */
import { StoreError } from "./errors";
import { createFacts } from "./facts";
import type { Sqlite } from "./sqlite";

export interface LauncherClaim {
  /** The launcher's folder. */
  home: string;
  /** Returns whether a launcher runs in another folder. A database may have come from another folder or machine. */
  isInUse(home: string): boolean;
}

const FACT = "home";

/** Throws StoreError `in_use` when another launcher runs the database. Writes nothing, so it can come before a migration. */
export function refuseOtherLauncher(sqlite: Sqlite, file: string, { home, isInUse }: LauncherClaim): void {
  const hasFacts = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'facts'").get();
  const owner = hasFacts ? createFacts(sqlite).read(FACT) : undefined;
  if (owner === undefined || owner === home || !isInUse(owner)) return;
  throw new StoreError(
    "in_use",
    `The launcher in ${owner} runs the database ${file}: use its server, or stop it. If none runs, remove ${owner}/lock.`,
  );
}

/** Stores that this launcher runs the database. Throws as above when another one was faster. */
export function claimForLauncher(sqlite: Sqlite, file: string, claim: LauncherClaim): void {
  const write = sqlite.transaction(() => {
    refuseOtherLauncher(sqlite, file, claim);
    createFacts(sqlite).write(FACT, claim.home);
  });
  write.immediate();
}
