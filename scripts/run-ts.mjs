import "./check-node.mjs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./build.mjs";
import { loadDotenv } from "./dotenv.mjs";
import { ROOT } from "./places.mjs";
import { runEntry, SetupError } from "./say.mjs";
import { ensureInstalled } from "./setup.mjs";

// node scripts/run-ts.mjs <file.ts> [arguments]: bundles a program like the production build, then runs it.
await runEntry(async () => {
  const [file, ...argv] = process.argv.slice(2);
  if (!file) throw new SetupError("Name the TypeScript file to run: `node scripts/run-ts.mjs scripts/bench/bench.ts`.");
  loadDotenv(path.join(ROOT, ".env"));
  const env = /** @type {Record<string, string | undefined>} */ (process.env);
  env.NODE_ENV ??= "production";
  await ensureInstalled();
  await bundle(ROOT, { [path.parse(file).name]: path.resolve(file) }, "dist/run");
  const program = await import(pathToFileURL(path.join(ROOT, "dist/run", `${path.parse(file).name}.mjs`)).href);
  const status = await program.main?.(argv);
  if (typeof status === "number") process.exitCode = status;
});
