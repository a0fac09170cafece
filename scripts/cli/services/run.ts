/** `service run`: runs a service in the sandbox, at a port of this machine, until it is interrupted. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { basename, join, resolve } from "node:path";
import { PLACES, type RunningEnvironment, startEnvironment } from "@/lib/environments/environment";
import { openLocalPort } from "@/lib/environments/local-port";
import { startIn } from "@/lib/environments/start-command";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { refusalOfFolder } from "@/lib/workspace/refused";
import type { Arguments } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { INTERRUPTED, listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { print, printJsonLine, UsageError } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";
import { settingsIn } from "./settings";

export async function runInSandbox(context: Context, [given = "."]: Arguments, flags: Flags): Promise<number> {
  const port = numberFlag(flags, "port", { whole: true, least: 0, most: 65_535, orZero: true }) ?? 0;
  const folder = folderCalled(context, given);
  const command = textFlag(flags, "command") ?? commandOf(folder);
  const env = settingsIn(flags.env, "--env", "API_KEYS=choose-a-key");
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
  const { command, lacksPackages } = startIn(folder);
  if (command === null)
    throw new UsageError(
      `Nothing says how ${oneLine(folder)} starts: give --command, such as --command "node server.js". It must listen at the port that PORT names.`,
    );
  if (lacksPackages)
    throw new UsageError(
      `The packages of ${oneLine(folder)} are not installed, and in the sandbox there is no network: run npm install there first.`,
    );
  return command;
}

/** A service finds again what it kept, whenever it runs from this folder. */
function dataOf({ settings }: Context, folder: string): string {
  const key = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  return join(settings.dataDir, "services", key);
}
