/** The server of the demo: a process with data and settings of its own, which ends with the demo. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Context } from "@/scripts/cli/context/context";
import { settingsOfFile } from "@/scripts/cli/opening/server";
import { UsageError, warn } from "@/scripts/cli/print/output";

/** What programs need to run at all. Everything else is a setting of the person's own Banyan, such as a key. */
const KEPT = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "TERM", "npm_config_cache"];
/** Turns end before; a server that takes longer is stuck. */
const STOP_MS = 15_000;

type Environment = Record<string, string>;

/** Resolves with the settings of the demo's server. Nothing of the person's own settings is among them. */
export async function demoEnvironment(
  context: Pick<Context, "checkout">,
  { folder, modelUrl, model }: { folder: string; modelUrl: string; model: string },
): Promise<Environment> {
  const kept = KEPT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  // The server reads `.env`, where an empty setting counts as given.
  const unset = Object.keys(await settingsOfFile(context.checkout)).map((name) => [name, ""]);
  return {
    ...Object.fromEntries(unset),
    ...Object.fromEntries(kept),
    NODE_ENV: "production",
    LOG_LEVEL: "error",
    HOST: "127.0.0.1",
    PORT: "0",
    BANYAN_DATA_DIR: join(folder, "data"),
    BANYAN_KEY_FILE: join(folder, "keys.json"),
    BANYAN_HOME: join(folder, "home"),
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_DATA_HOME: join(folder, "share"),
    XDG_STATE_HOME: join(folder, "state"),
    OLLAMA_BASE_URL: modelUrl,
    BANYAN_MODEL: model,
    MAX_CONCURRENT_AGENTS: "6",
  };
}

export interface DemoServer {
  url: string;
  /** Signs in once. */
  link: string;
  /** Resolves when the process has ended, also by itself. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server. Resolves when it listens, and with null when `signal` ends the start. */
export async function startDemoServer(
  { checkout }: Pick<Context, "checkout">,
  env: Environment,
  signal: AbortSignal,
): Promise<DemoServer | null> {
  const child = spawn(process.execPath, [join(checkout, "scripts/start.mjs"), "--direct"], {
    cwd: checkout,
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "inherit"],
    // Ctrl-C reaches the demo alone, which then ends the server in order.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = () => end(child, ended);
  const onAbort = () => void stop();
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  const lines: string[] = [];
  const link = await Promise.race([linkOf(child, lines), ended.then(() => null)]);
  signal.removeEventListener("abort", onAbort);
  if (link !== null) return { url: new URL(link).origin, link, ended, stop };
  if (signal.aborted) return null;
  for (const line of lines) warn(line);
  throw new UsageError("The demo's server has not started. The lines above say why.");
}

/** Collects the lines before the link. */
function linkOf({ stdout }: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve) => {
    if (!stdout) return;
    createInterface({ input: stdout }).on("line", (line) => {
      const link = /http:\S+\/signin\?token=\S+/.exec(line)?.[0];
      if (link) resolve(link);
      else lines.push(line);
    });
  });
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return ended;
  child.kill("SIGTERM");
  const group = -child.pid;
  const timer = setTimeout(() => process.kill(group, "SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}
