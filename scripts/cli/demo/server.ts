/** The server of the demo: a process with data and settings of its own, which ends with the demo, however that ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Context } from "@/scripts/cli/context/context";
import { settingsOfFile } from "@/scripts/cli/opening/server";
import { UsageError, warn } from "@/scripts/cli/print/output";

/** What programs need to run at all. Everything else is a setting of the person's own Banyan, such as a key. */
const KEPT = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "TERM", "npm_config_cache"];

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
}

/** Ends the servers that it knows, and removes the folder. It does so by itself when this process is killed. */
export interface Keeper {
  add(server: ChildProcess): void;
  /** Resolves when all has ended. */
  end(): Promise<void>;
}

/** Starts the process that outlives the demo by what it takes to end the rest. `folder` is removed; null removes nothing. */
export function startKeeper({ checkout }: Pick<Context, "checkout">, folder: string | null): Keeper {
  const argv = [join(checkout, "scripts/end-demo.mjs"), ...(folder ? [folder] : [])];
  // Neither Ctrl-C nor the end of the terminal reaches it.
  const child = spawn(process.execPath, argv, { cwd: checkout, stdio: ["pipe", "ignore", "inherit"], detached: true });
  const ended = once(child, "close");
  return {
    add: ({ pid }) => void child.stdin.write(`${pid}\n`),
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Starts the server. Resolves when it listens, and with null when `signal` ends the wait; `keeper` ends the process. */
export async function startDemoServer(
  { checkout }: Pick<Context, "checkout">,
  { env, keeper, signal }: { env: Environment; keeper: Keeper; signal: AbortSignal },
): Promise<DemoServer | null> {
  const child = spawn(process.execPath, [join(checkout, "scripts/start.mjs"), "--direct"], {
    cwd: checkout,
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "inherit"],
    // Ctrl-C reaches the demo alone, and the keeper then ends the server in order.
    detached: true,
  });
  keeper.add(child);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const lines: string[] = [];
  const isOver = Promise.race([ended, untilAborted(signal)]);
  const link = await Promise.race([linkOf(child, lines), isOver.then(() => null)]);
  if (link !== null) return { url: new URL(link).origin, link, ended };
  if (signal.aborted) return null;
  for (const line of lines) warn(line);
  throw new UsageError("The demo's server has not started. The lines above say why.");
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
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
