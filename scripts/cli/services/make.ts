/** `service new` makes a service of a document or of requirements; `service upgrade` makes it again from a newer blueprint. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { blueprintNames } from "@/lib/blueprints/read";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { type Around, makeFromRequirements } from "./requirements";

/** Where a repository keeps blueprints of its own. */
export const OWN_BLUEPRINTS = ".banyan/blueprints";
const MOST_SHOWN = 5;

export async function make(context: Context, [sentence]: Arguments, flags: Flags): Promise<number> {
  const requirements = textFlag(flags, "requirements");
  if (sentence !== undefined || requirements !== undefined)
    return makeFromRequirements(context, { sentence, file: requirements, around: aroundOf(context, flags) }, flags);
  const around = aroundOf(context, flags);
  const openapi = fileFlag(context, flags, "openapi");
  const entities = fileFlag(context, flags, "entities");
  const given = {
    ...around,
    ...(openapi !== undefined && { openapi }),
    ...(entities !== undefined && { entities }),
  };
  return act(context, ({ application }) => application.commands.newService(given), {
    migrate: true,
    lines: async ({ folder, to_write, setup, check }) => [
      ...to_write.slice(0, MOST_SHOWN).map((key) => `  to write: ${oneLine(key)}`),
      ...(to_write.length > MOST_SHOWN ? [`  and ${to_write.length - MOST_SHOWN} more: README.md lists them`] : []),
      `Next: cd ${folder} && ${setup} && ${check}`,
    ],
  });
}

/** Returns where the service is made, and like what. Throws UsageError. */
function aroundOf(context: Context, flags: Flags): Around {
  const folder = textFlag(flags, "workspace");
  if (folder === undefined) throw new UsageError("Say where: --workspace FOLDER, which is empty or not there yet.");
  const name = textFlag(flags, "name");
  const blueprint = blueprintFlag(context, flags);
  return {
    workspace: path.resolve(context.cwd, folder),
    ...(name !== undefined && { name }),
    ...(blueprint !== undefined && { blueprint }),
    with: listFlag(flags, "with"),
    variables: variablesFlag(flags),
  };
}

export function upgrade(context: Context, [target = ""]: Arguments): Promise<number> {
  const folder = path.resolve(context.cwd, target);
  return act(context, ({ application }) => application.commands.upgradeService({ folder }), {
    lines: async ({ written, merged, conflicts, removed, notes }) => [
      ...written.map((file) => `  made again: ${file}`),
      ...merged.map((file) => `  merged: ${file}`),
      ...removed.map((file) => `  removed: ${file}`),
      ...conflicts.map((file) => `  conflict: ${file}`),
      ...notes.map((note) => oneLine(note)),
    ],
  });
}

function fileFlag({ cwd }: Context, flags: Flags, name: "openapi" | "entities"): string | undefined {
  const file = textFlag(flags, name);
  if (file === undefined) return undefined;
  try {
    return readFileSync(path.resolve(cwd, file), "utf8");
  } catch {
    throw new UsageError(`The file ${oneLine(file)} cannot be read: name one with --${name}.`);
  }
}

function listFlag(flags: Flags, name: string): string[] {
  const given = flags[name];
  return Array.isArray(given) ? [...given] : [];
}

/** A path, or a name of the blueprints of the repository around the command, is a person's own blueprint. */
function blueprintFlag({ cwd }: Context, flags: Flags): string | undefined {
  const given = textFlag(flags, "blueprint");
  if (given === undefined) return undefined;
  if (/^[./~]/.test(given)) return path.resolve(cwd, given);
  const own = path.join(cwd, OWN_BLUEPRINTS);
  return blueprintNames(own).includes(given) ? path.join(own, given) : given;
}

function variablesFlag(flags: Flags): Record<string, string | number> {
  return Object.fromEntries(
    listFlag(flags, "set").map((pair) => {
      const [, name = "", value = ""] = /^([a-z][a-z0-9_]*)=(.*)$/.exec(pair) ?? [];
      if (name === "")
        throw new UsageError(`--set cannot be ${JSON.stringify(oneLine(pair))}: write name=value, such as port=3000.`);
      return [name, /^-?\d+$/.test(value) ? Number(value) : value];
    }),
  );
}
