/** The blueprints that come with a release, and those that people have in folders of their own. */
import path from "node:path";
import { type Actor, wrongField } from "@/agents/application";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { blueprintFolders, knownParts } from "@/agents/services/compose";
import type { Blueprint, BlueprintPart } from "@/core/services/blueprints/blueprints";
import type { ListedBlueprint, ListedVariable } from "@/core/shapes/services/blueprints";
import { blueprintNames, readBlueprint, readParts, type Stored } from "@/lib/blueprints/read";

const read = new Map<string, ListedBlueprint[]>();

/** Returns those in the folder of a release, which stay as they are while it runs. */
export function blueprintsOf(program: string): ListedBlueprint[] {
  const known = read.get(program);
  if (known) return known;
  const folder = path.join(program, "blueprints");
  const parts = readParts(folder);
  const found = blueprintNames(folder).map((called) =>
    listedBlueprint(readBlueprint(path.join(folder, called), [folder]).described, parts),
  );
  read.set(program, found);
  return found;
}

export interface BlueprintSources {
  /** The folder of the release. */
  program: string;
  workspaceRoots: readonly string[];
}

/**
 * Returns a person's own blueprint by its folder. Throws UserError about `blueprint` that says what is wrong in its files,
 * and where.
 */
export function blueprintIn(
  { program, workspaceRoots }: BlueprintSources,
  folder: string,
  actor: Actor,
): ListedBlueprint {
  if (!path.isAbsolute(folder))
    throw wrongField("blueprint", "Name the folder of the blueprint by its whole path, which begins with /.");
  refuseForeignFolder(folder, workspaceRoots, actor);
  const { blueprint, folders } = blueprintFolders(folder, [path.join(program, "blueprints")]);
  return listedBlueprint(blueprint.described, knownParts(folders));
}

/** `parts`: all that the folders around the blueprint have. */
export function listedBlueprint(
  { name, summary, from, parts: allowed, variables }: Blueprint,
  parts: ReadonlyMap<string, Stored<BlueprintPart>>,
): ListedBlueprint {
  return {
    name,
    summary,
    from,
    // Without its file a part cannot be had.
    parts: allowed.flatMap((part) => {
      const described = parts.get(part)?.described;
      return described ? [{ name: part, summary: described.summary, variables: variablesIn(described) }] : [];
    }),
    variables: variablesIn({ variables }),
  };
}

function variablesIn({ variables }: Pick<Blueprint, "variables">): ListedVariable[] {
  return Object.entries(variables).map(([name, variable]) => ({ name, ...variable }));
}
