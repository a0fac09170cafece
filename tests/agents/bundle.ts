/**
 * Bundles a program of this checkout, with its packages, once in a run of the tests, so that tests start its processes
 * in a tenth of a second; `launch.cjs` keeps what V8 compiled. The programs that people start are built by
 * `scripts/build.mjs`.
 */
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { inject } from "vitest";

/** Packages left out of the bundle: native, large and never run here, or loading parts at run time. */
const OUTSIDE = [
  "better-sqlite3",
  "esbuild",
  "jsonc-parser",
  "next",
  "next-auth",
  "oidc-provider",
  "react",
  "react-dom",
  "elkjs",
];
const SCHEMAS = "node_modules/@seriousme/openapi-schema-validator/schemas";
const META = {
  "import.meta.url": "__url",
  "import.meta.filename": "__filename",
  "import.meta.dirname": "__dirname",
};

/** Returns what follows `node` on a command line. A program does its work when it is loaded, or exports `main(argv)`. */
export async function bundleProgram(entry: string): Promise<[launcher: string, program: string]> {
  const runFolder = inject("runFolder");
  const name = path.parse(entry).name;
  const program = path.join(runFolder, `${name}.cjs`);
  const launcher = path.resolve("tests/agents/launch.cjs");
  if (existsSync(program)) return [launcher, program];
  // Two test files may build at the same time, each in its own folder; the last to finish wins.
  chmodSync(runFolder, 0o755);
  const made = path.join(mkdtempSync(path.join(runFolder, `${name}-`)), `${name}.cjs`);
  await build({
    entryPoints: [entry],
    outfile: made,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    jsx: "automatic",
    logLevel: "error",
    external: OUTSIDE,
    define: META,
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  });
  // A package reads these from the folder of its own code, which is that of the bundle.
  cpSync(SCHEMAS, path.join(runFolder, "schemas"), { recursive: true });
  renameSync(made, program);
  return [launcher, program];
}
