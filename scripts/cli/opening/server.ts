/** Finds the server of a data folder, or starts one that outlives the command. */
import { spawn } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { homeFolder } from "@/launcher/home.mjs";
import { launcherRuns } from "@/launcher/lock.mjs";
import type { Context } from "@/scripts/cli/context/context";
import { listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { type RunningServer, runningServer } from "@/scripts/cli/context/running-server";
import { UsageError, warn } from "@/scripts/cli/print/output";

const POLL_MS = 100;
const ANSWER_MS = 5_000;
/** The longest step of a first start is the build of the pages, which prints nothing for minutes on a slow machine. */
const SILENT_MS = 10 * 60_000;
const LARGEST_LOG_BYTES = 5_000_000;

interface FoundServer extends RunningServer {
  /** The log of the server that this command has started; null: it ran before. */
  log: string | null;
}

interface Wanted {
  context: Context;
  /** The command line names the data folder, so the database in it is used, whatever DATABASE_URL says. */
  isNamed: boolean;
  /** Options of `serve` for a server that this starts. */
  options?: readonly string[];
  /** Ends the wait; the server keeps starting. */
  signal?: AbortSignal;
}

/** Resolves with a server that answers, or null when the person or the signal has ended the wait for it. */
export async function serverFor(wanted: Wanted): Promise<FoundServer | null> {
  const { context, signal } = wanted;
  const { checkout, settings } = context;
  const before = await answering(settings.dataDir);
  if (before) return { ...before, log: null };
  const home = homeFolder(settings.dataDir, process.env);
  makeHome(home);
  const { withLock } = await scriptOf<Lock>(checkout, "lock.mjs");
  return withLock(join(home, "starting.lock"), "starting the server", async () => {
    const meanwhile = await answering(settings.dataDir);
    if (meanwhile) return { ...meanwhile, log: null };
    return launcherRuns(home) ? waitFor(settings.dataDir, home, null, signal) : startServer(wanted, home);
  });
}

/** Throws UsageError when this user cannot write there, as below a home folder that is read-only or missing. */
function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(
      `Cannot write to the launcher's folder ${home} (${(error as NodeJS.ErrnoException).code}): set BANYAN_HOME to a folder that this user can write.`,
    );
  }
}

/** Returns the server of the data folder if it answers as Banyan does. */
async function answering(dataDir: string): Promise<RunningServer | null> {
  const server = runningServer(dataDir);
  return server && (await isBanyan(server.url)) ? server : null;
}

/** Even an unwell server reports its health. A program that has taken over the port of a dead server does not. */
async function isBanyan(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`, { redirect: "error", signal: AbortSignal.timeout(ANSWER_MS) });
    const health: unknown = await answer.json();
    return typeof health === "object" && health !== null && "instance" in health && "schema" in health;
  } catch {
    return false;
  }
}

/** A server that is being started. */
interface Starting {
  pid: number;
  log: string;
  hasEnded(): boolean;
  /** Returns its output since the last call, as whole lines. */
  lines(): string[];
}

async function startServer(
  { context, isNamed, options = [], signal }: Wanted,
  home: string,
): Promise<FoundServer | null> {
  const { checkout, settings } = context;
  const start = join(checkout, "scripts/start.mjs");
  const child = spawnApart([start, ...options, ...(isNamed ? ["--data", settings.dataDir] : [])], {
    log: join(home, "server.log"),
    cwd: checkout,
    env: await ownEnvironment(checkout),
  });
  return waitFor(settings.dataDir, home, child, signal);
}

/** `starting` is null for a running launcher whose server does not answer, for example because it restarts. */
async function waitFor(
  dataDir: string,
  home: string,
  starting: Starting | null,
  signal: AbortSignal | undefined,
): Promise<FoundServer | null> {
  const interrupt = listenForInterrupt();
  if (starting) warn(`Starting the server as process ${starting.pid}. Its log: ${starting.log}`);
  else warn("The server of this data folder does not answer. Waiting for it …");
  const says = starting ? `: its log ${starting.log} says why` : "";
  let heardMs = performance.now();
  try {
    for (;;) {
      const lines = starting?.lines() ?? [];
      const hasEnded = starting?.hasEnded() ?? true;
      const server = await answering(dataDir);
      // Its later output stays in its log, such as a sign-in link, which the next link replaces.
      if (server) return { ...server, log: starting?.log ?? null };
      for (const line of lines) warn(line);
      if (lines.length > 0) heardMs = performance.now();
      if (interrupt.isRequested() || signal?.aborted) {
        if (starting) warn(`The server keeps starting. To stop it: kill ${starting.pid}`);
        return null;
      }
      // A start ends when another start was first; then this waits for the other one.
      if (hasEnded && !launcherRuns(home)) throw new UsageError(`The server has not started${says}.`);
      if (performance.now() - heardMs > SILENT_MS)
        throw new UsageError(`The server has not answered for ten minutes${says}.`);
      await sleep(POLL_MS);
    }
  } finally {
    interrupt.close();
  }
}

interface Apart {
  log: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Starts Node in a session of its own, so that it stays when this terminal closes. */
function spawnApart(args: string[], { log, cwd, env }: Apart): Starting {
  // A log that is never cut would grow without end.
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES) renameSync(log, `${log}.1`);
  const fd = openSync(log, "a+", 0o600);
  let at = fstatSync(fd).size;
  let rest = "";
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", fd, fd], detached: true });
  if (child.pid === undefined) throw new UsageError(`The server cannot be started in ${cwd}.`);
  child.unref();
  return {
    pid: child.pid,
    log,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    lines() {
      const added = Buffer.alloc(fstatSync(fd).size - at);
      at += readSync(fd, added, 0, added.length, at);
      const lines = (rest + added.toString()).split("\n");
      rest = lines.pop() ?? "";
      return lines;
    },
  };
}

/** Resolves with the environment without `.env`, which a server reads itself at each start, and no other program needs. */
export async function ownEnvironment(checkout: string): Promise<NodeJS.ProcessEnv> {
  const settings = await settingsOfFile(checkout);
  const own = Object.entries(process.env).filter(([name, value]) => settings[name] !== value);
  const { BANYAN_CHECKOUT: _, ...env } = Object.fromEntries(own);
  return env as NodeJS.ProcessEnv;
}

/** Resolves with what `.env` sets. */
export async function settingsOfFile(checkout: string): Promise<Record<string, string>> {
  const { parseDotenv } = await scriptOf<Dotenv>(checkout, "dotenv.mjs");
  const file = (await scriptOf<ScriptPlaces>(checkout, "places.mjs")).settingsFile();
  return existsSync(file) ? parseDotenv(readFileSync(file, "utf8")) : {};
}

interface Lock {
  withLock<T>(folder: string, purpose: string, work: () => Promise<T>): Promise<T>;
}

interface ScriptPlaces {
  settingsFile(): string;
}

interface Dotenv {
  parseDotenv(text: string): Record<string, string>;
}

/** Loads a script of the checkout, as `serve` does: they also run before anything is built, so nothing built holds them. */
async function scriptOf<Script>(checkout: string, name: string): Promise<Script> {
  const file = join(checkout, "scripts", name);
  if (!existsSync(file))
    throw new UsageError(`There is no ${file}: put Banyan's checkout back, or start Banyan in another one.`);
  return import(pathToFileURL(file).href);
}
