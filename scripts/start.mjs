import path from "node:path";
import { pathToFileURL } from "node:url";
import { homeFolder, launcherDigest, launcherToRun } from "../launcher/home.mjs";
import { LauncherError, takeData } from "../launcher/lock.mjs";
import { builtContents, ensureAllBuiltApart } from "./build.mjs";
import { nodePastEnd } from "./check-node.mjs";
import { ignoreHangup } from "./hangup.mjs";
import { checkOpenFiles } from "./open-files.mjs";
import { dataFolder, IS_PACKAGE, option, ROOT } from "./places.mjs";
import { checkPortFree, runningServer, wantedAddress } from "./port.mjs";
import { runEntry, SetupError, say } from "./say.mjs";
import { loadSettings, preferDatabaseIn } from "./settings.mjs";
import { checkDataFolder, checkGit, checkHome, ensureInstalled, privatePlaces } from "./setup.mjs";

/** @typedef {{ main: (argv: string[]) => Promise<void> }} Program */

// Cheap checks come before long steps, so that nobody waits a minute for an error about the port.
await runEntry(async () => {
  ignoreHangup();
  const argv = process.argv.slice(2);
  const isDev = argv.includes("--dev");
  const env = /** @type {Record<string, string | undefined>} */ (process.env);
  const named = option(argv, "--data");
  preferDatabaseIn(named);
  const inherited = { ...process.env };
  loadSettings();
  // A shell that names another environment for its own programs would start a server that compiles each page anew.
  env.NODE_ENV = isDev ? "development" : "production";
  // Banyan sends no telemetry, so Next.js sends none.
  env.NEXT_TELEMETRY_DISABLED ??= "1";
  checkGit();
  checkOpenFiles();
  const apart = privatePlaces(dataFolder(named));
  checkDataFolder(named);
  // A worker alone does not listen.
  const isWorker = option(argv, "--role") === "worker";
  // The launcher exists for releases that are made in a checkout.
  const isDirect = IS_PACKAGE || isDev || isWorker || argv.includes("--direct");
  if (!isDirect) checkHome(homeFolder(dataFolder(named), process.env));
  const address = wantedAddress(argv);
  if (!isWorker) await checkPortFree(address, named);
  if (isDev) takeForDevelopment(named, apart[1]);
  const warning = nodePastEnd(process.versions.node);
  if (warning) say(warning);
  await ensureInstalled(ROOT, isDev ? { forDevelopment: true } : { meanwhile: ensureAllBuiltApart });
  const own = argv.filter((argument) => !["--dev", "--direct", "--drop-agents"].includes(argument));
  if (!isDev) await ensureAllBuiltApart();
  // The launcher or the server takes over this process, so that signals reach it directly.
  if (isDirect) await (isDev ? await loadSources() : await loadBuilt()).main(own);
  else await launch(own, { ...address, apart, dropsAgents: argv.includes("--drop-agents") }, inherited);
});

/**
 * Refuses data or a database that a server works on, and keeps servers away from them: sources that are being edited may
 * change the database. @param {string | undefined} named @param {string | undefined} database
 */
function takeForDevelopment(named, database) {
  const apart = "develop on other data with `PORT=3001 npm run dev -- --data FOLDER`";
  const own = runningServer(named);
  if (own) throw new SetupError(`The server of this data folder runs (process ${own.pid}): stop it, or ${apart}.`);
  const data = dataFolder(named);
  try {
    takeData(homeFolder(data, process.env), data, database);
  } catch (error) {
    if (error instanceof LauncherError) throw new SetupError(`${error.message} Or ${apart}.`);
    throw error;
  }
}

/**
 * Runs the launcher from its own copy, which no agent can change. Each server gets the environment without `.env`, and
 * reads that file itself, so that a restart takes what has changed there.
 * @param {string[]} argv @param {{ host: string, port: number, apart: string[], dropsAgents: boolean }} wanted @param {NodeJS.ProcessEnv} env
 */
async function launch(argv, wanted, env) {
  const data = dataFolder(option(argv, "--data"));
  const home = homeFolder(data, process.env);
  const digest = launcherToRun(home, ROOT);
  if (digest === null)
    throw new SetupError(
      `The launcher in ${home} is damaged. Look at what changed in the folder launcher of this checkout, install it with \`npx banyan launcher install\`, then start again.`,
    );
  if (digest !== launcherDigest(ROOT))
    say("The launcher has a new version: install it with `npx banyan launcher install`, then start again.");
  /** @type {typeof import("../launcher/main.mjs")} */
  const launcher = await import(pathToFileURL(path.join(home, "launcher", digest, "main.mjs")).href);
  try {
    const given = { home, checkout: ROOT, data, ...wanted, contents: builtContents(), argv, env };
    process.exit(await launcher.launch(given));
  } catch (error) {
    if (error instanceof launcher.LauncherError) throw new SetupError(error.message);
    throw error;
  }
}

/** @returns {Promise<Program>} */
async function loadBuilt() {
  return import(pathToFileURL(path.join(ROOT, "dist/server.mjs")).href);
}

/** Loads the sources without a build, for development; Next compiles pages on request. @returns {Promise<Program>} */
async function loadSources() {
  const { register } = await import("tsx/esm/api");
  register();
  return import(pathToFileURL(path.join(ROOT, "server/main.ts")).href);
}
