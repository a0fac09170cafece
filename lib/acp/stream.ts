import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";
import { quoted } from "@/lib/mcp/config/errors";
import { createFlowMeter } from "@/lib/mcp/transport/flow-meter";
import { lastLines, splitLines } from "@/lib/mcp/transport/stdio-transport";
import type { SandboxProcess } from "@/lib/sandbox/port";

/** The part of a sandboxed process that a conversation needs. */
export type AgentProcess = Pick<SandboxProcess, "stdin" | "stdout" | "stderr" | "ended" | "kill">;

export interface AgentStream {
  stream: Stream;
  /** The last lines that the agent wrote to its standard error; empty when there are none. */
  lastWords(): string;
  /** Why the conversation was ended, as the end of a sentence; null while the agent keeps the protocol. */
  broken(): string | null;
}

/** A diff of a large file fits. */
const FRAME_BYTES = 16 * 1024 * 1024;
const BYTES_PER_SECOND = 64 * 1024 * 1024;
const RUBBISH_LINES = 100;
const UNREAD_BYTES = 8 * 1024 * 1024;
const KEPT_STDERR_CHARACTERS = 4_096;

interface Context {
  process: AgentProcess;
  controller: ReadableStreamDefaultController<AnyMessage> | null;
  /** Requests of ours that have no answer yet. */
  asked: Set<unknown>;
  stderr: string;
  rubbish: number;
  broken: string | null;
}

/** Newline-delimited JSON over the process's streams, with limits. An agent that breaks one of them is killed. */
export function agentStream(process: AgentProcess): AgentStream {
  const context: Context = { process, controller: null, asked: new Set(), stderr: "", rubbish: 0, broken: null };
  const readable = new ReadableStream<AnyMessage>({
    start(controller) {
      context.controller = controller;
      startReading(context);
    },
    cancel: () => close(context),
  });
  const writable = new WritableStream<AnyMessage>({ write: (message) => write(context, message) });
  return {
    stream: { readable, writable },
    lastWords: () => lastLines(context.stderr),
    broken: () => context.broken,
  };
}

function startReading(context: Context): void {
  const { process } = context;
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
  void process.ended.then(() => close(context));
}

function takeLine(context: Context, line: string): void {
  if (context.broken !== null || line.trim() === "") return;
  const message = parse(line);
  if (message && isExpected(context, message)) {
    context.controller?.enqueue(message as unknown as AnyMessage);
    return;
  }
  // Programs greet people on standard output, and that alone is no reason to end them.
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
    return isObject && "jsonrpc" in message ? (message as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The SDK writes about other messages to the server's own error output, where no agent should be able to write. */
function isExpected({ asked }: Context, message: Record<string, unknown>): boolean {
  if (typeof message.method === "string") return true;
  return ("result" in message || "error" in message) && asked.delete(message.id);
}

function write(context: Context, message: AnyMessage): Promise<void> {
  const { process, asked } = context;
  if ("method" in message && "id" in message) asked.add(message.id);
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
  close(context);
  void context.process.kill();
}

function close(context: Context): void {
  const { controller } = context;
  context.controller = null;
  try {
    controller?.close();
  } catch {
    // The reader has cancelled it.
  }
}
