/** Which files and folders of this machine a server may see. Each refusal is the end of a sentence. */
import fs from "node:fs";
import path from "node:path";
import type { FolderAccess } from "@/lib/mcp/config/types";
import { homeFolder } from "@/lib/process/home";
import { isAtOrBelow } from "@/lib/workspace/spelling";

/** Folders that a server has no reason to use and could damage. */
const SYSTEM_FOLDERS = [
  "/etc",
  "/proc",
  "/sys",
  "/dev",
  "/boot",
  "/run",
  "/lib",
  "/bin",
  "/sbin",
  "/var/run",
  "/var/lib",
];
const TOO_WIDE = ["/", "/home", "/root", "/var", "/opt", "/mnt", "/media", "/srv", "/tmp", "/usr"];
/** Every sandbox shows these, read-only; on most systems all but the first are links into it. */
const IN_EVERY_SANDBOX = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"];

/** Finds `/folder` and `--root=/folder`. */
export function absolutePathIn(arg: string): string[] {
  const text = /^--?[\w-]+=(\/.*)$/.exec(arg)?.[1] ?? arg;
  return path.isAbsolute(text) && !text.includes("\0") ? [path.normalize(text)] : [];
}

export function isInEverySandbox(place: string): boolean {
  return IN_EVERY_SANDBOX.some((folder) => isAtOrBelow(folder, place));
}

/**
 * Returns a path that a person named, normalized. Throws when no server may see it, or when it leads over a link: whoever
 * can change the link, which may be an agent, would choose at each start what the server sees.
 */
export function shownPlace(given: string, access: FolderAccess, hiddenPaths: readonly string[]): string {
  const place = path.resolve(given);
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!path.isAbsolute(given)) throw new Error(`its folder ${given} is a relative path; give the whole path`);
  if (!stat) throw new Error(`its folder ${place} does not exist`);
  if (!stat.isDirectory() && !stat.isFile()) throw new Error(`${place} is neither a file nor a folder`);
  if (stat.isFile() && access === "write")
    throw new Error(`${place} is a file, which it can only read; name its folder to let it write there`);
  const real = fs.realpathSync(place);
  const what = `the ${stat.isFile() ? "file" : "folder"} ${place}`;
  refuseWide(stat.isFile() ? path.dirname(place) : place);
  refuseSystems(what, real);
  const hidden = realPaths(hiddenPaths);
  if (hidden.some((own) => isAtOrBelow(own, real) || isAtOrBelow(real, own))) throw new Error(`${what} ${IS_BANYANS}`);
  refuseLink(what, place, real);
  return place;
}

/** Why no server may see a path that exists; null when it may. */
export function refusalOf(place: string, access: FolderAccess, hiddenPaths: readonly string[]): string | null {
  return reasonOf(() => shownPlace(place, access, hiddenPaths));
}

/**
 * A program's file needs the files around it, so this returns the nearest folder with a package.json or pyproject.toml,
 * else the file's own folder. An installed package needs those beside it: the outermost `node_modules` around it.
 */
export function projectOf(file: string): string {
  const own = path.dirname(path.resolve(file));
  const installed = /^.*?\/node_modules(?=\/|$)/.exec(own)?.[0];
  if (installed !== undefined) return installed;
  for (let folder = own; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (["package.json", "pyproject.toml"].some((name) => fs.existsSync(path.join(folder, name)))) return folder;
  }
  return own;
}

/**
 * Returns the folder of `projectOf`, which is shown read-only. It may contain hidden paths, which the sandbox covers
 * there; the file may be a link, as a Python of a virtual environment is, because the sandbox follows it inside.
 */
export function shownProject(file: string, hiddenPaths: readonly string[]): string {
  const folder = projectOf(file);
  const real = fs.realpathSync(folder);
  const what = `the folder ${folder}`;
  refuseWide(folder);
  refuseSystems(what, real);
  if (realPaths(hiddenPaths).some((own) => isAtOrBelow(own, real))) throw new Error(`${what} ${IS_BANYANS}`);
  refuseLink(what, folder, real);
  return folder;
}

/** Why no server may see the folder around a file that exists; null when it may. */
export function refusalOfProject(file: string, hiddenPaths: readonly string[]): string | null {
  return reasonOf(() => shownProject(file, hiddenPaths));
}

const IS_BANYANS = "contains Banyan's own data, and no server may use it";

function refuseWide(folder: string): void {
  const real = fs.realpathSync(folder);
  if (TOO_WIDE.includes(real) || real === homeFolder())
    throw new Error(`the folder ${folder} is too wide for a server; name a folder inside it`);
}

function refuseSystems(what: string, real: string): void {
  if (SYSTEM_FOLDERS.some((system) => isAtOrBelow(system, real)))
    throw new Error(`${what} belongs to the system, and no server may use it`);
}

function refuseLink(what: string, place: string, real: string): void {
  if (real !== place)
    throw new Error(`${what} leads to ${real} over a link, which may lead elsewhere later; name ${real} instead`);
}

/** A path that does not exist yet stays as it is. */
function realPaths(given: readonly string[]): string[] {
  return given.map((one) => (fs.existsSync(one) ? fs.realpathSync(one) : path.resolve(one)));
}

function reasonOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
