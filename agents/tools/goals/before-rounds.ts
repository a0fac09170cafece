/** What a person has to decide before the first round: commands that cannot run, and a scope that leaves out most of the work. */
import type { Checked } from "@/core/goals/facts/checked";
import { linesOf } from "@/core/goals/facts/printed";
import type { ScopeAtStart } from "@/lib/clean-room/differences";
import { placesOf } from "@/lib/process/places-of";
import type { Ran } from "./commands";

type CannotRun = NonNullable<Checked["cannot_run"]>[number];

/** Statuses of a shell for a program that it did not find, or could not run. */
const [NOT_RUN, NOT_FOUND] = [126, 127];

interface Around extends Pick<ScopeAtStart, "files" | "isInScope"> {
  /** The folder on this machine; null: the commands ran on another one. */
  folder: string | null;
}

/** Returns the commands that could not run at all, and where their programs are on this machine. */
export async function cannotRun(
  ran: readonly { command: string; ran: Ran | null }[],
  around: Around,
): Promise<CannotRun[]> {
  const found: CannotRun[] = [];
  for (const { command, ran: its } of ran) {
    const missing = its && missingIn(its);
    if (!missing || isWork(missing, around)) continue;
    const { program, why } = missing;
    const places = program === null || around.folder === null ? [] : await whereIs(program, around.folder);
    found.push({ command, program, why, places });
  }
  return found;
}

interface Missing {
  program: string | null;
  why: CannotRun["why"];
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

function missingIn({ exitStatus, output }: Ran): Missing | null {
  const lines = linesOf(output).map((line) => line.trim());
  const module = lines.map((line) => OF_PYTHON.exec(line)?.groups?.program).find((name) => name !== undefined);
  if (exitStatus === 1 && module !== undefined) return { program: module, why: "not_found", script: null };
  const isMake = exitStatus === 2 && lines.some((line) => OF_MAKE.test(line));
  if (exitStatus !== NOT_FOUND && exitStatus !== NOT_RUN && !isMake) return null;
  const why = exitStatus === NOT_RUN ? "not_run" : "not_found";
  for (const line of lines.toReversed()) {
    const groups = SAYS.map((says) => says.exec(line)?.groups).find((found) => found !== undefined);
    if (groups?.program !== undefined)
      return { program: groups.program, why, script: /\//.test(groups.script ?? "/") ? null : (groups.script ?? null) };
  }
  return { program: null, why, script: null };
}

/** Whether the work can mend it: it may write the program, or the script that names the program. */
function isWork({ program, script }: Missing, { files, isInScope }: Around): boolean {
  const own = (path: string) => path.replace(/^\.\//, "");
  if (script !== null && files.has(own(script)) && isInScope(own(script))) return true;
  if (program === null || program.startsWith("/") || !/[/.]/.test(program)) return false;
  return isInScope(own(program));
}

/** Other names under which systems have a program. */
const ALSO: Readonly<Record<string, string>> = { python: "python3", pip: "pip3", node: "nodejs" };

async function whereIs(program: string, folder: string): Promise<string[]> {
  const name = program.slice(program.lastIndexOf("/") + 1);
  const also = ALSO[name];
  const [places, others] = [
    await placesOf(name, { project: folder }),
    also === undefined ? [] : await placesOf(also, { project: null, searchPath: "/usr/local/bin:/usr/bin" }),
  ];
  return [...new Set([...others, ...places])].slice(0, MOST_PLACES);
}

const MOST_PLACES = 4;
/** Most files that the proposal of a wider scope names. */
const MOST_FILES = 50;

/** Returns what the proposed scope leaves out of the work, where that is most of it. */
export function leftOut({ outside }: Pick<ScopeAtStart, "outside">): Checked["left_out"] | null {
  const { paths, of } = outside;
  return paths.length * 2 > of ? { files: paths.slice(0, MOST_FILES), count: paths.length, of } : null;
}
