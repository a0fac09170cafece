/** Starts the real server as it starts without settings, in two processes and a supervisor, but without the pages of Next.js. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { onTestFinished } from "vitest";
import { type ActivityFrame, CHANNELS } from "@/core/shapes/live";
import type { Tree } from "@/core/shapes/shapes";
import { SOCKET_PATH } from "@/core/shapes/wire";
import { openStore, type Store } from "@/db/store";
import { inCell } from "@/launcher/cell.mjs";
import { ACCOUNT, give } from "@/launcher/testing/checkout";
import { newToken } from "@/lib/auth/token";
import { eachLine } from "@/lib/process/lines";
import type { SideName } from "@/lib/process/side";
import { seededFolder } from "@/scripts/testing/killable-server";
import { bundleProgram } from "@/tests/agents/bundle";
import { PATIENT } from "@/tests/agents/patient";
import type { ProviderScript } from "@/tests/agents/provider-script";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";

export interface SidesServer {
  supervisor: ChildProcess;
  data: string;
  url: string;
  /** The requests that the model's provider got, by the agent and the turn. */
  asked: string[];
  /** A connection of the test's own to the same database. */
  store: Store;
  /** Returns the process of the side that runs now. */
  pidOf(side: SideName): number;
  /** Resolves with what the supervisor's process has written, and with its status. */
  ended: Promise<number | null>;
  said(): string;
  /** Sends a request of an admin. Rejects when it is refused, cut, or answered with an error. */
  api<Body>(path: string, body?: object): Promise<Body>;
  submit(): Promise<Tree>;
  connect(): Socket;
}

export interface SidesOptions {
  settings?: Record<string, string>;
  /** In the cell of a release, of an ordinary account. Process ids in the database are those of the cell. */
  isInCell?: boolean;
  /** As a launcher starts it: it hears the lines that the server writes. */
  launch?: { told: object; hear(line: { type: string }): void };
}

export async function startSides(
  script: ProviderScript,
  { settings = {}, isInCell = false, launch }: SidesOptions = {},
) {
  const data = await seededFolder();
  const asked: string[] = [];
  const provider = await startScriptedProvider(script, {
    onRequest: ({ agent, turn }) => void asked.push(`${agent} ${turn}`),
  });
  onTestFinished(() => provider.close());
  const own = { PATH: process.env.PATH ?? "", BANYAN_DATA_DIR: data, BANYAN_KEY_FILE: `${data}-keys.json`, PORT: "0" };
  const model = { ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: provider.url };
  const told = launch && { BANYAN_LAUNCH: JSON.stringify(launch.told) };
  const env = { ...own, ...model, ...PATIENT, ...(isInCell && { HOME: data }), ...settings, ...told };
  const program = [process.execPath, ...(await bundleProgram("server/testing/sides-main.ts"))];
  const [file = "", ...args] = isInCell ? celled(data, program) : program;
  const supervisor = spawn(file, args, {
    ...(isInCell && ACCOUNT),
    env: env as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe", "ignore", launch ? "pipe" : "ignore"],
  });
  let said = "";
  for (const stream of [supervisor.stdout, supervisor.stderr])
    stream?.on("data", (chunk) => {
      said += chunk;
    });
  const ended = once(supervisor, "close").then(([status]) => status as number | null);
  onTestFinished(async () => {
    // A side that a test holds still would keep the pipes.
    if (supervisor.exitCode === null) for (const pid of childrenOf(supervisor.pid)) process.kill(pid, "SIGCONT");
    supervisor.kill("SIGKILL");
    await ended;
  });
  if (launch) hearFrom(supervisor, launch.hear);
  return { supervisor, data, asked, ended, said: () => said };
}

/** Root has no cell, so the folder belongs to the account that has one. */
function celled(data: string, program: string[]): string[] {
  const home = join(data, "home");
  mkdirSync(home);
  give(data);
  return inCell({ home, readOnly: [], writable: [data], cwd: process.cwd() }, program);
}

/** Starts it and waits until it answers. */
export async function servingSides(script: ProviderScript, options: SidesOptions = {}): Promise<SidesServer> {
  const started = await startSides(script, options);
  const { supervisor, data, said } = started;
  const url = await new Promise<string>((resolve, reject) => {
    const poll = () => {
      const found = /listens on (http:\S+)/.exec(said())?.[1];
      if (found) resolve(found);
    };
    supervisor.stdout?.on("data", poll);
    supervisor.once("exit", (status) => reject(new Error(`It ended with ${status}: ${said()}`)));
    poll();
  });
  const store = openStore(join(data, "banyan.db"), { migrations: "drizzle", migrate: false });
  onTestFinished(() => store.close());
  const { token, hash } = newToken();
  await store.people.addToken({ uid: "t", hash, name: "t", role: "admin", task: null, by: "t", expiresAtMs: null });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const api = async <Body>(path: string, body?: object): Promise<Body> => {
    const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const answer = await fetch(`${url}${path}`, { headers: { ...headers, connection: "close" }, ...sent });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Body;
  };
  return {
    ...started,
    url,
    store,
    api,
    pidOf(side) {
      const row = store.workers.list().findLast(({ role }) => role === side);
      if (!row) throw new Error(`No process is registered as ${side}.`);
      return row.pid;
    },
    submit: () => api<Tree>("/api/v1/trees", { task: "Look.", agent: "worker" }),
    connect() {
      const given = { path: SOCKET_PATH, transports: ["websocket"], extraHeaders: headers };
      const socket = io(url, { ...given, forceNew: true });
      onTestFinished(() => void socket.disconnect());
      return socket;
    },
  };
}

function childrenOf(pid: number | undefined): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number) : [];
}

function hearFrom(child: ChildProcess, hear: (line: { type: string }) => void): void {
  const channel = child.stdio[4] as import("node:net").Socket;
  channel.on("error", () => {});
  eachLine(channel, (line) => hear(JSON.parse(line)));
}

/** Sends an order as the launcher does. */
export function order(child: ChildProcess, line: object): void {
  (child.stdio[4] as import("node:net").Socket).write(`${JSON.stringify(line)}\n`);
}

export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Keeps what a client sees of the task that it watches. */
export function watching(socket: Socket, tree: Tree) {
  const seen = { text: "", lost: 0, messages: 0, isJoined: false };
  socket.on("tree:activity", (frame: ActivityFrame, taken: () => void) => {
    if (frame.lost) {
      seen.lost += 1;
      seen.text = "";
    }
    for (const channel of CHANNELS) {
      const piece = frame.channels[channel];
      if (piece && channel === "text") seen.text = seen.text.slice(0, piece.start) + piece.text;
    }
    taken();
  });
  socket.on("tree:batch", ({ messages }: { messages: unknown[] }, taken: () => void) => {
    seen.messages += messages.length;
    taken();
  });
  socket.on("tree:now", (_: unknown, taken: () => void) => taken());
  socket.on("connect", () => {
    socket.emit("tree:watch", { taskId: tree.root_task_id });
    socket.emit("tree:join", { treeId: tree.id, cursor: "" });
    seen.isJoined = true;
  });
  return seen;
}
