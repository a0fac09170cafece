/** Finds the lines with a text. An example, to replace. */
import { inputsOf, type World } from "../world.ts";

/** Resolves with the exit status, which says whether it found something. */
export async function find(world: World, wanted: string, files: string[], { json }: { json: boolean }): Promise<number> {
  const inputs = await inputsOf(world, files);
  const found = inputs.flatMap(({ name, text }) =>
    text.split("\n").flatMap((line, at) => (line.includes(wanted) ? [{ name, line: at + 1, text: line }] : [])),
  );
  if (json) world.print(JSON.stringify(found));
  else for (const { name, line, text } of found) world.print(`${name}:${line}: ${text}`);
  return found.length > 0 ? 0 : 1;
}
