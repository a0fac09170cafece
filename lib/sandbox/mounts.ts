/** What of the host a sandbox shows beyond /usr, and what of that is covered. */
import fs from "node:fs";
import path from "node:path";
import { allHiddenPaths, realPathOf, SANDBOX_ROOT, SCRATCH_FOLDER, WorkspaceError } from "../workspace/path";

export interface HostMount {
  /** Absolute path on the host, without links. */
  source: string;
  /** Absolute path in the sandbox. */
  at: string;
  writable: boolean;
}

/** Where the server's own Node is shown when it does not lie in /usr. */
const NODE_PREFIX = "/opt/banyan-node";
/** Places that the sandbox fills itself; a folder of the host shown there would break its walls. */
const OWN_PLACES = ["/proc", "/sys", "/dev", "/run", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"];

export function workspaceMounts(workspace: string, readOnly: boolean): HostMount[] {
  if (!readOnly) return [{ source: workspace, at: SANDBOX_ROOT, writable: true }];
  const scratch = { source: path.join(workspace, SCRATCH_FOLDER), at: `${SANDBOX_ROOT}/${SCRATCH_FOLDER}` };
  return [
    { source: workspace, at: SANDBOX_ROOT, writable: false },
    { ...scratch, writable: true },
  ];
}

/** Folders that a person named, at their own paths. Throws a `WorkspaceError` for one that may not be shown. */
export function folderMounts(folders: readonly string[], hiddenPaths: readonly string[]): HostMount[] {
  const hidden = allHiddenPaths(hiddenPaths);
  return folders.map((given) => {
    const at = path.resolve(given);
    const source = realPathOf(given);
    if (!path.isAbsolute(given) || source === null || !fs.statSync(source).isDirectory()) {
      throw new WorkspaceError(`${JSON.stringify(given)} is not a folder of this machine; give the full path of one.`);
    }
    const isOwn = [at, source].some((place) => place === "/" || isInside(place, OWN_PLACES));
    if (isOwn || isInside(at, [SANDBOX_ROOT])) {
      throw new WorkspaceError(`The folder ${given} belongs to the system and cannot be shown; name another one.`);
    }
    // One that only holds such data is none either: covers lie at paths, and whoever renames what is above one moves it away.
    if (isInside(source, hidden) || hidden.some((one) => isInside(one, [source]))) {
      throw new WorkspaceError(`The folder ${given} holds Banyan's own data and cannot be shown; name another one.`);
    }
    return { source, at, writable: true };
  });
}

/** Files and folders that the server itself shows, read-only. Throws a `WorkspaceError` for one that is not there. */
export function readOnlyMounts(readOnly: readonly { source: string; at: string }[]): HostMount[] {
  return readOnly.map(({ source: given, at }) => {
    const source = realPathOf(given);
    if (source === null) throw new WorkspaceError(`There is no ${given}, which the program should be shown.`);
    if (!path.isAbsolute(at)) throw new WorkspaceError(`${at} is not a full path at which ${given} could be shown.`);
    return { source, at: path.normalize(at), writable: false };
  });
}

/** Node's program and its package tools, not the whole prefix: that may be somebody's home folder. */
export function nodeMounts(execPath: string = fs.realpathSync(process.execPath)): {
  mounts: HostMount[];
  args: string[];
  /** Folders that go before the usual ones. */
  searchPath: string[];
  /** Where it is in the sandbox. */
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

/** Hidden folders are covered by an empty one, hidden files by a device that cannot be opened in the sandbox. */
export function masks({ source, at }: HostMount, hiddenPaths: readonly string[]): string[] {
  const args: string[] = [];
  for (const inside of hiddenInside(source, hiddenPaths)) {
    const target = `${at}/${inside}`;
    const stat = fs.lstatSync(path.join(source, inside), { throwIfNoEntry: false });
    if (stat?.isDirectory()) args.push("--size", "4096", "--tmpfs", target, "--remount-ro", target);
    else if (stat?.isFile()) args.push("--ro-bind", "/dev/null", target);
  }
  return args;
}

/** Hidden paths below a folder, relative to it; those below another hidden one are left out. */
function hiddenInside(folder: string, hiddenPaths: readonly string[]): string[] {
  const inside = allHiddenPaths(hiddenPaths).filter((hidden) => hidden.startsWith(`${folder}/`));
  return inside
    .filter((hidden) => !inside.some((other) => hidden.startsWith(`${other}/`)))
    .map((hidden) => hidden.slice(folder.length + 1));
}

function isInside(place: string, folders: readonly string[]): boolean {
  return folders.some((folder) => place === folder || place.startsWith(`${folder}/`));
}
