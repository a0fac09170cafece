/**
 * Runs a service in the sandbox. It has no network but a loopback of its own, sees its files read-only, keeps what it
 * keeps in one folder, and is reached through one socket. The socket belongs to a second sandbox in the same loopback:
 * what the service itself could write, it could turn into a link to a socket of the host.
 */
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { giveToTools, serverIsRoot } from "@/lib/process/tools-identity";
import type { SandboxLimits, SandboxPort, SandboxProcess } from "@/lib/sandbox/port";
import { temporaryFolder } from "@/lib/sandbox/temporary";
import { orAborted } from "@/lib/time/or-aborted";

/** Where a service finds itself. */
export const PLACES = { files: "/srv/service", data: "/var/lib/service" } as const;

/** The sockets of this process's services; their paths have to be short. */
const temporary = temporaryFolder();
const SOCKETS = "/srv/sockets";
const SOCKET = "service.sock";
const PORT = 8080;
const READ_AND_ENTER = 0o005;
const START_MS = 60_000;
const BRIDGE_LIMITS = { processes: 16, openFiles: 1_024, memoryBytes: 256 * 1024 * 1024 };

export interface EnvironmentStart {
  sandbox: Pick<SandboxPort, "start" | "status">;
  /** Its files, with the packages that it needs. */
  folder: string;
  /** Starts it, as bash parses it; it listens at `PORT` of `HOST`. */
  command: string;
  /** What it keeps, such as its database: a folder of the server, which the service may write. */
  data: string;
  /** Further variables of its environment. */
  env?: Readonly<Record<string, string>>;
  limits?: Partial<SandboxLimits>;
  /** Called with each piece of what it prints. Must not throw. */
  onOutput?(text: string): unknown;
  /** How long it may take until it listens. */
  startMs?: number;
  /** Ends the start; a service that listens is ended by its `stop`. */
  signal?: AbortSignal;
}

export interface RunningEnvironment {
  /** Where this machine reaches it. */
  socket: string;
  /** Opens a connection to its port. */
  connect(): net.Socket;
  /** Settles when it has ended; `problem` is a sentence that says why it was ended. */
  ended: Promise<{ exitStatus: number | null; problem?: string }>;
  /** Ends it and everything that it started. */
  stop(): Promise<void>;
}

/** Resolves when the service listens. Rejects with one sentence when it does not, or with the signal's reason. */
export async function startEnvironment(start: EnvironmentStart): Promise<RunningEnvironment> {
  const { sandbox, folder, command, data, env = {}, limits, onOutput, signal = new AbortController().signal } = start;
  const status = await sandbox.status();
  if (!status.available) throw new Error(status.reason);
  if (status.noSharedNetwork !== undefined) throw new Error(status.noSharedNetwork);
  refuseUnreadable(folder);
  const sockets = fs.mkdtempSync(path.join(temporary.path(), "service-"));
  const removeSockets = () => fs.rmSync(sockets, { recursive: true, force: true });
  const started: SandboxProcess[] = [];
  const end = async () => {
    await Promise.all(started.map((program) => program.kill()));
    removeSockets();
  };
  try {
    giveToTools(sockets);
    giveToTools(data);
    const sharedNetwork = `service ${randomUUID()}`;
    const nowhere = { workspace: null, hiddenPaths: [], sharedNetwork };
    const bridge = await sandbox.start({
      ...nowhere,
      command: `exec node -e '${BRIDGE}'`,
      writable: [{ source: sockets, at: SOCKETS }],
      limits: BRIDGE_LIMITS,
    });
    started.push(bridge);
    const isUp = said(bridge, "up");
    const service = await sandbox.start({
      ...nowhere,
      command: `cd ${PLACES.files} && { ${command}\n}`,
      readOnly: [{ source: folder, at: PLACES.files }],
      writable: [{ source: data, at: PLACES.data }],
      env: { ...env, PORT: String(PORT), HOST: "127.0.0.1", DATA_DIR: PLACES.data },
      ...(limits && { limits }),
    });
    started.push(service);
    const heard = listen(service, onOutput);
    await orAborted(() => up({ isUp, service, heard, startMs: start.startMs ?? START_MS }), signal);
    // Without its way in nobody reaches it.
    const ended = Promise.race([service.ended, bridge.ended]).finally(end);
    const socket = path.join(sockets, SOCKET);
    return { socket, connect: () => net.connect({ path: socket }), ended, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** For root a service runs as a user who owns nothing. Throws with one sentence when that user may not read its files. */
function refuseUnreadable(folder: string): void {
  if (!serverIsRoot() || (fs.statSync(folder).mode & READ_AND_ENTER) === READ_AND_ENTER) return;
  throw new Error(
    `Root's services run as a user without rights, who may not read ${folder}: allow it with chmod -R o+rX ${folder}`,
  );
}

/** In the sandbox: tells once when the port answers, and connects each connection of the socket with it. */
const BRIDGE = `
const net = require("node:net");
process.on("uncaughtException", () => undefined);
const at = { host: "127.0.0.1", port: ${PORT}, allowHalfOpen: true };
const probe = () => {
  const socket = net.connect(at, () => (socket.destroy(), process.stdout.write("up\\n")));
  socket.on("error", () => setTimeout(probe, 100));
};
net
  .createServer({ allowHalfOpen: true }, (outside) => {
    const inside = net.connect(at);
    const end = () => (inside.destroy(), outside.destroy());
    for (const socket of [inside, outside]) socket.on("error", end);
    inside.pipe(outside);
    outside.pipe(inside);
    inside.on("close", () => outside.destroy());
    outside.on("close", () => inside.destroy());
  })
  .listen("${SOCKETS}/${SOCKET}", probe);
`;

function said({ stdout }: SandboxProcess, word: string): Promise<void> {
  return new Promise((resolve) => {
    let text = "";
    stdout.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString("utf8")).slice(-100);
      if (text.includes(word)) resolve();
    });
  });
}

const MOST_HEARD = 4_000;
const MOST_QUOTED = 300;

/** Returns the function that tells the end of what the program printed so far. */
function listen({ stdout, stderr }: SandboxProcess, onOutput: EnvironmentStart["onOutput"]): () => string {
  let last = "";
  for (const stream of [stdout, stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      last = (last + text).slice(-MOST_HEARD);
      onOutput?.(text);
    });
  }
  return () => last;
}

/** Returns the last line that says something, as a further sentence. */
function lastLine(text: string): string {
  const line = stripVTControlCharacters(text).trim().split("\n").at(-1)?.trim().slice(0, MOST_QUOTED) ?? "";
  return line === "" ? "" : ` It said last: ${line}`;
}

interface Starting {
  isUp: Promise<void>;
  service: SandboxProcess;
  heard(): string;
  startMs: number;
}

async function up({ isUp, service, heard, startMs }: Starting): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const sentence = `The service did not listen at the port that PORT names within ${Math.round(startMs / 1_000)} seconds.`;
    timer = setTimeout(() => reject(new Error(sentence + lastLine(heard()))), startMs);
  });
  const gone = service.ended.then(({ exitStatus, problem }) => {
    throw new Error(
      problem ?? `The service ended with exit status ${exitStatus} before it listened.${lastLine(heard())}`,
    );
  });
  try {
    await Promise.race([isUp, gone, late]);
  } finally {
    clearTimeout(timer);
    gone.catch(() => undefined);
  }
}
