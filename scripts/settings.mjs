import { readFileSync } from "node:fs";
import path from "node:path";
import { loadDotenv } from "./dotenv.mjs";
import { IS_PACKAGE, packageHome, ROOT, settingsFile } from "./places.mjs";

/**
 * Lets the database in a data folder that the command line names win over DATABASE_URL, here and in each program that is
 * started. An empty value counts as unset, and `.env` does not replace it.
 * @param {string | undefined} named the folder @param {Record<string, string | undefined>} env changed in place
 */
export function preferDatabaseIn(named, env = process.env) {
  if (named !== undefined) env.DATABASE_URL = "";
}

/**
 * Copies the settings of the `.env` file into the environment. An installed package has that file and its data in the
 * user's folder of data, so that they outlive the package.
 * @param {Record<string, string | undefined>} env changed in place
 */
export function loadSettings(env = process.env) {
  loadDotenv(settingsFile(env), env);
  if (!IS_PACKAGE) return;
  env.BANYAN_PACKAGED = packageHome(env);
  env.BANYAN_DATA_DIR = path.resolve(env.BANYAN_PACKAGED, env.BANYAN_DATA_DIR || "data");
  // Next would read its configuration with a compiler, which the package lacks.
  const built = readFileSync(path.join(ROOT, ".next/required-server-files.json"), "utf8");
  env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(JSON.parse(built).config);
}
