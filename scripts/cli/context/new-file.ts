/** Writes what a command makes into a file that a flag or an argument names. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

/** Throws UsageError, also for a file that exists: what it holds is never lost. A relative path is one where the command was called. */
export function writeNewFile({ cwd }: { cwd: string }, file: string, text: string): void {
  try {
    writeFileSync(resolve(cwd, file), text, { flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EEXIST" ? "it exists: name a new file" : String(code);
    throw new UsageError(`Cannot write the file ${oneLine(file)}: ${why}.`);
  }
}
