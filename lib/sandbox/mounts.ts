/** The host paths that a sandbox shows in addition to /usr, and the paths in them that it covers. */
import fs from "node:fs";
import path from "node:path";
import {
  allHiddenPaths,
  realPathOf,
  SANDBOX_HOME,
  SANDBOX_ROOT,
  SCRATCH_FOLDER,
  WorkspaceError,
} from "../workspace/path";
import { isAtOrBelow } from "../workspace/spelling";

export interface HostMount {
  /** Absolute path on the host, without links. */
  source: string;
  /** Absolute path in the sandbox. */
  at: string;
  writable: boolean;
}

/** Mount point of the server's own Node when it is outside /usr. */
const NODE_PREFIX = "/opt/banyan-node";
/** Places that the sandbox fills itself; mounting a host folder there would break the isolation. */
const OWN_PLACES = ["/proc", "/sys", "/dev", "/run", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"];

/** Mounts the workspace at a folder of the sandbox. */
export function workspaceMounts(workspace: string, readOnly: boolean, at: string): HostMount[] {
  if (!readOnly) return [{ source: workspace, at, writable: true }];
  const scratch = { source: path.join(workspace, SCRATCH_FOLDER), at: `${at}/${SCRATCH_FOLDER}` };
  return [
    { source: workspace, at, writable: false },
    { ...scratch, writable: true },
  ];
}

/**
 * Mounts folders that a person named, at their own paths. Throws a `WorkspaceError` for a folder that must not be
 * shown.
 */
export function folderMounts(folders: readonly string[], hiddenPaths: readonly string[]): HostMount[] {
  const hidden = allHiddenPaths(hiddenPaths);
  return folders.map((given) => {
    const at = path.resolve(given);
    const source = realPathOf(given);
    if (!path.isAbsolute(given) || source === null || !fs.statSync(source).isDirectory()) {
      throw new WorkspaceError(`${JSON.stringify(given)} is not a folder of this machine; give a folder's full path.`);
    }
    const isOwn = [at, source].some((place) => place === "/" || isInside(place, OWN_PLACES));
    if (isOwn || isInside(at, [SANDBOX_ROOT])) {
      throw new WorkspaceError(`The folder ${given} belongs to the system and cannot be shown; name another folder.`);
    }
    // A folder that contains such data is refused too: a cover is bound to a path, and renaming a parent folder would
    // move the data away from it.
    if (hidden.some((folder) => isAtOrBelow(folder, source) || isAtOrBelow(source, folder))) {
      throw new WorkspaceError(
        `The folder ${given} contains Banyan's own data and cannot be shown; name another folder.`,
      );
    }
    return { source, at, writable: true };
  });
}

/** Mounts the folder that is a command's home. Throws a `WorkspaceError` when it is missing. */
export function homeMount(home: string, at = SANDBOX_HOME): HostMount {
  const source = realPathOf(home);
  if (source === null) throw new WorkspaceError(`There is no ${home} to be the command's home.`);
  return { source, at, writable: true };
}

/** Mounts files and folders of the server, read-only. Throws a `WorkspaceError` for a missing path. */
export function readOnlyMounts(readOnly: readonly { source: string; at: string }[]): HostMount[] {
  return readOnly.map(({ source: given, at }) => {
    const source = realPathOf(given);
    if (source === null) throw new WorkspaceError(`There is no ${given} to show to the program.`);
    if (!path.isAbsolute(at)) throw new WorkspaceError(`${at} is not a full path, so ${given} cannot be shown there.`);
    return { source, at: path.normalize(at), writable: false };
  });
}

/** Mounts Node's program and its package tools, but not its whole prefix, which may be a home folder. */
export function nodeMounts(execPath: string = fs.realpathSync(process.execPath)): {
  mounts: HostMount[];
  args: string[];
  /** Folders that come before the usual ones in PATH. */
  searchPath: string[];
  /** The path of Node in the sandbox. */
  node: string;
} {
  if (isInside(execPath, ["/usr", "/bin"])) return { mounts: [], args: [], searchPath: [], node: execPath };
  const mounts: HostMount[] = [{ source: execPath, at: `${NODE_PREFIX}/bin/node`, writable: false }];
  const args: string[] = [];
  const packages = path.join(path.dirname(path.dirname(execPath)), "lib", "node_modules");
  const npm = realPathOf(path.join(packages, "npm"));
  if (npm) {
    mounts.push({ source: npm, at: `${NODE_PREFIX}/lib/node_modules/npm`, writable: false });
    for (const name of ["npm", "npx"]) {
      args.push("--symlink", `../lib/node_modules/npm/bin/${name}-cli.js`, `${NODE_PREFIX}/bin/${name}`);
    }
  }
  return { mounts, args, searchPath: [`${NODE_PREFIX}/bin`], node: `${NODE_PREFIX}/bin/node` };
}

/**
 * Covers hidden folders with an empty folder, and hidden files with a device that cannot be opened in the sandbox. `seen`
 * maps a host path to where bubblewrap finds it.
 */
export function masks(
  { source, at, writable }: HostMount,
  hiddenPaths: readonly string[],
  seen: (source: string) => string,
): string[] {
  const hidden = hiddenInside(source, hiddenPaths);
  const args = (writable ? foldersAbove(source, hidden) : []).flatMap((folder) => [
    "--bind",
    seen(folder),
    at + folder.slice(source.length),
  ]);
  for (const inside of hidden) {
    const target = `${at}/${inside}`;
    const stat = fs.lstatSync(path.join(source, inside), { throwIfNoEntry: false });
    if (stat?.isDirectory()) args.push("--size", "4096", "--tmpfs", target, "--remount-ro", target);
    else if (stat?.isFile()) args.push("--ro-bind", "/dev/null", target);
  }
  return args;
}

/**
 * Returns the folders between a folder and hidden paths below it, the higher ones first. Each becomes a mount of its own:
 * what is mounted cannot be renamed, and a renamed folder would take what is hidden to a path that is not covered.
 */
function foldersAbove(folder: string, hidden: readonly string[]): string[] {
  const holders = hidden.map((inside) => path.dirname(path.join(folder, inside)));
  // What is hidden behind a link has its real path in the list, too.
  return withAncestors(holders, folder).filter((holder) => realPathOf(holder) === holder);
}

/** Returns the folders and those between them and the folder around them, the higher ones first. */
export function withAncestors(folders: readonly string[], around: string): string[] {
  const found = new Set<string>();
  for (const folder of folders)
    for (let at = folder; at !== around && !found.has(at); at = path.dirname(at)) found.add(at);
  return [...found].sort((a, b) => a.length - b.length);
}

/** Returns the hidden paths below a folder, relative to it; paths inside another hidden path are left out. */
function hiddenInside(folder: string, hiddenPaths: readonly string[]): string[] {
  const inside = allHiddenPaths(hiddenPaths).filter((hidden) => hidden !== folder && isAtOrBelow(folder, hidden));
  return inside
    .filter((hidden) => !inside.some((other) => hidden.startsWith(`${other}/`)))
    .map((hidden) => hidden.split("/").slice(folder.split("/").length).join("/"));
}

function isInside(place: string, folders: readonly string[]): boolean {
  return folders.some((folder) => place === folder || place.startsWith(`${folder}/`));
}
