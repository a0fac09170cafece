/**
 * Shows the installed packages to a command. They are mounted read-only. In the copy there is a folder of links to
 * them, because many tools keep a cache in `node_modules`. For tools that follow no links each package is mounted in
 * that folder instead, which takes almost a second for 500 packages.
 */
import fs from "node:fs";
import path from "node:path";
import type { Settings } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";
import { SANDBOX_ROOT } from "@/lib/workspace/path";
import { giveToCommands, makeFolder } from "./copy";

const PLACE = "/opt/banyan-packages";
const NODE_PACKAGES = "node_modules";

export interface Mount {
  source: string;
  at: string;
}

/** Prepares the copy in `folder`, which the command sees at `seenAt`, and returns the mounts. */
export function showPackages(
  { root, settings }: { root: string; settings: Pick<Settings, "packages" | "packages_as"> },
  tree: FileTree,
  folder: string,
  /** Where commands see the copy. */
  seenAt: string = SANDBOX_ROOT,
): Mount[] {
  return settings.packages.flatMap((name, index) => {
    const source = packagesIn(root, name);
    // Files that the commit itself has there take precedence.
    if (source === null || [...tree.files.keys()].some((file) => file === name || file.startsWith(`${name}/`)))
      return [];
    makeFolders(folder, name.split("/"));
    const all = { source, at: `${PLACE}/${index}/${path.basename(name)}` };
    if (settings.packages_as === "mount") return [all, ...eachOf(source, path.join(folder, name), `${seenAt}/${name}`)];
    link(all, path.join(folder, name));
    return [all];
  });
}

/** Returns the mounts of the packages in a folder, and makes links to the repository's own packages. */
function eachOf(source: string, folder: string, at: string): Mount[] {
  return fs.readdirSync(source, { withFileTypes: true }).flatMap((entry) => {
    const from = path.join(source, entry.name);
    if (entry.isDirectory() && isCache(entry.name)) return [];
    if (!entry.isSymbolicLink()) return [{ source: from, at: `${at}/${entry.name}` }];
    fs.symlinkSync(fs.readlinkSync(from), path.join(folder, entry.name));
    giveToCommands(path.join(folder, entry.name));
    return [];
  });
}

/** Returns the folder; null when there is none. A link must lead to a folder of the same name, so that it cannot show arbitrary files. */
export function packagesIn(root: string, name: string): string | null {
  try {
    const source = fs.realpathSync(path.join(root, name));
    return fs.statSync(source).isDirectory() && path.basename(source) === path.basename(name) ? source : null;
  } catch {
    return null;
  }
}

/** Returns where a lock's place, such as `packages/a/node_modules/b`, is installed; null when nothing is. */
export function installedAt(root: string, place: string): string | null {
  const end = place.indexOf(`${NODE_PACKAGES}/`) + NODE_PACKAGES.length;
  // The change writes the places.
  if (end < NODE_PACKAGES.length || place.split("/").includes("..")) return null;
  const folder = packagesIn(root, place.slice(0, end));
  return folder && path.join(folder, place.slice(end + 1));
}

function makeFolders(folder: string, names: readonly string[]): void {
  for (const [at] of names.entries()) {
    const target = path.join(folder, ...names.slice(0, at + 1));
    // A link of the change is not followed, because it may lead out of the copy.
    if (!fs.lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) makeFolder(target);
  }
}

function link({ source, at }: Mount, folder: string): void {
  for (const entry of fs.readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [path.join(source, entry.name), path.join(folder, entry.name)];
    if (entry.isDirectory() && isCache(entry.name)) continue;
    if (entry.isDirectory() && entry.name.startsWith("@")) {
      makeFolder(to);
      link({ source: from, at: `${at}/${entry.name}` }, to);
      continue;
    }
    // A package of the repository itself is a link to its folder, which is in the copy.
    fs.symlinkSync(entry.isSymbolicLink() ? fs.readlinkSync(from) : `${at}/${entry.name}`, to);
    giveToCommands(to);
  }
}

/** Hidden folders are caches of tools, except for npm's programs and pnpm's packages. */
function isCache(name: string): boolean {
  return name.startsWith(".") && ![".bin", ".pnpm"].includes(name);
}
