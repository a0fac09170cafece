/** Where one of Banyan's own programs is, for a process that starts it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * Returns the arguments of Node that start a program of the build, by its name there and its source. A bundle has the
 * program beside it, also one that a test has built. Sources never run what was built before an edit.
 */
export function programArguments(name: string, source: string, program: string): string[] {
  const own = fileURLToPath(import.meta.url);
  const fromSources = (root: string) => [join(root, "scripts", "run-ts.mjs"), join(root, source)];
  if (own.endsWith(".ts")) return fromSources(join(dirname(own), "..", ".."));
  // The code may be in a chunk, one folder below.
  const folders = [dirname(own), dirname(dirname(own))];
  const built = folders.map((folder) => join(folder, `${name}.mjs`)).find(existsSync);
  if (built === undefined) return fromSources(program);
  const start = `process.exitCode = await (await import(${JSON.stringify(pathToFileURL(built).href)})).main([]);`;
  return ["--input-type=module", "-e", start];
}
