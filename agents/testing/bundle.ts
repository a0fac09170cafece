/** Bundles a program of this folder into one file, so that tests start processes of it in a fraction of a second. */
import { createRequire } from "node:module";
import { build } from "esbuild";

export async function bundleProgram(entry: string, outfile: string): Promise<void> {
  const sqlite = createRequire(import.meta.url).resolve("better-sqlite3");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [
      {
        name: "native module stays where it is",
        setup: (bundle) => bundle.onResolve({ filter: /^better-sqlite3$/ }, () => ({ path: sqlite, external: true })),
      },
    ],
  });
}
