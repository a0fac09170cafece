/** Lets the gates of the running release judge a change, as a process of its own without keys. */
import { channel } from "node:diagnostics_channel";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GatesReport } from "@/core/shapes/improving/gates";
import { runOwnProgram } from "@/lib/process/own-program";

/** Each report of gates that have ended, for those who count them. */
export const JUDGED = channel("banyan.gates.judged");

export interface JudgedChange {
  gitDir: string;
  base: string;
  head: string;
  /** Installed packages, which commands see read-only; null: there are none. */
  packages: string | null;
  /** The running release's files, with its gates. */
  program: string;
  /** A folder of Banyan's own, in which the judged repository is shown. */
  dir: string;
  /** A new folder for what the gates see. */
  evidence: string;
  /** Arguments that choose a part of the gates. */
  part: readonly string[];
  signal: AbortSignal;
  /** Called with each line of progress. */
  onLine(line: string): void;
}

/**
 * Resolves with the report, or with the last line that the gates printed when they ended without one. Rejects with the
 * signal's reason.
 */
export async function judgeChange(change: JudgedChange): Promise<GatesReport | { ended: string }> {
  const { program, evidence, base, head, part, signal, onLine } = change;
  const sides = ["--base", base, "--head", head];
  const given = [judgedFolder(change), ...sides, "--evidence", evidence, ...part, "--json", "--progress"];
  let line = "";
  let said = "";
  await runOwnProgram({
    args: [...programOf(program), ...given],
    cwd: program,
    signal,
    // The report is read from its file.
    mostOutputBytes: null,
    onError(text) {
      const lines = (line + text).split("\n");
      line = lines.pop() ?? "";
      for (const whole of lines) {
        said = whole;
        onLine(whole);
      }
    },
  });
  const file = join(evidence, "report.json");
  if (!existsSync(file)) return { ended: line || said };
  const report = GatesReport.parse(JSON.parse(readFileSync(file, "utf8")));
  JUDGED.publish(report);
  return report;
}

/** The gates read a repository in a folder, with the installed packages beside it. */
function judgedFolder({ dir, gitDir, packages }: JudgedChange): string {
  const folder = join(dir, "judged");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, ".git"), `gitdir: ${gitDir}\n`);
  const link = join(folder, "node_modules");
  rmSync(link, { force: true });
  if (packages !== null) symlinkSync(packages, link);
  return folder;
}

/** A built release has the gates as one file. Sources never run what was built before an edit. */
function programOf(program: string): string[] {
  const isBuilt = existsSync(join(program, "dist", "gates.mjs"));
  if (isBuilt && !import.meta.url.endsWith(".ts")) return [join(program, "scripts", "gates.mjs")];
  return [join(program, "scripts", "run-ts.mjs"), join(program, "gates", "main.ts")];
}
