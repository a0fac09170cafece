/** How a service starts, by its package.json. */
import fs from "node:fs";
import { join } from "node:path";
import { z } from "zod";

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

/** Reads the folder of a service, of which nothing is trusted: a link or a huge file counts as none. */
export function startIn(folder: string): Start {
  const { scripts = {}, dependencies = {}, devDependencies = {} } = packageFile.catch({}).parse(packageIn(folder));
  const script = SCRIPTS.find((name) => Object.hasOwn(scripts, name));
  const needsPackages = Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  return {
    command: script === undefined ? null : `npm run --silent ${script}`,
    lacksPackages: needsPackages && !fs.existsSync(join(folder, "node_modules")),
  };
}

function packageIn(folder: string): unknown {
  try {
    const fd = fs.openSync(join(folder, "package.json"), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    try {
      const { size } = fs.fstatSync(fd);
      return size > MOST_BYTES ? null : JSON.parse(fs.readFileSync(fd, "utf8"));
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return null;
  }
}
