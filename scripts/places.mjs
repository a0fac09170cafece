import path from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's folder. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @param {string} [named] the folder from the command line; default: the setting */
export function dataFolder(named) {
  return named ? path.resolve(named) : path.resolve(ROOT, process.env.BANYAN_DATA_DIR || "data");
}

/** Returns the value of `--name value` or `--name=value`; the last one counts. @param {string[]} argv @param {string} name @returns {string | undefined} */
export function option(argv, name) {
  const at = argv.lastIndexOf(name);
  if (at >= 0) return argv[at + 1];
  return argv.findLast((argument) => argument.startsWith(`${name}=`))?.slice(name.length + 1);
}
