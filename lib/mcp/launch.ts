import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { SandboxStart } from "../sandbox/port";
import { packageRunner } from "./command-line";
import { packageFolder } from "./packages";
import { resolveValue } from "./secret-values";
import type { StdioServer } from "./types";

/** Where a package's folder is seen in the sandbox, and Node where it is not below /usr. */
const PACKAGE_PLACE = "/opt/mcp";
const NODE_PLACE = "/opt/node";
/** Nobody means these, and a server could do harm in them. */
const SYSTEM_FOLDERS = ["/etc", "/proc", "/sys", "/dev", "/boot", "/run", "/lib", "/bin", "/sbin", "/var/run", "/var/lib"];
const TOO_WIDE = ["/", "/home", "/root", "/var", "/opt", "/mnt", "/media", "/srv", "/tmp", "/usr"];
/** A server lives long and does little: its processor time counts over its whole life. */
const LIMITS = { processes: 64, openFiles: 1_024, cpuSeconds: 6 * 3_600 };

export interface LaunchOptions {
  packagesDir: string;
  /** What no tool may see: a folder that holds one of these, or lies in one, is refused. */
  hiddenPaths: readonly string[];
  secretOf(name: string): Promise<string | undefined>;
}

/** How the sandbox starts a server: absolute folders among its arguments are shown to it, and of its program what it needs. Rejects with a sentence's rest. */
export async function launchOf(server: StdioServer, options: LaunchOptions): Promise<SandboxStart> {
  const resolve = (value: StdioServer["args"][number]) => resolveValue(value, options.secretOf);
  const given = await Promise.all(server.args.map(resolve));
  const env = Object.fromEntries(await Promise.all(Object.entries(server.env).map(async ([name, value]) => [name, await resolve(value)] as const)));
  const program = programOf(server, options);
  const folders = new Set(program.folders);
  const readOnly = [...program.readOnly];
  for (const place of [...(server.cwd === undefined ? [] : [server.cwd]), ...given.flatMap(absolutePathIn)]) {
    const stat = fs.statSync(place, { throwIfNoEntry: false });
    if (place === server.cwd && !stat?.isDirectory()) throw new Error(`its folder ${place} does not exist`);
    if (!stat || isBelow(place, "/usr")) continue;
    if (stat.isDirectory()) folders.add(checked(place, options.hiddenPaths));
    else if (stat.isFile()) readOnly.push(projectOf(place, options.hiddenPaths));
  }
  const argv = [...program.argv, ...given].map(quote).join(" ");
  const { hosts = [] } = server;
  return {
    command: `${server.cwd === undefined ? "" : `cd ${quote(server.cwd)} && `}exec ${argv}`,
    workspace: null,
    hiddenPaths: options.hiddenPaths,
    readOnly: readOnly.filter((mount, index) => readOnly.findIndex((other) => other.at === mount.at) === index && !folders.has(mount.at)),
    folders: [...folders],
    env,
    limits: LIMITS,
    ...(hosts.length > 0 && { network: { hosts } }),
  };
}

interface Program {
  argv: string[];
  readOnly: { source: string; at: string }[];
  folders: string[];
}

function programOf(server: StdioServer, options: LaunchOptions): Program {
  const node = nodeProgram();
  if (server.package) {
    const folder = packageFolder(options.packagesDir, server.package);
    if (!fs.existsSync(folder)) throw new Error(`its package ${server.package.name}@${server.package.version} is not installed; test the server again`);
    const bin = path.posix.join(PACKAGE_PLACE, "node_modules", server.package.name, server.package.bin);
    return { argv: [node.path, bin], readOnly: [...node.readOnly, { source: folder, at: PACKAGE_PLACE }], folders: [] };
  }
  const runner = packageRunner(server);
  if (runner.kind === "refused") throw new Error(runner.reason);
  if (runner.kind === "package") throw new Error("its package has no exact version yet; install and pin it first");
  if (/^node(js)?$/.test(server.command)) return { argv: [node.path], readOnly: node.readOnly, folders: [] };
  if (!server.command.includes("/")) return { argv: [server.command], readOnly: [], folders: [] };
  if (!path.isAbsolute(server.command)) throw new Error(`its command ${server.command} is a relative path; give the whole path`);
  if (!fs.existsSync(server.command)) throw new Error(`its command ${server.command} does not exist`);
  const readOnly = isBelow(server.command, "/usr") ? [] : [projectOf(server.command, options.hiddenPaths)];
  return { argv: [server.command], readOnly, folders: [] };
}

/** The Node that runs us: /usr is in the sandbox, any other place is shown. */
function nodeProgram(): { path: string; readOnly: Program["readOnly"] } {
  const real = fs.realpathSync(process.execPath);
  if (isBelow(real, "/usr")) return { path: real, readOnly: [] };
  return { path: NODE_PLACE, readOnly: [{ source: real, at: NODE_PLACE }] };
}

/** `/folder` and `--root=/folder`. */
function absolutePathIn(arg: string): string[] {
  const text = /^--?[\w-]+=(\/.*)$/.exec(arg)?.[1] ?? arg;
  return path.isAbsolute(text) && !text.includes("\0") ? [path.normalize(text)] : [];
}

/** A program's file needs what lies around it: the nearest folder with a package.json or pyproject.toml, else its own. */
function projectOf(file: string, hiddenPaths: readonly string[]): { source: string; at: string } {
  const own = path.dirname(file);
  for (let folder = own; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const isProject = ["package.json", "pyproject.toml"].some((name) => fs.existsSync(path.join(folder, name)));
    if (isProject) return { source: checked(folder, hiddenPaths), at: folder };
  }
  return { source: checked(own, hiddenPaths), at: own };
}

function checked(folder: string, hiddenPaths: readonly string[]): string {
  const real = fs.realpathSync(folder);
  if (TOO_WIDE.includes(real) || real === os.homedir()) throw new Error(`the folder ${folder} is too wide to be given to a server; name one inside it`);
  if (SYSTEM_FOLDERS.some((system) => isBelow(real, system))) throw new Error(`the folder ${folder} belongs to the system and is given to no server`);
  for (const hidden of hiddenPaths) {
    const realHidden = fs.existsSync(hidden) ? fs.realpathSync(hidden) : hidden;
    if (isBelow(real, realHidden) || isBelow(realHidden, real))
      throw new Error(`the folder ${folder} holds, or lies in, data of this system and is given to no server`);
  }
  return folder;
}

function isBelow(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}

/** For bash: everything between single quotes is text. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
