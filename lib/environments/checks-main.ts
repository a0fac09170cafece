/** The program that checks a service, in a process of its own: the server goes on while it asks. */
import { text } from "node:stream/consumers";
import { checked } from "./checks";
import type { CheckRequest } from "./run-checks";

/** Reads a request and writes the result, both as JSON. */
export async function main(): Promise<number> {
  const request = JSON.parse(await text(process.stdin)) as CheckRequest;
  process.stdout.write(`${JSON.stringify(await checked(request))}\n`);
  return 0;
}
