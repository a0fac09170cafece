import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ciAtAddresses, npmSettings } from "./npm-ci.mjs";

/** @typedef {import("./npm-ci.mjs").Run} Run */
/** @typedef {{ name?: string, version?: string, resolved?: string, link?: boolean }} Locked */

/** Made and removed by each install. The launcher copies nothing of its folder into a release. */
const FOLDER = "dist/native/packages";
const MODULES = "node_modules";
/** What renaming says where node_modules is a file system of its own, as in some containers. */
const CANNOT_MOVE = ["EXDEV", "EBUSY"];

/**
 * Installs what the lock says with the packages' addresses in the lock. Without them npm asks the registry for the
 * description of each package first, which takes a third of an install; and the lock in the repository names no registry,
 * because which one is the user's choice. It is done in a folder of its own, so no install that is killed or fails leaves
 * half of the packages in their place.
 * @param {string} root @param {string[]} flags for npm @param {Run} run
 * @returns {Promise<boolean>} false when this registry keeps packages at other addresses, or the packages cannot be moved
 *   to their place: then nothing has changed
 * @throws {import("./say.mjs").SetupError} when the install fails for another reason
 */
export async function installAddressed(root, flags, run) {
  const folder = path.join(root, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  try {
    const settings = await npmSettings(root, run);
    const lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"));
    if (!settings) return false;
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), readFileSync(path.join(root, "package.json")));
    writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(withAddresses(lock, settings)));
    // A link, because the settings may hold a token, which should not be in two places.
    if (existsSync(path.join(root, ".npmrc"))) symlinkSync(path.join(root, ".npmrc"), path.join(folder, ".npmrc"));
    return (await ciAtAddresses(folder, flags, run)) && move(folder, root);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Returns the lock with the address of each package, as registries form them: `NAME/-/NAME-VERSION.tgz`, where the second
 * name is without its scope.
 * @template {{ packages: Record<string, Locked> }} L
 * @param {L} lock @param {Record<string, unknown>} settings npm's: the registry, and those of scopes
 * @returns {L}
 */
export function withAddresses(lock, settings) {
  const packages = Object.entries(lock.packages).map(([place, locked]) => {
    const name = locked.name ?? place.slice(place.lastIndexOf(`${MODULES}/`) + MODULES.length + 1);
    if (place === "" || locked.link || locked.resolved || !locked.version) return [place, locked];
    const scope = name.startsWith("@") ? name.slice(0, name.indexOf("/")) : "";
    const registry = String(settings[`${scope}:registry`] ?? settings.registry).replace(/\/*$/, "/");
    const [version = ""] = locked.version.split("+");
    const file = `${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
    return [place, { ...locked, resolved: `${registry}${name}/-/${file}` }];
  });
  return { ...lock, packages: Object.fromEntries(packages) };
}

/**
 * Puts the packages in their place. Between the two steps there are none, and then the next start installs them again.
 * @param {string} folder @param {string} root
 */
function move(folder, root) {
  const place = path.join(root, MODULES);
  try {
    if (existsSync(place)) renameSync(place, path.join(folder, "replaced"));
    renameSync(path.join(folder, MODULES), place);
    return true;
  } catch (error) {
    if (CANNOT_MOVE.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? "")) return false;
    throw error;
  }
}
