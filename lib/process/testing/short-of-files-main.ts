/**
 * Started by a test with few descriptors: prints the liveness of a living and of an ended process while no descriptor
 * is left.
 */
import { closeSync, openSync } from "node:fs";
import { endDescendants } from "../descendants";
import { livenessOf, ownIdentity } from "../identity";

async function main(): Promise<void> {
  const own = ownIdentity();
  const living = { ...own, pid: process.ppid, processStart: process.argv[2] ?? "" };
  const before = livenessOf(living, own);
  const held: number[] = [];
  let code = "";
  while (code === "") {
    try {
      held.push(openSync("/dev/null", "r"));
    } catch (error) {
      code = String((error as NodeJS.ErrnoException).code);
    }
  }
  const meanwhile = told(() => livenessOf(living, own));
  const ended = await endDescendants(living, own).catch((error: NodeJS.ErrnoException) => error.code);
  for (const fd of held) closeSync(fd);
  const gone = livenessOf({ ...living, processStart: "1" }, own);
  console.log(JSON.stringify({ before, code, meanwhile, ended, gone }));
}

function told(read: () => string): unknown {
  try {
    return read();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

void main();
