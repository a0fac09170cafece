import fs from "node:fs";
import path from "node:path";
import { packageRunner } from "@/lib/mcp/config/command-line";
import { knownServer } from "@/lib/mcp/config/known-servers";
import { packageFolder } from "@/lib/mcp/config/packages";
import { resolveValue } from "@/lib/mcp/config/secret-values";
import type { FolderAccess, StdioServer } from "@/lib/mcp/config/types";
import { homeFolder } from "@/lib/process/home";
import type { SandboxStart } from "@/lib/sandbox/port";

/** The mount point of a package's folder in the sandbox. */
const PACKAGE_PLACE = "/opt/mcp";
const CODE_PLACE = "/server";
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
const LIMITS = { processes: 64, openFiles: 1_024 };
/** The limit counts threads, and a browser has some hundred. */
const BROWSER_LIMITS = { processes: 512, openFiles: 4_096 };

/** What one process sees in addition to what its configuration names. */
export interface ServerPlace {
  /** Mounted at /workspace. */
  workspace?: string;
  readOnlyWorkspace?: boolean;
  guardsGit?: boolean;
  /** Paths in the workspace. */
  hiddenPaths?: readonly string[];
}

export interface LaunchOptions {
  place?: ServerPlace;
  packagesDir: string;
  /**
   * Paths that no tool may see: folders inside them are refused, and the sandbox covers them where they lie inside a
   * folder.
   */
  hiddenPaths: readonly string[];
  secretOf(name: string): Promise<string | undefined>;
}

/**
 * Returns how the sandbox starts a server: with the absolute folders among its arguments, and the files that its
 * program needs. Rejects with the end of a sentence.
 */
export async function launchOf(server: StdioServer, options: LaunchOptions): Promise<SandboxStart> {
  const resolve = (value: StdioServer["args"][number]) => resolveValue(value, options.secretOf);
  const given = await Promise.all(server.args.map(resolve));
  const env = Object.fromEntries(
    await Promise.all(Object.entries(server.env).map(async ([name, value]) => [name, await resolve(value)] as const)),
  );
  const shown = Object.entries(server.folders ?? {});
  if (server.isConfined && (server.cwd !== undefined || shown.length > 0 || server.command.includes("/")))
    throw new Error("an agent proposed it, so it may not name a folder or a file of this machine");
  const program = programOf(server, options);
  const folders = new Set<string>();
  const readOnly = [...program.readOnly, ...(server.code ? [{ source: server.code, at: CODE_PLACE }] : [])];
  const named = server.isConfined ? [] : given.flatMap(absolutePathIn);
  for (const place of [...(server.cwd === undefined ? [] : [server.cwd]), ...named]) {
    const stat = fs.statSync(place, { throwIfNoEntry: false });
    if (place === server.cwd && !stat?.isDirectory()) throw new Error(`its folder ${place} does not exist`);
    if (!stat || isBelow(place, "/usr")) continue;
    if (stat.isDirectory()) folders.add(checked(place, options.hiddenPaths));
    else if (stat.isFile()) readOnly.push(projectOf(place, options.hiddenPaths));
  }
  for (const [given, access] of shown) {
    const place = shownPlace(given, access, options.hiddenPaths);
    if (access === "write") folders.add(place);
    else readOnly.push({ source: place, at: place });
  }
  const argv = [...program.argv, ...given].map(quote).join(" ");
  const { hosts = [] } = server;
  const { place = {} } = options;
  const cwd = server.code ? CODE_PLACE : server.cwd;
  return {
    command: `${cwd === undefined ? "" : `cd ${quote(cwd)} && `}exec ${argv}`,
    workspace: place.workspace ?? null,
    ...(place.readOnlyWorkspace && { readOnlyWorkspace: true }),
    ...(place.guardsGit && { guardsGit: true }),
    hiddenPaths: [...options.hiddenPaths, ...(place.hiddenPaths ?? [])],
    readOnly: readOnly.filter(
      (mount, index) => readOnly.findIndex((other) => other.at === mount.at) === index && !folders.has(mount.at),
    ),
    folders: [...folders],
    env,
    limits: knownServer(server.package?.name ?? "")?.browser ? BROWSER_LIMITS : LIMITS,
    ...(hosts.length > 0 && { network: { hosts } }),
  };
}

