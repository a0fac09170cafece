import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkDoors } from "./doors";
import { faultLine } from "./fault";
import { checkImports } from "./imports";
import { readSources } from "./sources";
import { checkTidy } from "./tidy";

/** Checks the checkout in which it is called; prints a line for each fault. Returns the exit status. */
export function main(): number {
  const root = process.cwd();
  const sources = readSources(root);
  const example = path.join(root, ".env.example");
  const faults = [
    ...checkImports(sources),
    ...checkDoors(sources),
    ...checkTidy(sources, existsSync(example) ? readFileSync(example, "utf8") : undefined),
  ];
  for (const fault of faults) console.log(faultLine(fault));
  return faults.length === 0 ? 0 : 1;
}
