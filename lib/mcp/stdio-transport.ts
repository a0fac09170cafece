import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import type { SandboxProcess } from "../sandbox/port";
import { quoted } from "./errors";
import { createFlowMeter } from "./flow-meter";

const KEPT_STDERR_CHARACTERS = 4_096;
const SAID_LINES = 3;

export interface StdioTransport extends Transport {
  /** The last lines that the server wrote to its standard error; empty: none. */
  lastWords(): string;
  /** How the process ended; undefined: it runs. */
  exit(): { exitStatus: number | null } | undefined;
}

export interface StdioTransportOptions {
  frameBytes: number;
  rubbishLines: number;
  bytesPerSecond: number;
  unreadBytes: number;
  now(): number;
  /** The server broke the framing for good; it is being killed. */
  onBroken(sentence: string): void;
}

/** Newline-delimited JSON over the streams of a process that the sandbox started. Closing it ends the process and all that it started. */
export function stdioTransport(process: SandboxProcess, options: StdioTransportOptions): StdioTransport {
  const decoder = new TextDecoder();
  let stderr = "";
  let exit: { exitStatus: number | null } | undefined;
  let rubbish = 0;
  let isBroken = false;
  let killed: Promise<void> | undefined;

  const kill = () => {
    killed ??= process.kill();
    return killed;
  };
  const breakOff = (sentence: string) => {
    if (isBroken) return;
    isBroken = true;
    process.stdout.destroy();
    options.onBroken(sentence);
    void kill();
  };

  const isFlood = createFlowMeter(options.now, options.bytesPerSecond);
  const meter = (chunk: Buffer) => {
    if (isFlood(chunk.length)) breakOff(`it sent more than ${options.bytesPerSecond} bytes in a second`);
  };

  const transport: StdioTransport = {
    async start() {
      const take = splitLines(options.frameBytes, onLine, breakOff);
      process.stdout.on("data", (chunk: Buffer) => {
        meter(chunk);
        if (!isBroken) take(chunk);
      });
      process.stderr.on("data", (chunk: Buffer) => {
        meter(chunk);
        stderr = (stderr + decoder.decode(chunk, { stream: true })).slice(-KEPT_STDERR_CHARACTERS);
      });
      // A server that ends while something is written to it: `ended` tells.
      for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on("error", () => undefined);
      void process.ended.then((how) => {
        exit = how;
        transport.onclose?.();
      });
    },
    send(message) {
      return new Promise((resolve, reject) => {
        if (exit || isBroken) return reject(new Error("the server has ended"));
        if (process.stdin.writableLength > options.unreadBytes) breakOff("it does not read its input");
        process.stdin.write(`${JSON.stringify(message)}\n`, (error) => {
          // Whoever closes its input is about to end, and how it ended says more than the broken pipe.
          if (error) void process.ended.then(() => reject(error));
          else resolve();
        });
      });
    },
    close: kill,
    lastWords: () => lastLines(stderr),
    exit: () => exit,
  };

  function onLine(line: string): void {
    if (isBroken || line.trim() === "") return;
    const message = parseMessage(line);
    if (message) {
      transport.onmessage?.(message);
      return;
    }
    // Many servers greet on stdout; one that does nothing else is none.
    rubbish += 1;
    transport.onerror?.(new Error(`it wrote a line that is no message: ${quoted(line.slice(0, 200))}`));
    if (rubbish > options.rubbishLines)
      breakOff(
        `it wrote more than ${options.rubbishLines} lines to its standard output that are no messages, such as "${quoted(line.slice(0, 80))}"`,
      );
  }
  return transport;
}

function parseMessage(line: string): JSONRPCMessage | undefined {
  try {
    const parsed = JSONRPCMessageSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Pieces of a line are joined once, when it is whole: a huge line that comes in small pieces costs no more than its size. */
function splitLines(frameBytes: number, onLine: (line: string) => void, onHuge: (sentence: string) => void) {
  let pieces: Buffer[] = [];
  let bytes = 0;
  return (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); ; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      bytes += piece.length;
      if (bytes > frameBytes) {
        pieces = [];
        onHuge(`it sent a message of more than ${frameBytes} bytes`);
        return;
      }
      pieces.push(piece);
      if (end < 0) return;
      const line = Buffer.concat(pieces).toString("utf8");
      pieces = [];
      bytes = 0;
      from = end + 1;
      onLine(line);
    }
  };
}

function lastLines(text: string): string {
  // Where in its code a program failed helps nobody here: Node's stack would hide what it says.
  const lines = text.split("\n").filter((line) => !/^\s*(at .*|\^+|Node\.js v.*|\}?)$/.test(line));
  return quoted(lines.slice(-SAID_LINES).join(" | "));
}
