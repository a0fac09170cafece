/** The server's half of a program on a runner: its streams, its life, and the socket that it may reach. */
import { type Http2Session, performServerHandshake, type ServerHttp2Stream } from "node:http2";
import { connect } from "node:net";
import { PassThrough, pipeline, type Readable, type Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { z } from "zod";
import type { SandboxProcess } from "../../sandbox/port";
import { WorkspaceError } from "../../workspace/path";
import { ServerLane } from "./lane";
import { linesOf, PATHS, sayLine } from "./lines";

export interface RemoteStart {
  /** A socket of the server that the program's connections to its port end at. Absent: it has no such port. */
  socket?: string;
  /** Ends the wait for the start. */
  signal: AbortSignal;
  onActivity(): void;
}

/** Asks the runner for the program. Resolves with how it ended; the signal ends it. */
type Ask = (lane: ServerLane, receive: (number: string, data: string) => void, signal: AbortSignal) => Promise<unknown>;

/** A program's connections at once, and its own streams. */
const MOST_STREAMS = 200;
const MOST_SENTENCE_CHARS = 2_000;

const sentence = z.string().transform((said) => said.slice(0, MOST_SENTENCE_CHARS));
const endedShape = z.object({ exitStatus: z.int().nullable(), problem: sentence.optional() });
const saidShape = z.union([
  z.object({ activity: z.literal(true) }),
  z.object({ done: z.int(), problem: sentence.nullable() }),
]);

/** Resolves when the program runs; rejects with what `ask` rejects with when it does not. */
export async function remoteProgram(ask: Ask, given: RemoteStart): Promise<SandboxProcess> {
  const { socket, onActivity, signal } = given;
  const lane = new ServerLane();
  const ends = new AbortController();
  const session = performServerHandshake(lane, { settings: { maxConcurrentStreams: MOST_STREAMS } });
  for (const part of [lane, session]) part.on("error", () => undefined);
  const streams = programStreams(session, socket);
  const asked = ask(lane, (number, data) => lane.receive(Number(number), Buffer.from(data, "base64")), ends.signal);
  lane.once("close", () => ends.abort(new Error("The connection to the runner was lost.")));
  const over = () => {
    session.destroy();
    lane.destroy();
  };
  asked.catch(over);
  const failed = asked.then(() => {
    throw new WorkspaceError("The program ended before it had begun.");
  });
  failed.catch(() => undefined);
  const stop = () => ends.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const opened = await Promise.race([streams, failed])
    .catch((error) => {
      over();
      throw error;
    })
    .finally(() => signal.removeEventListener("abort", stop));
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  joined(stdin, opened.stdin);
  joined(opened.stdout, stdout);
  joined(opened.stderr, stderr);
  // The runner closes the session when all that the program said was read here.
  for (const stream of [opened.stdout, opened.stderr]) stream.once("end", () => stream.end());
  const ended = endOf(asked);
  // What it said last may still be on its way to whoever reads it.
  const said = [opened.stdout, opened.stderr].map((stream) => finished(stream, { writable: false }));
  void Promise.allSettled([asked, ...said]).then(over);
  return {
    stdin,
    stdout,
    stderr,
    ended,
    synchronise: synchroniser(opened.control, ended, onActivity),
    async kill() {
      ends.abort(new Error("The program was ended."));
      await ended;
      over();
    },
  };
}

async function endOf(asked: Promise<unknown>): ReturnType<() => SandboxProcess["ended"]> {
  try {
    const { exitStatus, problem } = endedShape.parse(await asked);
    return { exitStatus, ...(problem !== undefined && { problem }) };
  } catch (error) {
    const problem = error instanceof WorkspaceError ? error.message : "The runner did not say how the program ended.";
    return { exitStatus: null, problem };
  }
}

interface ProgramStreams {
  stdin: ServerHttp2Stream;
  stdout: ServerHttp2Stream;
  stderr: ServerHttp2Stream;
  control: ServerHttp2Stream;
}

/** Resolves when the runner has opened all of them. Connections of the program go to the socket. */
function programStreams(session: Http2Session, socket: string | undefined): Promise<ProgramStreams> {
  const found = new Map<string, ServerHttp2Stream>();
  return new Promise((resolve) => {
    session.on("stream", (stream: ServerHttp2Stream, headers: { ":path"?: string }) => {
      stream.on("error", () => undefined);
      // The runner may have taken it back.
      if (stream.destroyed) return;
      const path = headers[":path"] ?? "";
      stream.respond({ ":status": 200 });
      if (path === PATHS.forward) return socket === undefined ? stream.close() : forwarded(stream, socket);
      found.set(path, stream);
      const { stdin, stdout, stderr, control } = Object.fromEntries([...found].map(([at, one]) => [at.slice(1), one]));
      if (stdin && stdout && stderr && control) resolve({ stdin, stdout, stderr, control });
    });
  });
}

function forwarded(stream: ServerHttp2Stream, socket: string): void {
  const inside = connect({ path: socket, allowHalfOpen: true });
  joined(stream, inside);
  joined(inside, stream);
}

/** Either end may go away, and what reads from the other sees its end. */
export function joined(from: Readable, to: Writable): void {
  // Newer versions of Node throw at a pipeline into what has gone away.
  if (to.destroyed) {
    from.destroy();
    return;
  }
  pipeline(from, to, () => undefined);
  // A pipeline waits for ever where the source is destroyed after its last byte and before it says "end".
  from.once("close", () => to.end());
}

function synchroniser(control: ServerHttp2Stream, ended: Promise<unknown>, onActivity: () => void) {
  const waiting = new Map<number, (problem: string | null) => void>();
  let last = 0;
  linesOf(control, (line) => {
    const said = saidShape.safeParse(line);
    if (!said.success) return;
    if ("activity" in said.data) return onActivity();
    waiting.get(said.data.done)?.(said.data.problem);
  });
  return async () => {
    last += 1;
    const number = last;
    const answered = new Promise<string | null>((resolve) => waiting.set(number, resolve));
    sayLine(control, { synchronise: number });
    const over = ended.then(() => "The program has ended, so its files can no longer be compared.");
    const problem = await Promise.race([answered, over]);
    waiting.delete(number);
    if (problem !== null) throw new WorkspaceError(problem);
  };
}
