/** The runner's half of a program: starts it, and carries its streams and connections to the server. */
import { randomUUID } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { z } from "zod";
import type { SandboxProcess } from "../../sandbox/port";
import { temporaryFolder } from "../../sandbox/temporary";
import { RunnerLane, type RunnerSide } from "./lane";
import { linesOf, PATHS, sayLine } from "./lines";
import { joined } from "./remote";

/** The sockets of this process's programs; their paths have to be short. */
const sockets = temporaryFolder();

/** Starts the program, whose connections come to this socket. */
type Start = (given: { socket: string; onActivity(): void }) => Promise<SandboxProcess>;

interface Ended {
  exitStatus: number | null;
  problem?: string;
}

/** Resolves when the program has ended and the server has all that it said. Rejects when it cannot start. */
export async function serveProgram(start: Start, side: RunnerSide, signal: AbortSignal): Promise<Ended> {
  const lane = new RunnerLane(side);
  const session = connectHttp2("http://server", { createConnection: () => lane });
  for (const part of [lane, session]) part.on("error", () => undefined);
  const socket = join(sockets.path(), `program-${randomUUID().slice(0, 8)}`);
  const server = await listening(socket, session);
  try {
    return await served(start, { lane, session, socket }, signal);
  } finally {
    server.close();
    rmSync(socket, { force: true });
    session.destroy();
    lane.destroy();
  }
}

interface Served {
  lane: RunnerLane;
  session: ClientHttp2Session;
  socket: string;
}

async function served(start: Start, { lane, session, socket }: Served, signal: AbortSignal): Promise<Ended> {
  let control: ClientHttp2Stream | null = null;
  const onActivity = () => {
    if (control) sayLine(control, { activity: true });
  };
  const program = await start({ socket, onActivity });
  const kill = () => void program.kill();
  signal.addEventListener("abort", kill, { once: true });
  lane.once("close", kill);
  if (signal.aborted || lane.destroyed || session.destroyed) {
    await program.kill();
    return program.ended;
  }
  const [stdout, stderr] = [opened(session, PATHS.stdout), opened(session, PATHS.stderr)];
  joined(program.stdout, stdout);
  joined(program.stderr, stderr);
  joined(opened(session, PATHS.stdin), program.stdin);
  for (const stream of [stdout, stderr]) stream.resume();
  control = opened(session, PATHS.control);
  answerSynchronising(control, program);
  try {
    const ended = await program.ended;
    // The server ends its half of a stream when it has read all of it. It may also listen no more.
    const said = Promise.all([stdout, stderr].map((stream) => finished(stream)));
    const over = new Promise<void>((resolve) => {
      if (lane.destroyed || signal.aborted) resolve();
      lane.once("close", resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([said, over]).catch(() => undefined);
    return ended;
  } finally {
    signal.removeEventListener("abort", kill);
    lane.off("close", kill);
  }
}

function opened(session: ClientHttp2Session, path: string): ClientHttp2Stream {
  const stream = session.request({ ":method": "POST", ":path": path });
  stream.on("error", () => undefined);
  return stream;
}

const askedShape = z.object({ synchronise: z.int() });

function answerSynchronising(control: ClientHttp2Stream, program: SandboxProcess): void {
  linesOf(control, (line) => {
    const asked = askedShape.safeParse(line);
    if (!asked.success) return;
    const done = asked.data.synchronise;
    program.synchronise().then(
      () => sayLine(control, { done, problem: null }),
      (error: unknown) => sayLine(control, { done, problem: error instanceof Error ? error.message : String(error) }),
    );
  });
}

/** Each connection of the program becomes one stream to the server. */
async function listening(socket: string, session: ClientHttp2Session): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on("error", () => undefined);
    if (session.destroyed || session.closed) return void connection.destroy();
    const stream = opened(session, PATHS.forward);
    joined(connection, stream);
    joined(stream, connection);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  // The program may run as another account.
  chmodSync(socket, 0o666);
  return server;
}
