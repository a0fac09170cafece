/** Proves a backup by restoring it into an empty folder. */
import { join } from "node:path";
import type { BackupContents } from "@/db/file/backup";
import { StoreError } from "@/db/file/errors";
import { runOwnProgram } from "@/lib/process/own-program";
import { programArguments } from "@/lib/process/program-arguments";
import type { ProofOrder, ProofResult } from "./prove-main";

/** A database of 100 GB is read in less. */
const MOST_MS = 6 * 3_600_000;
const MOST_RESULT_BYTES = 100_000;

/**
 * Resolves with what a backup holds after it was restored beside its file, in the folder of both. `program`: the folder of
 * the release. Rejects with a StoreError.
 */
export async function proveBackup(file: string, folder: string, program: string): Promise<BackupContents> {
  const order: ProofOrder = { file, database: join(folder, "banyan.db"), migrations: join(program, "drizzle") };
  const { status, output } = await runOwnProgram({
    args: programArguments("prove", "agents/backups/prove-main.ts", program),
    cwd: program,
    input: JSON.stringify(order),
    signal: AbortSignal.timeout(MOST_MS),
    mostOutputBytes: MOST_RESULT_BYTES,
    onError: () => undefined,
  });
  if (status !== 0)
    throw new StoreError("failed", "The test restore of a backup ended without a result: try it again.");
  const result = JSON.parse(output.trim().split("\n").at(-1) ?? "") as ProofResult;
  if ("fault" in result) throw new StoreError(result.kind, result.fault);
  return result.contents;
}
