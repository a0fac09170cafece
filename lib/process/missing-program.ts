/** What a shell, `env`, make or Python said of a program that it did not find, or could not run. */

/** Statuses of a shell for a program that it did not find, or could not run. */
const [NOT_RUN, NOT_FOUND] = [126, 127];

export interface MissingProgram {
  program: string | null;
  why: "not_found" | "not_run";
  /** The script that wanted to run it; null: the command itself. */
  script: string | null;
}

/** How shells, `env`, make and Python say that a program is missing: the script, and the program. */
const SAYS: readonly RegExp[] = [
  /^(?:(?<script>[^:\s]{1,200}): (?:line )?\d{1,6}: )?(?<program>[^:\s]{1,200}): (?:command )?not found$/,
  /^(?:(?<script>[^:\s]{1,200}): (?:line )?\d{1,6}: )?(?:[\w./-]{1,60}: )?[‘']?(?<program>[^:\s’']{1,200})[’']?: (?:No such file or directory|Permission denied|cannot execute.{0,60}|.{0,60}Exec format error|Is a directory)$/,
];
/** make itself ends with 2. */
const OF_MAKE = /^g?make(?:\[\d+\])?: \*\*\* \[.{1,300}\] Error 12[67]$/;
/** Python itself ends with 1. */
const OF_PYTHON = /^\S{0,200}python[\d.]*: No module named (?<program>[\w.]{1,100})$/;

/** Patterns may take quadratic time in a line. */
const MOST_LINE_CHARS = 1_000;

/** Returns the program that a command lacked; null when it failed otherwise, or not at all. */
export function missingProgram({
  exitStatus,
  output,
}: {
  exitStatus: number | null;
  output: string;
}): MissingProgram | null {
  const lines = output.split("\n").map((line) => line.slice(0, MOST_LINE_CHARS).trim());
  const module = lines.map((printed) => OF_PYTHON.exec(printed)?.groups?.program).find((name) => name !== undefined);
  if (exitStatus === 1 && module !== undefined) return { program: module, why: "not_found", script: null };
  const isMake = exitStatus === 2 && lines.some((printed) => OF_MAKE.test(printed));
  if (exitStatus !== NOT_FOUND && exitStatus !== NOT_RUN && !isMake) return null;
  const why = exitStatus === NOT_RUN ? "not_run" : "not_found";
  for (const printed of lines.toReversed()) {
    const groups = SAYS.map((says) => says.exec(printed)?.groups).find((found) => found !== undefined);
    if (groups?.program !== undefined)
      return { program: groups.program, why, script: /\//.test(groups.script ?? "/") ? null : (groups.script ?? null) };
  }
  return { program: null, why, script: null };
}
