/** What a person has to decide before the first round: commands that cannot run, and a scope that leaves out most of the work. */
import type { Checked } from "@/core/goals/facts/checked";
import type { ScopeAtStart } from "@/lib/clean-room/differences";
import { type MissingProgram, missingProgram } from "@/lib/process/missing-program";
import { placesOf } from "@/lib/process/places-of";
import type { Ran } from "./commands";

type CannotRun = NonNullable<Checked["cannot_run"]>[number];

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
    const missing = its && missingProgram(its);
    if (!missing || isWork(missing, around)) continue;
    const { program, why } = missing;
    const places = program === null || around.folder === null ? [] : await whereIs(program, around.folder);
    found.push({ command, program, why, places });
  }
  return found;
}

/** Whether the work can mend it: it may write the program, or the script that names the program. */
function isWork({ program, script }: MissingProgram, { files, isInScope }: Around): boolean {
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
