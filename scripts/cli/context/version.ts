import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Returns the version of the Banyan in a folder: a release, a clone or an installed package. */
export function versionIn(program: string): string {
  return (JSON.parse(readFileSync(join(program, "package.json"), "utf8")) as { version: string }).version;
}