interface Program {
  argv: string[];
  readOnly: { source: string; at: string }[];
}

function programOf(server: StdioServer, options: LaunchOptions): Program {
  if (server.package) {
    const folder = packageFolder(options.packagesDir, server.package);
    if (!fs.existsSync(folder))
      throw new Error(
        `its package ${server.package.name}@${server.package.version} is not installed; test the server again`,
      );
    const bin = path.posix.join(PACKAGE_PLACE, "node_modules", server.package.name, server.package.bin);
    return { argv: ["node", bin], readOnly: [{ source: folder, at: PACKAGE_PLACE }] };
  }
  const runner = packageRunner(server);
  if (runner.kind === "refused") throw new Error(runner.reason);
  if (runner.kind === "package") throw new Error("its package has no exact version yet; install and pin it first");
  if (!server.command.includes("/")) return { argv: [server.command], readOnly: [] };
  if (!path.isAbsolute(server.command))
    throw new Error(`its command ${server.command} is a relative path; give the whole path`);
  if (!fs.existsSync(server.command)) throw new Error(`its command ${server.command} does not exist`);
  const readOnly = isBelow(server.command, "/usr") ? [] : [projectOf(server.command, options.hiddenPaths)];
  return { argv: [server.command], readOnly };
}

/** Returns a path of the entry's `folders`, normalized. Throws the end of a sentence. */
function shownPlace(given: string, access: FolderAccess, hiddenPaths: readonly string[]): string {
  const place = path.resolve(given);
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) throw new Error(`its folder ${place} does not exist`);
  if (stat.isDirectory()) return checked(place, hiddenPaths);
  if (access === "write")
    throw new Error(`${place} is a file, which it can only read; name its folder to let it write there`);
  checked(path.dirname(place), hiddenPaths);
  return place;
}

/** Finds `/folder` and `--root=/folder`. */
export function absolutePathIn(arg: string): string[] {
  const text = /^--?[\w-]+=(\/.*)$/.exec(arg)?.[1] ?? arg;
  return path.isAbsolute(text) && !text.includes("\0") ? [path.normalize(text)] : [];
}

/**
 * A program's file needs the files around it, so this returns the nearest folder with a package.json or pyproject.toml,
 * else the file's own folder.
 */
function projectOf(file: string, hiddenPaths: readonly string[]): { source: string; at: string } {
  const own = path.dirname(file);
  for (let folder = own; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const isProject = ["package.json", "pyproject.toml"].some((name) => fs.existsSync(path.join(folder, name)));
    if (isProject) return { source: checked(folder, hiddenPaths), at: folder };
  }
  return { source: checked(own, hiddenPaths), at: own };
}

/** Why no server may see a folder that exists, as the end of a sentence; null when it may. */
export function refusalOf(folder: string, hiddenPaths: readonly string[]): string | null {
  try {
    checked(folder, hiddenPaths);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function checked(folder: string, hiddenPaths: readonly string[]): string {
  const real = fs.realpathSync(folder);
  if (TOO_WIDE.includes(real) || real === homeFolder())
    throw new Error(`the folder ${folder} is too wide for a server; name a folder inside it`);
  if (SYSTEM_FOLDERS.some((system) => isBelow(real, system)))
    throw new Error(`the folder ${folder} belongs to the system, and no server may use it`);
  const realHidden = hiddenPaths.map((hidden) => (fs.existsSync(hidden) ? fs.realpathSync(hidden) : hidden));
  if (realHidden.some((hidden) => isBelow(real, hidden)))
    throw new Error(`the folder ${folder} contains Banyan's own data, and no server may use it`);
  return folder;
}

function isBelow(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}

/** Quotes an argument for bash. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
