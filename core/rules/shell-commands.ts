/** Reads shell scripts: which programs they start, with which arguments. Pure. It runs nothing and expands nothing. */
import { parse, quote } from "shell-quote";
import { MOST_NESTED, shellTextOf } from "./shell-text";

/** A simple command: its program's name and its arguments. */
export interface Command {
  program: string;
  args: string[];
  /** The program whose output it reads by a pipe; null: none. */
  fedBy: string | null;
  /** Whether it reads from a file or writes to one, or into another stream. */
  isRedirected: boolean;
  /** Whether anything before it changes how it runs, such as a variable, `sudo` or `xargs`. */
  isPrefixed: boolean;
}

/** The program of a command that stands for something unknown: nobody may say what commands around it do. */
export const UNREAD = "";
const UNREAD_COMMAND: Command = { program: UNREAD, args: [], fedBy: null, isRedirected: false, isPrefixed: true };

/** The names under which tools take a command. */
const COMMANDS = new Set(["command", "cmd", "script"]);
/** A coding agent's request holds its call's arguments, and those of its own tool. */
const DEEPEST = 3;

/** Returns the scripts in a call's arguments. */
export function scriptsIn(input: unknown, depth = DEEPEST): string[] {
  if (typeof input !== "object" || input === null || depth === 0) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    if (!COMMANDS.has(key)) return scriptsIn(value, depth - 1);
    if (typeof value === "string") return [value];
    // Some programs take it as a list: a program and its arguments.
    return Array.isArray(value) ? [quote(value.map(String))] : [];
  });
}

export const INTERPRETERS = new Set("sh bash zsh dash ksh python python3 node perl ruby php".split(" "));

/** Returns the script's commands in their order; in place of a shell that gets a script as text, the commands of that script. */
export function commandsOf(script: string): Command[] {
  return commandsWithin(script, MOST_NESTED);
}

function commandsWithin(script: string, nested: number): Command[] {
  if (nested === 0) return [UNREAD_COMMAND];
  return simpleCommands(script).flatMap((command) => {
    const inner = innerScript(command);
    return inner === null ? [command] : commandsWithin(inner, nested - 1);
  });
}

/** Returns the script that a shell or `eval` is given as text; null: none. */
function innerScript({ program, args }: Command): string | null {
  if (program === "eval") return args.join(" ");
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  return INTERPRETERS.has(program) && at >= 0 && /sh$/.test(program) ? (args[at + 1] ?? null) : null;
}

/** Words before a program that say how it runs; their options and numbers are left out with them. */
const BEFORE = new Set(
  "env nohup time nice ionice xargs timeout command exec builtin stdbuf setsid if then else elif do while until ! {".split(
    " ",
  ),
);
export const PRIVILEGED = new Set(["sudo", "doas"]);

/** Splits a script into its simple commands, also those in substitutions. Text that no shell could read yields what it can. */
function simpleCommands(script: string): Command[] {
  try {
    const { scripts, isDoubtful } = shellTextOf(script);
    const found = scripts.flatMap(commandsIn);
    return isDoubtful ? [...found, UNREAD_COMMAND] : found;
  } catch {
    return [UNREAD_COMMAND];
  }
}

/** Returns the commands of a text without comments. What the parser takes for one all the same is read as commands. */
function commandsIn(text: string): Command[] {
  const found: Command[] = [];
  let current: string[] = [];
  let isRedirected = false;
  let fedBy: string | null = null;
  const close = (isPipe: boolean) => {
    found.push(...commandOf(current, { fedBy, isRedirected, isPrefixed: false }));
    if (isPipe) fedBy = found.at(-1)?.program ?? null;
    else if (current.length > 0) fedBy = null;
    current = [];
    isRedirected = false;
  };
  for (const entry of parse(text)) {
    if (typeof entry === "string") current.push(entry);
    else if ("pattern" in entry) current.push(entry.pattern);
    else if ("comment" in entry) found.push(UNREAD_COMMAND, ...commandsIn(entry.comment));
    else if (/[<>]/.test(entry.op)) isRedirected = true;
    else close(entry.op === "|" || entry.op === "|&");
  }
  close(false);
  return found;
}

const programIn = (word: string) => word.split("/").at(-1) ?? word;

/** Returns the command without the words that change how it runs; with `sudo` before it, both. */
function commandOf(all: readonly string[], around: Omit<Command, "program" | "args">): Command[] {
  const at = all.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const [first, ...rest] = at < 0 ? [] : all.slice(at);
  // A variable of its own, such as PATH, changes the commands that follow.
  if (first === undefined) return all.length > 0 ? [UNREAD_COMMAND] : [];
  const isPrefixed = around.isPrefixed || at > 0;
  const program = programIn(first);
  if (!BEFORE.has(program) && !PRIVILEGED.has(program)) return [{ program, args: rest, ...around, isPrefixed }];
  // A script may repeat them without end, and each command holds all words after it.
  const isRepeated = (name: string) => BEFORE.has(name) || (PRIVILEGED.has(program) && PRIVILEGED.has(name));
  const begins = rest.findIndex((word) => !/^-|^\d+[smhd]?$|^\w+=/.test(word) && !isRepeated(programIn(word)));
  const inner = begins < 0 ? [] : commandOf(rest.slice(begins), { ...around, isPrefixed: true });
  return PRIVILEGED.has(program) ? [{ program, args: rest, ...around, isPrefixed, fedBy: null }, ...inner] : inner;
}
