import fs from "node:fs";
import path from "node:path";
import { packageRunner } from "@/lib/mcp/config/command-line";
import { knownServer } from "@/lib/mcp/config/known-servers";
import { packageFolder } from "@/lib/mcp/config/packages";
import { resolveValue } from "@/lib/mcp/config/secret-values";
import type { FolderAccess, StdioServer } from "@/lib/mcp/config/types";
import type { SandboxStart } from "@/lib/sandbox/port";
import { isAtOrBelow } from "@/lib/workspace/spelling";
import { absolutePathIn, isInEverySandbox, shownPlace, shownProject } from "./shown-places";

/** The mount point of a package's folder in the sandbox. */
const PACKAGE_PLACE = "/opt/mcp";
const CODE_PLACE = "/server";
/** Where a server finds the folder that Banyan keeps for it. */
export const STATE_PLACE = "/state";
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
  /** Makes and returns the folder that Banyan keeps for a server, which belongs to the user of `folder`. */
  stateOf?(name: string, folder: string | undefined): string;
  /**
   * Paths that no tool may see: what is inside or around them is refused, except a program's own folder around them, in
   * which the sandbox covers them.
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
  if (
    server.isConfined &&
    (server.cwd !== undefined || shown.length > 0 || server.keeps || server.command.includes("/"))
  )
    throw new Error("an agent proposed it, so it may not name a folder or a file of this machine");
  const program = programOf(server, options);
  const granted = shown.map(([given, access]) => ({ place: shownPlace(given, access, options.hiddenPaths), access }));
  const folders = new Set<string>();
  const readOnly = [...program.readOnly, ...(server.code ? [{ source: server.code, at: CODE_PLACE }] : [])];
  const named = server.isConfined ? [] : given.flatMap(absolutePathIn);
  for (const place of [...(server.cwd === undefined ? [] : [server.cwd]), ...named]) {
    const stat = fs.statSync(place, { throwIfNoEntry: false });
    if (place === server.cwd && !stat?.isDirectory()) throw new Error(`its folder ${place} does not exist`);
    if (!stat || isInEverySandbox(place)) continue;
    if (stat.isFile()) readOnly.push(projectMount(place, options));
    if (!stat.isDirectory()) continue;
    const folder = shownPlace(place, "write", options.hiddenPaths);
    // An argument says where to work, and `folders` what is allowed there.
    if (accessOf(folder, granted) !== "read") folders.add(folder);
  }
  for (const { place, access } of granted) {
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
    ...(server.keeps && { writable: [{ source: stateFolder(server, options, [...folders][0]), at: STATE_PLACE }] }),
    env,
    limits: knownServer(server.package?.name ?? "")?.browser ? BROWSER_LIMITS : LIMITS,
    ...(hosts.length > 0 && { network: { hosts } }),
  };
}

function stateFolder({ name }: StdioServer, { stateOf }: LaunchOptions, folder: string | undefined): string {
  if (!stateOf) throw new Error("no folder is kept for it here");
  return stateOf(name, folder);
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
  const readOnly = isInEverySandbox(server.command) ? [] : [projectMount(server.command, options)];
  return { argv: [server.command], readOnly };
}

function projectMount(file: string, { hiddenPaths }: LaunchOptions): { source: string; at: string } {
  const folder = shownProject(file, hiddenPaths);
  return { source: folder, at: folder };
}

/** Returns what the nearest of the granted folders at or above a folder allows there; null without one. */
function accessOf(folder: string, granted: readonly { place: string; access: FolderAccess }[]): FolderAccess | null {
  const around = granted.filter(({ place }) => isAtOrBelow(place, folder));
  return around.sort((one, other) => other.place.length - one.place.length)[0]?.access ?? null;
}

/** Quotes an argument for bash. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
