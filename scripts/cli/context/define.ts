/** How a command is declared; its code is loaded only when the command is called. */
import type { Command } from "commander";
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
