import { pathToFileURL } from "node:url";
import { commandIn } from "../launcher/command.mjs";
import { homeFolder } from "../launcher/home.mjs";
import { launcherRuns } from "../launcher/lock.mjs";
import { dataFolder, option, ROOT } from "./places.mjs";
import { runEntry, say } from "./say.mjs";
import { loadSettings } from "./settings.mjs";

/**
 * Runs a command. While the launcher serves, the command line of its release answers, without a build. Otherwise it is the
 * checkout's, and a release's when the checkout cannot be built. Messages go to standard error, because standard output
 * belongs to the command (`--json`).
 * @param {string[]} argv
 */
export async function runCommandLine(argv) {
  await runEntry(async () => {
    const env = /** @type {Record<string, string | undefined>} */ (process.env);
    loadSettings(env);
    const home = homeFolder(dataFolder(option(argv, "--data")), process.env);
    const release = commandIn(home);
    if (release && launcherRuns(home)) return runRelease(release.file);
    env.NODE_ENV = "production";
    try {
      await build();
    } catch (error) {
      if (!release) throw error;
      say(error instanceof Error ? error.message : String(error));
      say(`So the command line of release ${release.n} answers.`);
      return runRelease(release.file);
    }
    await import("./command.mjs");
  });
}

/** Loaded only now, because a release can answer without it. */
async function build() {
  const [{ ensureInstalled }, { ensureBuilt }] = await Promise.all([import("./setup.mjs"), import("./build.mjs")]);
  await ensureInstalled();
  await ensureBuilt("programs");
}

/** @param {string} file */
async function runRelease(file) {
  Object.assign(process.env, { BANYAN_CHECKOUT: ROOT });
  await import(pathToFileURL(file).href);
}
