/** The program that reads infrastructure files, in a process of its own: a hostile file can end only that. */
import { text } from "node:stream/consumers";
import { lookAtInfrastructure } from "./look";

/** Reads a folder's path as JSON, and writes the result as JSON. */
export async function main(): Promise<number> {
  const folder = JSON.parse(await text(process.stdin)) as string;
  process.stdout.write(`${JSON.stringify(await lookAtInfrastructure(folder))}\n`);
  return 0;
}
