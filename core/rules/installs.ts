/** Which packages of the npm registry a command installs. Pure. */
import { commandsOf, scriptsIn } from "./shell-commands";

/** A package as a command names it. */
export interface NamedPackage {
  name: string;
  /** A version, a range or a tag; null: the newest. */
  wanted: string | null;
}

const MANAGERS = new Set(["npm", "pnpm", "yarn", "bun"]);
const VERBS = new Set(["install", "i", "add"]);
const SPEC = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(?:@([\w.^~<>=*-]{1,64}))?$/i;

/** Returns each package that the scripts of a call install by name. Folders, files and addresses are none. */
export function packagesInCall(input: unknown): NamedPackage[] {
  const found = new Map<string, NamedPackage>();
  for (const { program, args } of scriptsIn(input).flatMap(commandsOf)) {
    const [verb = "", ...words] = args.filter((arg) => !arg.startsWith("-"));
    const named = MANAGERS.has(program) && VERBS.has(verb) ? words : program === "npx" && verb ? [verb] : [];
    for (const word of named) {
      const [, name, wanted = null] = word.match(SPEC) ?? [];
      if (name !== undefined) found.set(word, { name, wanted });
    }
  }
  return [...found.values()];
}
