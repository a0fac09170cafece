/** Starts a look at infrastructure files in a process of its own, with a limit of its time and its memory. */
import type { Infrastructure } from "@/core/shapes/environments/infrastructure";
import { runOwnProgram } from "../process/own-program";
import { programArguments } from "../process/program-arguments";
import { deadline } from "../time/deadline";

const HEAP_MB = 1_024;
const MOST_RESULT_BYTES = 5_000_000;
const MOST_MS = 60_000;

interface InfrastructureLook {
  /** The folder of the release. */
  program: string;
  signal: AbortSignal;
  /** Shorter than the limit, for tests. */
  mostMs?: number;
}

/**
 * Resolves with what was found in a folder; null: it has no such files. Files that end the look, or that it does not
 * finish, are said as not checked. Rejects only with the signal's reason.
 */
export async function runInfrastructure(
  folder: string,
  { program, signal, mostMs = MOST_MS }: InfrastructureLook,
): Promise<Infrastructure | null> {
  const limit = deadline(signal, mostMs);
  try {
    const { status, output } = await runOwnProgram({
      args: [
        `--max-old-space-size=${HEAP_MB}`,
        ...programArguments("infrastructure", "lib/infrastructure/infrastructure-main.ts", program),
      ],
      cwd: program,
      input: JSON.stringify(folder),
      signal: limit.signal,
      mostOutputBytes: MOST_RESULT_BYTES,
      onError: () => undefined,
    });
    if (status === 0) return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Infrastructure | null;
  } catch (error) {
    if (signal.aborted || !limit.isLate()) throw error;
  } finally {
    limit.end();
  }
  const says = limit.isLate()
    ? `Nothing is checked: reading the files took longer than ${Math.ceil(mostMs / 1_000)} s.`
    : "Nothing is checked: reading the files ended without a result.";
  return { files: 0, errors: [], warnings: [], not_checked: [{ file: ".", line: null, says }] };
}
