import "./check-node.mjs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, ENTRIES, ensureBuilt } from "./build.mjs";
import { ROOT } from "./places.mjs";
import { runEntry, SetupError } from "./say.mjs";
import { loadSettings } from "./settings.mjs";
import { ensureInstalled } from "./setup.mjs";

// node scripts/run-ts.mjs <file.ts> [arguments]: bundles a program like the production build, then runs it. A program of the
// production build itself is bundled only after an edit.
await runEntry(async () => {
  const [file, ...argv] = process.argv.slice(2);
  if (!file) throw new SetupError("Name the TypeScript file to run: `node scripts/run-ts.mjs scripts/bench/bench.ts`.");
  loadSettings();
  const env = /** @type {Record<string, string | undefined>} */ (process.env);
  env.NODE_ENV ??= "production";
  await ensureInstalled();
  const { folder, name } = await bundled(file);
  const program = await import(pathToFileURL(path.join(ROOT, folder, `${name}.mjs`)).href);
  const status = await program.main?.(argv);
  if (typeof status === "number") process.exitCode = status;
});

/** @param {string} file @returns {Promise<{ folder: string, name: string }>} where the program is now, relative to the checkout */
async function bundled(file) {
  const whole = path.resolve(file);
  const built = Object.entries(ENTRIES).find(([, entry]) => path.join(ROOT, entry) === whole);
  if (built) {
    await ensureBuilt("programs");
    return { folder: "dist", name: built[0] };
  }
  const { name } = path.parse(file);
  await bundle(ROOT, { [name]: whole }, "dist/run");
  return { folder: "dist/run", name };
}
