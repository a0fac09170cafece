/** Starts the real server as a separate process, as a person starts it, with a fresh data folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { PATIENT } from "@/tests/agents/patient";
import { makeHome } from "./home";
import { folderUnderTest, nodeUnderTest } from "./under-test";

export interface RealServer {
  url: string;
  /** The sign-in link that the server printed at its start. */
  link: string;
  /** Kills the process without a clean shutdown. */
  kill(): Promise<void>;
  /** Starts the server again on the same port and data. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 240_000;

/** Below a launcher it runs a release, as after `npm start`; otherwise it is the started process itself. */
interface How {
  isLaunched?: boolean;
}

export async function startRealServer(
  dataDir: string,
  settings: Record<string, string> = {},
  { isLaunched = false }: How = {},
): Promise<RealServer> {
  const home = `${dataDir}-home`;
  if (isLaunched) makeHome(home, folderUnderTest());
  const own = { BANYAN_HOME: home, ...settings };
  const args = isLaunched ? [] : ["--direct"];
  let process = await spawnServer(dataDir, { PORT: await freePort(), ...own }, args);
  const server: RealServer = {
    url: process.url,
    link: process.link,
    async kill() {
      await end(process.child, "SIGKILL");
      await untilFree(Number(new URL(server.url).port));
    },
    stop: () => end(process.child, "SIGTERM"),
    async startAgain() {
      process = await spawnServer(dataDir, { ...own, PORT: new URL(server.url).port }, args);
      server.link = process.link;
    },
  };
  return server;
}

async function spawnServer(dataDir: string, settings: Record<string, string>, args: string[]) {
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  const inherited = Object.fromEntries(Object.entries({ PATH, HOME, LANG, TMPDIR }).filter(([, value]) => value));
  // Keeps keys and the audit anchor beside the data, not in the home folder of the person who runs the tests.
  const own = { BANYAN_DATA_DIR: dataDir, XDG_CONFIG_HOME: `${dataDir}-config` };
  const env: NodeJS.ProcessEnv = { ...inherited, NODE_ENV: "production", ...PATIENT, ...own, ...settings };
  const program = nodeUnderTest(["scripts/start.mjs", ...args]);
  const child = spawn(program.file, program.args, {
    cwd: folderUnderTest(),
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const link = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The server printed no sign-in link in time.")), START_LIMIT_MS);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it listened.`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const found = /http:\S+\/signin\?token=\S+/.exec(line)?.[0];
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return { child, link, url: new URL(link).origin };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}

/** The process that serves the pages has the port until it notices that the killed one is gone. */
async function untilFree(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (!isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Systems assign higher ports to connections, also to those of other tests. */
const [LOWEST_PORT, PORTS] = [15_000, 15_000];

/** Returns a free port, for a server that must know its port before it listens, or listens on it again later. */
export async function freePort(): Promise<string> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (isFree) return String(port);
  }
}
