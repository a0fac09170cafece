/** `upgrade` of an installed package: npm replaces it, and a server that ran starts again with the new version. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { Context } from "@/scripts/cli/context/context";
import { runningServer } from "@/scripts/cli/context/running-server";
import { serverFor } from "@/scripts/cli/opening/server";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";

/** Folders in which `npx` keeps what it fetched for one command. */
const NPX_FOLDER = `${sep}_npx${sep}`;

/**
 * The server ends first: it loads parts of its program when they are first needed, and would find those of another version.
 * @param wanted what npm installs: a file of `npm run package`, or a version; default: the newest of the registry
 */
export async function upgradePackage(context: Context, wanted: string | undefined, isNamed: boolean): Promise<number> {
  const { program, settings, version: before } = context;
  const spec = specOf(wanted, context.cwd);
  const place = placeOf(program);
  mustReplace(realpathSync(program));
  const ran = runningServer(settings.dataDir) !== null;
  if (ran) inProgram(program, "scripts/stop.mjs", ["--data", settings.dataDir]);
  const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund", ...place.flags, spec], {
    cwd: place.folder,
    stdio: ["ignore", 2, 2],
  });
  // npm keeps the version before when it fails, so the server can start again either way.
  const restarted = ran && (await serverFor({ context, isNamed })) !== null;
  if (installed.status !== 0)
    throw new UsageError(
      `npm could not install ${spec} (its last lines are above). Version ${before} is still there${restarted ? " and serves again" : ""}.`,
    );
  const after = versionIn(program);
  const change =
    after === before ? `Banyan ${after} is installed, as before.` : `Banyan ${after} is installed (before: ${before}).`;
  const sentence = `${change} ${restarted ? "The server runs again." : "No server runs: `npx banyan` starts it."}`;
  if (context.json) printJson({ sentence, before, after, restarted });
  else print(sentence);
  return 0;
}

/** npm runs in another folder than the person, so a file is named whole. */
function specOf(wanted: string | undefined, cwd: string): string {
  if (wanted === undefined) return "banyan@latest";
  return /^\d+\.\d+\.\d+[^/]*$/.test(wanted) && !wanted.endsWith(".tgz") ? `banyan@${wanted}` : resolve(cwd, wanted);
}

/** Returns how npm reaches the package: globally, or in the folder of a project. */
function placeOf(program: string): { folder: string; flags: string[] } {
  const real = realpathSync(program);
  if (real.includes(NPX_FOLDER))
    throw new UsageError(
      "npx fetched this package for its commands only: run `npx banyan@latest`, or install it once with `npm install --global banyan` and then upgrade.",
    );
  const found = spawnSync("npm", ["root", "--global"], { encoding: "utf8" });
  const isGlobal = found.status === 0 && real === join(realpathOf(found.stdout.trim()), "banyan");
  return isGlobal ? { folder: dirname(real), flags: ["--global"] } : { folder: dirname(dirname(real)), flags: [] };
}

/** npm puts the new version in place of this folder, so the server need not end where that cannot work. */
function mustReplace(installed: string): void {
  const folder = dirname(installed);
  try {
    for (const each of [folder, installed]) accessSync(each, constants.W_OK);
  } catch {
    throw new UsageError(
      `This account cannot write to ${folder}, where Banyan is installed: upgrade it as the account that installed it. In a container, take a new image.`,
    );
  }
}

function realpathOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function inProgram(program: string, script: string, args: string[]): void {
  const { status } = spawnSync(process.execPath, [join(program, script), ...args], { stdio: ["ignore", 2, 2] });
  if (status !== 0)
    throw new UsageError("The server did not end, so nothing was installed. Mend this, then try again.");
}

function versionIn(program: string): string {
  const { version } = JSON.parse(readFileSync(join(program, "package.json"), "utf8")) as { version: string };
  return version;
}
