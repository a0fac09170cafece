/** Reads the target of a command that only force-pushes. Pure. */
import { type Command, commandsOf, scriptsIn } from "./shell-commands";

/** A forced push of one branch. Null stands for what git takes from the repository's settings. */
export interface ForcePush {
  /** The folder that the command goes to first, as it says it; null: the one that it starts in. */
  folder: string | null;
  /** The name or the address of a remote. */
  remote: string | null;
  /** The branch or commit that is pushed; null: the current one. */
  source: string | null;
  /** The branch of the remote; null: the current branch. */
  branch: string | null;
}

/** Options that change neither what is pushed nor where to. */
const OPTIONS =
  /^(-[fuqv]+|--force|--force-with-lease(=.*)?|--force-if-includes|--set-upstream|--quiet|--verbose|--no-verify|--progress|--porcelain|--atomic)$/;
const BRANCH = /^(?:refs\/heads\/)?([^*?[\\^~:$ ]+)$/;

/** The push follows in the same shell. After `|`, `&` and `)` it runs in the folder where the command starts. */
const CD_FIRST = /^\s*cd\s+(?:"[^"]*"|'[^']*'|[^\s;&|()<>"']+)\s*(?:&&|;|\n)\s*git\s/;

/**
 * Returns what a call force-pushes, when its arguments hold one command that does nothing else; null for a command that
 * does more, or leaves open what it pushes, because then nobody could say what is lost.
 */
export function forcePushIn(input: unknown): ForcePush | null {
  const [script, ...others] = scriptsIn(input);
  if (script === undefined || others.length > 0) return null;
  const all = commandsOf(script);
  const last = all.at(-1);
  const isPlain = all.every(({ isPrefixed, isRedirected }) => !isPrefixed && !isRedirected);
  if (all.length > 2 || last?.program !== "git" || !isPlain) return null;
  const before = all.length === 2 ? folderOf(all[0]) : null;
  if (all.length === 2 && (before === null || !CD_FIRST.test(script))) return null;
  const isElsewhere = last.args[0] === "-C";
  const [command, ...args] = isElsewhere ? last.args.slice(2) : last.args;
  if (command !== "push" || (isElsewhere && before !== null)) return null;
  const pushed = pushedBy(args);
  return pushed && { folder: isElsewhere ? (last.args[1] ?? null) : before, ...pushed };
}

function folderOf(command: Command | undefined): string | null {
  const [folder, ...more] = command?.program === "cd" ? command.args : [];
  return folder === undefined || more.length > 0 || /^[-~$]/.test(folder) ? null : folder;
}

function pushedBy(args: readonly string[]): Omit<ForcePush, "folder"> | null {
  const options = args.filter((arg) => arg.startsWith("-"));
  const [remote = null, refspec = "", ...more] = args.filter((arg) => !arg.startsWith("-"));
  if (more.length > 0 || remote?.includes("$") || !options.every((option) => OPTIONS.test(option))) return null;
  const isForced =
    refspec.startsWith("+") || options.some((option) => /^(--force(-with-lease(=.*)?)?$|-[a-z]*f)/.test(option));
  if (!isForced) return null;
  if (refspec === "") return { remote, source: null, branch: null };
  const [from = "", to, ...rest] = refspec.replace(/^\+/, "").split(":");
  const source = from.match(BRANCH)?.[1];
  const branch = to === undefined ? source : to.match(BRANCH)?.[1];
  if (rest.length > 0 || source === undefined || branch === undefined || branch.startsWith("refs/")) return null;
  return { remote, source, branch: to === undefined && source === "HEAD" ? null : branch };
}
