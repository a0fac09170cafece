import "./check-node.mjs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, hasPages } from "./build.mjs";
import { loadDotenv } from "./dotenv.mjs";
import { checkPortFree, option, wantedAddress } from "./port.mjs";
import { runEntry } from "./say.mjs";
import { checkDataFolder, checkGit, ensureInstalled, ROOT } from "./setup.mjs";

/** @typedef {{ main: (argv: string[]) => Promise<void> }} Program */

// Cheap checks come before long steps, so that nobody waits a minute for an error about the port.
await runEntry(async () => {
  const argv = process.argv.slice(2);
  const isDev = argv.includes("--dev");
  const env = /** @type {Record<string, string | undefined>} */ (process.env);
  loadDotenv(path.join(ROOT, ".env"));
  env.NODE_ENV ??= isDev ? "development" : "production";
  // Banyan reports its use to nobody.
  env.NEXT_TELEMETRY_DISABLED ??= "1";
  checkGit();
  checkDataFolder(option(argv, "--data"));
  const address = wantedAddress(argv);
  // A worker alone does not listen.
  if (option(argv, "--role") !== "worker") await checkPortFree(address);
  await ensureInstalled();
  const program = isDev ? await loadSources() : await loadBuilt();
  // The server takes over this process, so that signals reach it directly.
  await program.main(argv.filter((argument) => argument !== "--dev"));
});

/** @returns {Promise<Program>} */
async function loadBuilt() {
  await ensureBuilt("programs");
  if (hasPages()) await ensureBuilt("web");
  return import(pathToFileURL(path.join(ROOT, "dist/server.mjs")).href);
}

/** Loads the sources without a build, for development; Next compiles pages on request. @returns {Promise<Program>} */
async function loadSources() {
  const { register } = await import("tsx/esm/api");
  register();
  return import(pathToFileURL(path.join(ROOT, "server/main.ts")).href);
}
