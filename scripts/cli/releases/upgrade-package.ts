/** `upgrade` of an installed package: npm replaces it, and a server that ran starts again with the new version. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { quote } from "shell-quote";
import { isInnerHost } from "@/lib/net/address";
import { runningFrom } from "@/lib/process/running-from";
import type { Context } from "@/scripts/cli/context/context";
import { sentenceOf } from "@/scripts/cli/context/failure";
import { INTERRUPTED, listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { type RunningServer, runningServer } from "@/scripts/cli/context/running-server";
import { serverFor } from "@/scripts/cli/opening/server";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { PUBLISHED_AS } from "./published";

/** Folders in which `npx` keeps what it fetched for one command. */
const NPX_FOLDER = `${sep}_npx${sep}`;

/**
 * The server ends first: it loads parts of its program when they are first needed, and would find those of another version.
 * @param wanted what npm installs: a file of `npm run package`, or its address
 */
export async function upgradePackage(context: Context, wanted: string | undefined, isNamed: boolean): Promise<number> {
  const { program, settings, version: before } = context;
  const place = placeOf(program);
  mustReplace(place.real);
  const spec = specOf(wanted, context.cwd, PUBLISHED_AS);
  const server = runningServer(settings.dataDir);
  mustBeAlone(place.real, server);
  if (server) inProgram(program, "scripts/stop.mjs", ["--data", settings.dataDir]);
  const isInstalled = await installedByNpm([...place.flags, spec], place.folder);
  // npm keeps the version before when it fails, so the server can start again either way.
  const start = server && (await startAgain(context, isNamed, server));
  if (!isInstalled)
    throw new UsageError(
      `npm could not install ${spec} (its last lines are above). Version ${before} is still there${afterFailure(start)}`,
    );
  const after = versionIn(program);
  const change =
    after === before ? `Banyan ${after} is installed, as before.` : `Banyan ${after} is installed (before: ${before}).`;
  if (start?.how === "failed") throw new UsageError(`${change} ${start.sentence}`);
  const sentence = `${change} ${start?.sentence ?? "No server runs: `npx banyan serve` starts it."}`;
  const url = start?.how === "runs" ? start.url : null;
  if (context.json) printJson({ sentence, before, after, restarted: url !== null, url });
  else print(sentence);
  return start?.how === "starting" ? INTERRUPTED : 0;
}

/** Ctrl-C ends npm, which puts the version before back, and not this command: the server has to start again. */
async function installedByNpm(args: string[], cwd: string): Promise<boolean> {
  const interrupt = listenForInterrupt();
  const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund", ...args], {
    cwd,
    stdio: ["ignore", 2, 2],
  });
  // A signal that came meanwhile is heard now.
  await setImmediate();
  interrupt.close();
  return status === 0;
}

/** Returns what npm is asked for. Throws UsageError for what is no package that the person names. */
export function specOf(wanted: string | undefined, cwd: string, publishedAs: string | null): string {
  if (wanted === undefined || /^\d+\.\d+\.\d+[^/]*(?<!\.tgz)$/.test(wanted)) {
    if (publishedAs !== null) return `${publishedAs}@${wanted ?? "latest"}`;
    throw new UsageError(nameOne("Banyan is not in npm's registry"));
  }
  if (isSafeAddress(wanted)) return wanted;
  // npm runs in another folder than the person, so a file is named whole.
  const file = resolve(cwd, wanted);
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  // Only by its ending npm knows that a file is a package.
  if (isFile && /\.(tgz|tar\.gz)$/i.test(file)) return file;
  throw new UsageError(nameOne(`${wanted} is neither a package file nor an https address of one`));
}

function nameOne(why: string): string {
  return `${why}: make a package with \`npm run package\` in a clone of Banyan, and name its file, or the https address at which you keep it, as in \`npx banyan upgrade FILE.tgz\`.`;
}

/** The package is a program, so nobody on the way may replace it. */
function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && isInnerHost(hostname));
}

/** Other servers would load parts of another version too, and only this data folder's server is ended. */
function mustBeAlone(real: string, server: RunningServer | null): void {
  const others = runningFrom(real, server?.pid ?? null);
  if (others.length === 0) return;
  const named = others.map(({ pid, command }) => `process ${pid} (${command})`).join(", ");
  throw new UsageError(
    `The installed package is in use, and what runs would load parts of another version: end ${named} first (a server with \`npx banyan serve --stop --data FOLDER\`), then upgrade again.`,
  );
}

type Start = { sentence: string } & ({ how: "runs"; url: string } | { how: "starting" } | { how: "failed" });

/** Starts the server at the address of the one that ran. */
async function startAgain(context: Context, isNamed: boolean, { startedWith: options }: RunningServer): Promise<Start> {
  try {
    const found = await serverFor({ context, isNamed, options });
    if (!found) return { how: "starting", sentence: "The server is still starting." };
    return { how: "runs", url: found.url, sentence: `The server runs again at ${found.url}.` };
  } catch (error) {
    const data = isNamed ? ["--data", context.settings.dataDir] : [];
    const command = `npx banyan serve ${quote([...options, ...data])}`.trim();
    return {
      how: "failed",
      sentence: `Its server does not run. ${sentenceOf(error)} When that is mended, start it: \`${command}\`.`,
    };
  }
}

function afterFailure(start: Start | null): string {
  if (start === null) return ".";
  return start.how === "runs" ? ` and serves again at ${start.url}.` : `. ${start.sentence}`;
}

/** Returns how npm reaches the package: globally, or in the folder of a project. */
function placeOf(program: string): { real: string; folder: string; flags: string[] } {
  const real = realpathSync(program);
  if (real.includes(NPX_FOLDER))
    throw new UsageError(
      "npx fetched this package for its commands only: install a package file once with `npm install --global FILE.tgz`, and then upgrade.",
    );
  const { name } = manifestIn(program);
  // A name with a scope is a folder in a folder.
  const modules = resolve(real, ...name.split("/").map(() => ".."));
  const found = spawnSync("npm", ["root", "--global"], { encoding: "utf8" });
  const isGlobal = found.status === 0 && real === join(realpathOf(found.stdout.trim()), name);
  return { real, ...(isGlobal ? { folder: modules, flags: ["--global"] } : { folder: dirname(modules), flags: [] }) };
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
  return manifestIn(program).version;
}

function manifestIn(program: string): { name: string; version: string } {
  return JSON.parse(readFileSync(join(program, "package.json"), "utf8")) as { name: string; version: string };
}
