import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from "@modelcontextprotocol/client";
import { quoted, reasonOf } from "@/lib/mcp/config/errors";
import type { SandboxProcess } from "@/lib/sandbox/port";
import { untilRead } from "@/lib/sandbox/until-read";
import { createFlowMeter } from "./flow-meter";
import { asMessage } from "./loose-message";

const KEPT_STDERR_CHARACTERS = 4_096;
const SAID_LINES = 3;

export interface StdioTransport extends Transport {
  /** The last lines that the server wrote to its standard error; empty when there are none. */
  lastWords(): string;
  /** How the process ended by itself; undefined while it runs, and after we ended it. */
  exit(): { exitStatus: number | null } | undefined;
}

export interface StdioTransportOptions {
  frameBytes: number;
  rubbishLines: number;
  bytesPerSecond: number;
  unreadBytes: number;
  now(): number;
  /** Called when the server broke the framing; it is being killed. */
  onBroken(sentence: string): void;
}

interface StdioContext {
  process: SandboxProcess;
  options: StdioTransportOptions;
  decoder: TextDecoder;
  isFlood(bytes: number): boolean;
  /** The end of its standard error. */
  stderr: string;
  exit: { exitStatus: number | null } | undefined;
  /** Settles when it has ended and all that it wrote is read. */
  over: Promise<void>;
  /** Whether it ended because we killed it. */
  isOurs: boolean;
  /** The number of lines since the last message that were not messages. */
  rubbish: number;
  isBroken: boolean;
  killed: Promise<void> | undefined;
}

/** Newline-delimited JSON over the streams of a sandboxed process. Closing it ends the process and all its children. */
export function stdioTransport(process: SandboxProcess, options: StdioTransportOptions): StdioTransport {
  const context: StdioContext = {
    process,
    options,
    decoder: new TextDecoder(),
    isFlood: createFlowMeter(options.now, options.bytesPerSecond),
    stderr: "",
    exit: undefined,
    over: Promise.resolve(),
    isOurs: false,
    rubbish: 0,
    isBroken: false,
    killed: undefined,
  };
  const transport: StdioTransport = {
    start: async () => startReading(context, transport),
    send: (message) => send(context, message),
    close: () => kill(context),
    lastWords: () => lastLines(context.stderr),
    exit: () => (context.isOurs ? undefined : context.exit),
  };
  return transport;
}

function startReading(context: StdioContext, transport: StdioTransport): void {
  const { process, options, decoder } = context;
  const onLine = (line: string) => takeLine(context, transport, line);
  const take = splitLines(options.frameBytes, onLine, (sentence) => breakOff(context, sentence));
  process.stdout.on("data", (chunk: Buffer) => {
    meter(context, chunk);
    if (!context.isBroken) take(chunk);
  });
  process.stderr.on("data", (chunk: Buffer) => {
    meter(context, chunk);
    context.stderr = (context.stderr + decoder.decode(chunk, { stream: true })).slice(-KEPT_STDERR_CHARACTERS);
  });
  // Errors of the streams are ignored, because `ended` reports a server that exits during a write.
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on("error", () => undefined);
  context.over = process.ended.then(async (how) => {
    context.exit = how;
    context.isOurs = context.killed !== undefined;
    // An answer, or the words that say why, may be the last thing that it wrote.
    await untilRead([process.stdout, process.stderr]);
    transport.onclose?.();
  });
}

function send(context: StdioContext, message: JSONRPCMessage): Promise<void> {
  const { process, options } = context;
  return new Promise((resolve, reject) => {
    if (context.exit || context.isBroken) return reject(new Error("the server has ended"));
    if (process.stdin.writableLength > options.unreadBytes) breakOff(context, "it does not read its input");
    process.stdin.write(`${JSON.stringify(message)}\n`, (error) => {
      // A closed input means that the process is ending, and its exit says more than the broken pipe.
      if (error) void context.over.then(() => reject(error));
      else resolve();
    });
  });
}

function takeLine(context: StdioContext, transport: StdioTransport, line: string): void {
  if (context.isBroken || line.trim() === "") return;
  const message = parseMessage(line);
  if (message) {
    context.rubbish = 0;
    pass(context, transport, message);
    return;
  }
  // Many servers print a greeting to stdout; one that prints nothing else is not an MCP server.
  context.rubbish += 1;
  transport.onerror?.(new Error(`it wrote a line that is not a message: ${quoted(line.slice(0, 200))}`));
  const { rubbishLines } = context.options;
  if (context.rubbish > rubbishLines)
    breakOff(
      context,
      `it wrote more than ${rubbishLines} lines to its standard output that are not messages, such as "${quoted(line.slice(0, 80))}"`,
    );
}

/** The SDK throws where it quotes a message that is nested without end, and nobody above this would catch it. */
function pass(context: StdioContext, transport: StdioTransport, message: JSONRPCMessage): void {
  try {
    transport.onmessage?.(message);
  } catch (error) {
    breakOff(context, `it sent a message that cannot be read (${reasonOf(error)})`);
  }
}

function meter(context: StdioContext, chunk: Buffer): void {
  if (context.isFlood(chunk.length))
    breakOff(context, `it sent more than ${context.options.bytesPerSecond} bytes in a second`);
}

function breakOff(context: StdioContext, sentence: string): void {
  if (context.isBroken) return;
  context.isBroken = true;
  context.process.stdout.destroy();
  context.options.onBroken(sentence);
  void kill(context);
}

function kill(context: StdioContext): Promise<void> {
  context.killed ??= context.process.kill();
  return context.killed;
}

function parseMessage(line: string): JSONRPCMessage | undefined {
  try {
    return parseJSONRPCMessage(asMessage(JSON.parse(line)));
  } catch {
    return undefined;
  }
}

const FIRST_BYTES = 4_096;

/**
 * Copies the pieces of a line into one buffer, which doubles when it is full, so that a huge line in tiny pieces costs no
 * more than its size: each piece kept as it came would cost a hundred bytes more.
 */
export function splitLines(frameBytes: number, onLine: (line: string) => void, onHuge: (sentence: string) => void) {
  let line = Buffer.alloc(0);
  let bytes = 0;
  const add = (piece: Buffer) => {
    if (bytes + piece.length > line.length) {
      const larger = Buffer.allocUnsafe(Math.max(FIRST_BYTES, 2 * line.length, bytes + piece.length));
      line.copy(larger, 0, 0, bytes);
      line = larger;
    }
    piece.copy(line, bytes);
    bytes += piece.length;
  };
  const taken = () => {
    const text = line.toString("utf8", 0, bytes);
    bytes = 0;
    if (line.length > FIRST_BYTES) line = Buffer.alloc(0);
    return text;
  };
  return (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); ; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      if (bytes + piece.length > frameBytes) {
        line = Buffer.alloc(0);
        bytes = 0;
        onHuge(`it sent a message of more than ${frameBytes} bytes`);
        return;
      }
      add(piece);
      if (end < 0) return;
      from = end + 1;
      onLine(taken());
    }
  };
}

/** Returns the end of an error output on one line. */
export function lastLines(text: string): string {
  // Node's stack trace is dropped, because it would hide the error message.
  const lines = text.split("\n").filter((line) => !/^\s*(at .*|\^+|Node\.js v.*|\}?)$/.test(line));
  return quoted(lines.slice(-SAID_LINES).join(" | "));
}
