/** `project repository`: further repositories of a project, which its trees have beside its own. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

const USE = "use add PROJECT ADDRESS, change PROJECT FOLDER or remove PROJECT FOLDER.";
const OF_ADD = { folder: "--folder", neededBy: "--needed-by" };
/** Flags of other verbs, which would be left out without a word. */
const NOT_OF: Record<"add" | "change" | "remove", Record<string, string>> = {
  add: {},
  change: OF_ADD,
  remove: { ...OF_ADD, needs: "--needs", check: "--check", setup: "--setup", branch: "--branch" },
};

export function repository(context: Context, [verb, id, target]: Arguments, flags: Flags): Promise<number> {
  if (verb === undefined) throw new UsageError(`Say what to do with a repository: ${USE}`);
  if (verb !== "add" && verb !== "change" && verb !== "remove")
    throw new UsageError(`There is no \`banyan project repository ${oneLine(verb)}\`: ${USE}`);
  if (!id || !target)
    throw new UsageError(
      `Say which project and which repository: npx banyan project repository ${verb} PROJECT ${verb === "add" ? "ADDRESS" : "FOLDER"}.`,
    );
  const stray = Object.entries(NOT_OF[verb]).find(([name]) => flags[name] !== undefined);
  if (stray)
    throw new UsageError(`${stray[1]} does not belong to \`banyan project repository ${verb}\`: leave it out.`);
  const needs = foldersFlag(flags, "needs");
  if (verb === "remove")
    return act(context, ({ application }) => application.commands.removeRepository({ id, folder: target }));
  if (verb === "change") {
    const given = {
      id,
      folder: target,
      ...textsOf(flags, ["check", "setup", "branch"], null),
      ...(needs && { needs }),
    };
    return act(context, ({ application }) => application.commands.changeRepository(given));
  }
  const needed_by = foldersFlag(flags, "neededBy");
  const given = {
    id,
    address: addressOf(context.cwd, target),
    ...textsOf(flags, ["folder", "check", "setup", "branch"]),
    ...(needs && { needs }),
    ...(needed_by && { needed_by }),
  };
  return act(context, ({ application }) => application.commands.addRepository(given));
}

/** A relative path is one where the command was called; anything else that is no folder there is an address. */
export function addressOf(cwd: string, target: string): string {
  const folder = resolve(cwd, target);
  return /^(\.|\/|~)/.test(target) || existsSync(folder) ? folder : target;
}

/** Returns the texts of the flags that were given. `empty` stands for an empty one: null removes what was set. */
export function textsOf<Name extends string, Empty = string>(
  flags: Flags,
  names: readonly Name[],
  empty: Empty | "" = "",
): { [Key in Name]?: string | Empty } {
  const given = names.map((name) => [name, textFlag(flags, name)] as const);
  return Object.fromEntries(
    given.filter(([, value]) => value !== undefined).map(([name, value]) => [name, value === "" ? empty : value]),
  ) as { [Key in Name]?: string | Empty };
}

/** Returns the folders that a flag lists; none for an empty text. */
function foldersFlag(flags: Flags, name: "needs" | "neededBy"): string[] | undefined {
  const given = textFlag(flags, name);
  return given?.split(",").flatMap((folder) => folder.trim() || []);
}
