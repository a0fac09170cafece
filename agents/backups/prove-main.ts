/** The program that restores a backup into an empty folder and opens it, in a process of its own: it reads every page. */
import { text } from "node:stream/consumers";
import { type BackupContents, restoreDatabase } from "@/db/file/backup";
import { StoreError } from "@/db/file/errors";

export interface ProofOrder {
  /** The decrypted backup. */
  file: string;
  /** The database that it becomes; its folder is empty. */
  database: string;
  /** The folder of the migrations. */
  migrations: string;
}

export type ProofResult = { contents: BackupContents } | { fault: string; kind: StoreError["kind"] };

/** Reads an order and writes the result, both as JSON. */
export async function main(): Promise<number> {
  const { file, database, migrations } = JSON.parse(await text(process.stdin)) as ProofOrder;
  process.stdout.write(`${JSON.stringify(restored(file, database, migrations))}\n`);
  return 0;
}

function restored(file: string, database: string, migrations: string): ProofResult {
  try {
    return { contents: restoreDatabase(file, database, migrations).contents };
  } catch (error) {
    if (error instanceof StoreError) return { fault: error.message, kind: error.kind };
    throw error;
  }
}
