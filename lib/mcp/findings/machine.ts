/** What a machine has, as far as it decides whether a server can work. */
import fs from "node:fs";
import path from "node:path";
import type { FolderAccess } from "@/lib/mcp/config/types";
import { projectOf, refusalOf, refusalOfProject } from "@/lib/mcp/transport/shown-places";
import { homeFolder } from "@/lib/process/home";
import { serverIsRoot, toolUserOf } from "@/lib/process/tools-identity";

export interface Machine {
  kindOf(place: string): "folder" | "file" | null;
  /** Why no server may see this file or folder, as the end of a sentence; null when it may. */
  refusalOf(place: string, access: FolderAccess): string | null;
  /**
   * Why a server may not write in a folder that it sees, as the end of a sentence; null when it may. `first`: the first
   * folder where it would write, whose owner it runs as when Banyan is root.
   */
  unwritable(folder: string, first: string): string | null;
  /** The folder that is shown, read-only, with a program's file. */
  projectOf(file: string): string;
  /** Why no server may see that folder; null when it may. */
  refusalOfProject(file: string): string | null;
  /** Whether the sandbox has the program. */
  hasProgram(name: string): boolean;
  /** The program of a browser below /usr; null when there is none. */
  browser: string | null;
  /** Null for a user without an account. */
  home: string | null;
  privateHosts: readonly string[];
}

/** The folders of programs that the sandbox shows. */
const PROGRAM_FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin"];
/** Programs that the sandbox brings, wherever Node is installed. */
const BROUGHT = ["node", "npm", "npx"];
/** The programs themselves: the scripts in /usr/bin that start them read /etc, which the sandbox does not show. */
const BROWSERS = ["/usr/lib/chromium/chromium", "/usr/lib/chromium-browser/chromium-browser"];

export function machineWith(given: { hiddenPaths: readonly string[]; privateHosts: readonly string[] }): Machine {
  return {
    kindOf,
    refusalOf: (place, access) => refusalOf(place, access, given.hiddenPaths),
    unwritable,
    projectOf,
    refusalOfProject: (file) => refusalOfProject(file, given.hiddenPaths),
    hasProgram: (name) =>
      BROUGHT.includes(name) || PROGRAM_FOLDERS.some((folder) => kindOf(path.join(folder, name)) === "file"),
    browser: BROWSERS.find((file) => kindOf(file) === "file") ?? null,
    home: homeFolder(),
    privateHosts: given.privateHosts,
  };
}

function unwritable(folder: string, first: string): string | null {
  if (!serverIsRoot()) {
    try {
      fs.accessSync(folder, fs.constants.W_OK);
      return null;
    } catch {
      return "the account that Banyan runs as may not write there; allow it, or let the server only read";
    }
  }
  const user = toolUserOf(first);
  const { uid, gid, mode } = fs.statSync(folder);
  const bit = uid === user.uid ? 0o200 : gid === user.gid ? 0o020 : 0o002;
  if ((mode & bit) !== 0) return null;
  return `it runs as the user ${user.uid}, and the folder belongs to ${uid === 0 ? "root" : `the user ${uid}`}; give the folder to another user than root (chown), or let the server only read`;
}

function kindOf(place: string): "folder" | "file" | null {
  try {
    const stat = fs.statSync(place);
    if (stat.isDirectory()) return "folder";
    return stat.isFile() ? "file" : null;
  } catch {
    // Not there, or in a folder that the server may not read: no tool could use it either.
    return null;
  }
}
