/** `blueprints`: what services can be made like; those of the repository around the command come first. */
import path from "node:path";
import type { Blueprint } from "@/core/services/blueprints/blueprints";
import { BlueprintError, blueprintNames, readBlueprint, readParts } from "@/lib/blueprints/read";
import type { Context } from "@/scripts/cli/context/context";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { OWN_BLUEPRINTS } from "./make";

export async function blueprints({ program, cwd, json }: Context): Promise<number> {
  const own = path.join(cwd, OWN_BLUEPRINTS);
  const builtIn = path.join(program, "blueprints");
  try {
    const found = [own, builtIn].flatMap((folder) =>
      blueprintNames(folder).map((name) => ({
        isOwn: folder === own,
        described: readBlueprint(path.join(folder, name), [builtIn]).described,
      })),
    );
    const parts = [builtIn, own].flatMap((folder) => [...readParts(folder).values()].map(({ described }) => described));
    const summaries = new Map(parts.map(({ name, summary }) => [name, summary]));
    if (json)
      printJson({
        blueprints: found.map(({ isOwn, described: { name, version, summary, from, variables, parts } }) => ({
          name,
          version,
          summary,
          from,
          own: isOwn,
          variables,
          parts: parts.map((part) => ({ name: part, summary: summaries.get(part) ?? "" })),
        })),
      });
    else for (const { isOwn, described } of found) for (const line of linesOf(described, isOwn, summaries)) print(line);
    return 0;
  } catch (error) {
    if (error instanceof BlueprintError) throw new UsageError(error.message);
    throw error;
  }
}

function linesOf(
  { name, version, summary, parts, variables }: Blueprint,
  isOwn: boolean,
  summaries: ReadonlyMap<string, string>,
): string[] {
  return [
    `${name} ${version}${isOwn ? ", of this repository" : ""}  ${oneLine(summary)}`,
    ...parts.map((part) => `  --with ${part}  ${oneLine(summaries.get(part) ?? "")}`),
    ...Object.entries(variables).map(
      ([one, variable]) => `  --set ${one}=${oneLine(String(variable.default))}  ${oneLine(variable.summary)}`,
    ),
  ];
}
