/** The program that looks at repositories, in a process of its own: the server goes on while it works. */
import { text } from "node:stream/consumers";
import { look } from "./look";
import { parseFiles } from "./parse";
import type { LookRequest } from "./request";

/** `parse FILE` parses files for a look; without arguments it reads a request and writes the result, both as JSON. */
export async function main([mode, file]: string[]): Promise<number> {
  if (mode === "parse" && file !== undefined) {
    await parseFiles(file);
    return 0;
  }
  const request = JSON.parse(await text(process.stdin)) as LookRequest;
  const result = await look(request, import.meta.url);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return 0;
}
