import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";
import { type AgentLines, type AgentProcess, agentLines } from "./lines";

export interface AgentStream extends Pick<AgentLines, "lastWords" | "broken" | "leave"> {
  stream: Stream;
}

interface Context {
  controller: ReadableStreamDefaultController<AnyMessage> | null;
  /** Requests of ours that have no answer yet. */
  asked: Set<unknown>;
}

/** The SDK's stream over the process's lines. */
export function agentStream(process: AgentProcess): AgentStream {
  const context: Context = { controller: null, asked: new Set() };
  const readable = new ReadableStream<AnyMessage>({
    start(controller) {
      context.controller = controller;
    },
    cancel: () => close(context),
  });
  const lines = agentLines(process, { take: (message) => take(context, message), onClose: () => close(context) });
  const writable = new WritableStream<AnyMessage>({
    write: (message) => {
      if ("method" in message && "id" in message) context.asked.add(message.id);
      return lines.send(message);
    },
  });
  return { stream: { readable, writable }, lastWords: lines.lastWords, broken: lines.broken, leave: lines.leave };
}

function take(context: Context, message: Record<string, unknown>): boolean {
  if (!("jsonrpc" in message) || !isExpected(context, message)) return false;
  context.controller?.enqueue(message as unknown as AnyMessage);
  return true;
}

/** The SDK writes about other messages to the server's own error output, where no agent should be able to write. */
function isExpected({ asked }: Context, message: Record<string, unknown>): boolean {
  if (typeof message.method === "string") return true;
  return ("result" in message || "error" in message) && asked.delete(message.id);
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
