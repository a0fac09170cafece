/** How a service starts, by its package.json. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readPlainFile } from "../workspace/plain-file";

const packageFile = z.object({
  scripts: z.record(z.string(), z.unknown()).optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
  devDependencies: z.record(z.string(), z.unknown()).optional(),
});

/** Scripts of package.json that start a service; the first that is there. The first needs no build. */
const SCRIPTS = ["preview", "start"];
const MOST_BYTES = 1_000_000;

export interface Start {
  /** null: package.json does not say, or is not there. */
  command: string | null;
  /** Whether it needs packages that are not installed. */
  lacksPackages: boolean;
}

/** Reads the folder of a service, of which nothing is trusted: a link, a pipe or a huge file counts as none. */
export function startIn(folder: string): Start {
  const { scripts = {}, dependencies = {}, devDependencies = {} } = packageFile.catch({}).parse(packageIn(folder));
  const script = SCRIPTS.find((name) => Object.hasOwn(scripts, name));
  const needsPackages = Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  return {
    command: script === undefined ? null : `npm run --silent ${script}`,
    lacksPackages: needsPackages && !existsSync(join(folder, "node_modules")),
  };
}

function packageIn(folder: string): unknown {
  try {
    return JSON.parse(readPlainFile(join(folder, "package.json"), MOST_BYTES)?.toString("utf8") ?? "null");
  } catch {
    return null;
  }
}
