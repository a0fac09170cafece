/** Counts lines, words and bytes. An example, to replace. */
import { inputsOf, type World } from "../world.ts";

interface Count {
  name: string;
  lines: number;
  words: number;
  bytes: number;
}

/** Resolves with the exit status. */
export async function count(world: World, files: string[], { json }: { json: boolean }): Promise<number> {
  const counts = (await inputsOf(world, files)).map(({ name, text }) => countIn(name, text));
  if (json) world.print(JSON.stringify(counts));
  else for (const { name, lines, words, bytes } of counts) world.print([lines, words, bytes, name].join("\t"));
  return 0;
}

function countIn(name: string, text: string): Count {
  return {
    name,
    lines: text.split("\n").length - 1,
    words: text.split(/\s+/).filter(Boolean).length,
    bytes: Buffer.byteLength(text),
  };
}
