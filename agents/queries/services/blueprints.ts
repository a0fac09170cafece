/** The blueprints that come with a release. */
import path from "node:path";
import type { ListedBlueprint } from "@/core/shapes/services/blueprints";
import { blueprintNames, readBlueprint, readParts } from "@/lib/blueprints/read";

const read = new Map<string, ListedBlueprint[]>();

/** Returns those in the folder of a release, which stay as they are while it runs. */
export function blueprintsOf(program: string): ListedBlueprint[] {
  const known = read.get(program);
  if (known) return known;
  const folder = path.join(program, "blueprints");
  const parts = readParts(folder);
  const found = blueprintNames(folder).map((called) => {
    const { name, summary, from, parts: allowed } = readBlueprint(path.join(folder, called), [folder]).described;
    const summaryOf = (part: string) => parts.get(part)?.described.summary ?? "";
    return { name, summary, from, parts: allowed.map((part) => ({ name: part, summary: summaryOf(part) })) };
  });
  read.set(program, found);
  return found;
}
