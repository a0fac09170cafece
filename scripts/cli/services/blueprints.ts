/** `blueprints`: what services can be made like; those of the repository around the command come first. */
import path from "node:path";
import { listedBlueprint } from "@/agents/queries/services/blueprints";
import type { BlueprintList, ListedBlueprint } from "@/core/shapes/services/blueprints";
import { BlueprintError, blueprintNames, readBlueprint, readParts } from "@/lib/blueprints/read";
import type { Context } from "@/scripts/cli/context/context";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { OWN_BLUEPRINTS } from "./make";

export async function blueprints({ program, cwd, json }: Context): Promise<number> {
  const own = path.join(cwd, OWN_BLUEPRINTS);
  const builtIn = path.join(program, "blueprints");
  try {
    const parts = new Map([builtIn, own].flatMap((folder) => [...readParts(folder)]));
    const found = [own, builtIn].flatMap((folder) =>
      blueprintNames(folder).map((name) => {
        const { described } = readBlueprint(path.join(folder, name), [builtIn]);
        return { version: described.version, isOwn: folder === own, listed: listedBlueprint(described, parts) };
      }),
    );
    if (json) printJson({ items: found.map(({ listed }) => listed), next: null } satisfies BlueprintList);
    else
      for (const { version, isOwn, listed } of found) for (const line of linesOf(listed, version, isOwn)) print(line);
    return 0;
  } catch (error) {
    if (error instanceof BlueprintError) throw new UsageError(error.message);
    throw error;
  }
}

function linesOf({ name, summary, parts, variables }: ListedBlueprint, version: number, isOwn: boolean): string[] {
  return [
    `${name} ${version}${isOwn ? ", of this repository" : ""}  ${oneLine(summary)}`,
    ...parts.map((part) => `  --with ${part.name}  ${oneLine(part.summary)}`),
    ...variables.map((one) => `  --set ${one.name}=${oneLine(String(one.default))}  ${oneLine(one.summary)}`),
  ];
}
