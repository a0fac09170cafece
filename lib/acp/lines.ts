/** Newline-delimited JSON over an agent's streams, with limits. An agent that breaks one of them is killed. */
import { quoted } from "@/lib/mcp/config/errors";
import { createFlowMeter } from "@/lib/mcp/transport/flow-meter";
import { lastLines, splitLines } from "@/lib/mcp/transport/stdio-transport";
import { beyondBounds } from "@/lib/net/bounded-json";
import type { SandboxProcess } from "@/lib/sandbox/port";

/** The part of a sandboxed process that a conversation needs. */
export type AgentProcess = Pick<SandboxProcess, "stdin" | "stdout" | "stderr" | "ended" | "kill">;

export interface AgentLines {
  /** Resolves when the process has taken it, or is ending. */
  send(message: unknown): Promise<void>;
  /** The last lines that the agent wrote to its standard error; empty when there are none. */
  lastWords(): string;
  /** Why the conversation was ended, as the end of a sentence; null while the agent keeps the protocol. */
  broken(): string | null;
  /** Kills an agent that keeps the framing but breaks another rule; `why` is the end of a sentence. */
  leave(why: string): void;
}

export interface Reader {
  /** Takes one object that the agent wrote; returns whether it is a message. */
  take(message: Record<string, unknown>): boolean;
  /** No more messages come. It may be called more than once. */
  onClose(): void;
}

/** A diff of a large file fits. */
const FRAME_BYTES = 16 * 1024 * 1024;
/** Reading and writing a message recurse for each level, so endless nesting would break this process. */
const MESSAGE_BOUNDS = { characters: FRAME_BYTES, depth: 200, values: 500_000 };
const BYTES_PER_SECOND = 64 * 1024 * 1024;
const RUBBISH_LINES = 100;
const UNREAD_BYTES = 8 * 1024 * 1024;
const KEPT_STDERR_CHARACTERS = 4_096;

interface Context {
  process: AgentProcess;
  reader: Reader;
  stderr: string;
  rubbish: number;
  broken: string | null;
}

/** Starts reading. */
export function agentLines(process: AgentProcess, reader: Reader): AgentLines {
  const context: Context = { process, reader, stderr: "", rubbish: 0, broken: null };
  startReading(context);
  return {
    send: (message) => send(context, message),
    lastWords: () => lastLines(context.stderr),
    broken: () => context.broken,
    leave: (why) => breakOff(context, why),
  };
}

function startReading(context: Context): void {
  const { process, reader } = context;
  const decoder = new TextDecoder();
  const isFlood = createFlowMeter(() => performance.now(), BYTES_PER_SECOND);
  const onHuge = () => breakOff(context, `it sent a message of more than ${FRAME_BYTES} bytes`);
  const take = splitLines(FRAME_BYTES, (line) => takeLine(context, line), onHuge);
  const meter = (chunk: Buffer) => {
    if (isFlood(chunk.length)) breakOff(context, `it sent more than ${BYTES_PER_SECOND} bytes in a second`);
  };
  process.stdout.on("data", (chunk: Buffer) => {
    meter(chunk);
    if (context.broken === null) take(chunk);
  });
  process.stderr.on("data", (chunk: Buffer) => {
    meter(chunk);
    context.stderr = (context.stderr + decoder.decode(chunk, { stream: true })).slice(-KEPT_STDERR_CHARACTERS);
  });
  // `ended` reports an agent that exits during a write.
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on("error", () => undefined);
  void process.ended.then(() => reader.onClose());
}

function takeLine(context: Context, line: string): void {
  if (context.broken !== null || line.trim() === "") return;
  const beyond = beyondBounds(line, MESSAGE_BOUNDS);
  if (beyond !== null) {
    breakOff(context, `it sent a message that is too large: ${beyond}`);
    return;
  }
  const message = parse(line);
  if (message && context.reader.take(message)) return;
  // Programs print greetings on standard output, which alone is no reason to end them.
  context.rubbish += 1;
  if (context.rubbish > RUBBISH_LINES)
    breakOff(
      context,
      `it wrote more than ${RUBBISH_LINES} lines that are not messages, such as "${quoted(line.slice(0, 80))}"`,
    );
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const message: unknown = JSON.parse(line);
    const isObject = typeof message === "object" && message !== null && !Array.isArray(message);
    return isObject ? (message as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function send(context: Context, message: unknown): Promise<void> {
  const { process } = context;
  if (process.stdin.writableLength > UNREAD_BYTES) breakOff(context, "it does not read its input");
  return new Promise((resolve) => {
    // A closed input means that the process is ending, and `ended` says so.
    process.stdin.write(`${JSON.stringify(message)}\n`, () => resolve());
  });
}

function breakOff(context: Context, why: string): void {
  if (context.broken !== null) return;
  context.broken = why;
  context.process.stdout.destroy();
  context.reader.onClose();
  void context.process.kill();
}
