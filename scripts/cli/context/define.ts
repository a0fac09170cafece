/** How a command is declared; its code is loaded only when the command is called. */
import { type Command, Option } from "commander";
import { UsageError } from "@/scripts/cli/print/output";
import type { Context, Flags } from "./context";

type Handler = (context: Context, args: (string | undefined)[], flags: Flags) => Promise<number>;
export type Load = () => Promise<Handler>;
export type Define = (usage: string, description: string, load: Load, isHidden?: boolean) => Command;

/** Collects the values of a flag that can be given more than once. */
export const many = (value: string, before: readonly string[] = []) => [...before, value];

/** Flags of a command that lists by pages. */
export function page(command: Command): Command {
  return command
    .option("--limit <n>", "most items to list, 1 to 1000; default: 50")
    .option("--after <cursor>", "continue the list after this cursor");
}

/** The verbs that each flag belongs to; "" is the command without a verb. */
const VERBS_OF = new WeakMap<Option, readonly string[]>();
/** Commands whose first word may be something else than a verb, and what it then is. */
const FIRST_WORDS = new WeakMap<Command, { verbs: readonly string[]; otherwise: string }>();
const OF_ALL = ["--json", "--data"];

/** Returns a flag that belongs to these verbs of its command, as its help says; the other verbs refuse it. */
export function of(verbs: readonly string[], flags: string, about: string): Option {
  const option = new Option(flags, `${verbs.join(", ")}: ${about}`);
  VERBS_OF.set(option, verbs);
  return option;
}

/** Says that all other flags of the command belong to these verbs. */
export function onlyOf(command: Command, verbs: readonly string[]): void {
  for (const option of command.options) if (!verbsOf(option)) VERBS_OF.set(option, verbs);
}

/** Says that a first word that is none of these verbs stands for `otherwise`. */
export function firstWord(command: Command, verbs: readonly string[], otherwise: string): void {
  FIRST_WORDS.set(command, { verbs, otherwise });
}

/** Returns the verbs that a flag belongs to; undefined when nothing says which. */
export function verbsOf(option: Option): readonly string[] | undefined {
  return OF_ALL.includes(option.long ?? "") ? undefined : VERBS_OF.get(option);
}

/** Throws UsageError for a flag of another verb: the command would go on without what it says, such as a cap. */
export function refuseOtherVerbs(command: Command): void {
  const at = command.registeredArguments.findIndex((argument) => argument.name() === "verb");
  const given: string = command.processedArgs[at] ?? "";
  const words = FIRST_WORDS.get(command);
  const verb = given === "" || !words || words.verbs.includes(given) ? given : words.otherwise;
  for (const option of command.options) {
    const verbs = verbsOf(option);
    // Every command with the verb `list` lists when it is called without one.
    if (!verbs || verbs.includes(verb || "list") || verbs.includes(verb)) continue;
    if (command.getOptionValueSource(option.attributeName()) !== "cli") continue;
    const called = (one: string) => `\`${callOf(command, at)}${one && ` ${one}`}\``;
    throw new UsageError(`${option.long} belongs to ${verbs.map(called).join(" and ")}, not to ${called(verb)}.`);
  }
}

/** Returns how the command is called before its verb, such as `banyan evolve PROJECT`. */
function callOf(command: Command, verbAt: number): string {
  const group = command.parent?.parent ? `${command.parent.name()} ` : "";
  const before = command.registeredArguments.slice(0, verbAt).map((argument) => ` ${argument.name().toUpperCase()}`);
  return `banyan ${group}${command.name()}${before.join("")}`;
}
