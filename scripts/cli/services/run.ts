/** `service run`: runs a service in the sandbox, at a port of this machine, until it is interrupted. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { PLACES, type RunningEnvironment, startEnvironment } from "@/lib/environments/environment";
import { openLocalPort } from "@/lib/environments/local-port";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { refusalOfFolder } from "@/lib/workspace/refused";
import type { Arguments } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { INTERRUPTED, listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { print, printJsonLine, UsageError } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";

const packageFile = z.object({
  scripts: z.record(z.string(), z.unknown()).optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
  devDependencies: z.record(z.string(), z.unknown()).optional(),
});

/** Scripts of package.json that start a service; the first that is there. The first needs no build. */
const SCRIPTS = ["preview", "start"];

export async function runInSandbox(context: Context, [given = "."]: Arguments, flags: Flags): Promise<number> {
  const port = numberFlag(flags, "port", { whole: true, least: 0, most: 65_535, orZero: true }) ?? 0;
  const folder = folderCalled(context, given);
  const command = textFlag(flags, "command") ?? commandOf(folder);
  const env = variablesIn(flags.env);
  const data = dataOf(context, folder);
  if (flags.fresh === true) fs.rmSync(data, { recursive: true, force: true });
  fs.mkdirSync(data, { recursive: true, mode: 0o700 });
  const interrupt = listenForInterrupt();
  const sandbox = createSandbox();
  try {
    const service = await startEnvironment({
      sandbox,
      folder,
      command,
      data,
      env: { DATABASE: `${PLACES.data}/service.db`, ...env },
      onOutput: (text) => (context.json ? printJsonLine({ said: text }) : process.stdout.write(clean(text))),
    }).catch((error: Error) => {
      throw new UsageError(clean(error.message));
    });
    return await serve(context, service, { port, name: basename(folder), data, interrupt });
  } finally {
    sandbox.close();
    interrupt.close();
  }
}

interface Serving {
  port: number;
  name: string;
  data: string;
  interrupt: ReturnType<typeof listenForInterrupt>;
}

async function serve(
  { json }: Context,
  service: RunningEnvironment,
  { port, name, data, interrupt }: Serving,
): Promise<number> {
  try {
    const local = await openLocalPort(service, port).catch((error: Error) => {
      throw new UsageError(error.message);
    });
    const url = `http://127.0.0.1:${local.port}`;
    if (json) printJsonLine({ url, data });
    else print(`${oneLine(name)} runs in the sandbox at ${url}. It keeps its data in ${data}. Ctrl-C ends it.`);
    const interrupted = new Promise<"interrupted">((done) => interrupt.onRequest(() => done("interrupted")));
    const ended = await Promise.race([interrupted, service.ended]);
    await local.close();
    if (ended === "interrupted") return INTERRUPTED;
    const { exitStatus, problem } = ended;
    throw new UsageError(problem ?? `The service has ended with exit status ${exitStatus}.`);
  } finally {
    await service.stop();
  }
}

/** Returns the variables of `--env`. Throws UsageError. */
function variablesIn(given: Flags[string]): Record<string, string> {
  const settings = Array.isArray(given) ? (given as readonly string[]) : [];
  return Object.fromEntries(
    settings.map((setting): [string, string] => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(setting) ?? [];
      // It may hold a secret, so it is not repeated.
      if (name === undefined || value === undefined)
        throw new UsageError("An --env is written NAME=VALUE, such as API_KEYS=choose-a-key.");
      return [name, value];
    }),
  );
}

/** Returns the real path of the folder. Throws UsageError. */
function folderCalled({ cwd, settings, checkout }: Context, given: string): string {
  const folder = resolve(cwd, given);
  if (!fs.existsSync(folder) || !fs.statSync(folder).isDirectory())
    throw new UsageError(`There is no folder ${oneLine(folder)}: name the folder of a service.`);
  const why = refusalOfFolder(folder, {
    dataDir: settings.dataDir,
    checkout,
    keyPaths: [settings.keyFile, `${settings.keyFile}.incoming`, ...settings.launcherHomes],
  });
  if (why !== null) throw new UsageError(why);
  return fs.realpathSync(folder);
}

/** Returns the command that starts the service in a folder. Throws UsageError. */
function commandOf(folder: string): string {
  const { scripts, needsPackages } = packageIn(folder);
  const script = SCRIPTS.find((name) => scripts.includes(name));
  if (script === undefined)
    throw new UsageError(
      `Nothing says how ${oneLine(folder)} starts: give --command, such as --command "node server.js". It must listen at the port that PORT names.`,
    );
  if (needsPackages && !fs.existsSync(join(folder, "node_modules")))
    throw new UsageError(
      `The packages of ${oneLine(folder)} are not installed, and in the sandbox there is no network: run npm install there first.`,
    );
  return `npm run --silent ${script}`;
}

/** Returns what package.json says; a folder without a readable one has no scripts. */
function packageIn(folder: string): { scripts: string[]; needsPackages: boolean } {
  let read: unknown = null;
  try {
    read = JSON.parse(fs.readFileSync(join(folder, "package.json"), "utf8"));
  } catch {
    // Then --command says how it starts.
  }
  const { scripts = {}, dependencies = {}, devDependencies = {} } = packageFile.catch({}).parse(read);
  return {
    scripts: Object.keys(scripts),
    needsPackages: Object.keys({ ...dependencies, ...devDependencies }).length > 0,
  };
}

/** A service finds again what it kept, whenever it runs from this folder. */
function dataOf({ settings }: Context, folder: string): string {
  const key = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  return join(settings.dataDir, "services", key);
}
