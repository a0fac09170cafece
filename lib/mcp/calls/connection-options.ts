import type { RequestId, Transport } from "@modelcontextprotocol/client";
import type { McpFailure } from "@/lib/mcp/config/errors";
import type { Timers } from "@/lib/time/timers";
import type { EraMemory } from "./eras";
import type { McpLimits } from "./limits";
import type { ListName } from "./server-lists";

/** What the transport reports to the connection. */
export interface TransportHooks {
  /** The server broke the protocol or a limit and is closed; `sentence` is the end of a sentence. */
  onBroken(sentence: string): void;
  /** The answer to these requests has ended; requests that are still open will never be answered. */
  onAnswerEnded(ids: RequestId[]): void;
}

export interface ConnectionOptions {
  server: string;
  /** The verb for a failed start, in sentences. */
  verb: "started" | "reached";
  open(hooks: TransportHooks): Promise<OpenedTransport>;
  /** What is known about the versions that a local process speaks; absent for servers over HTTP, which are asked. */
  era?: EraMemory;
  /** Cancels the opening; has no effect afterwards. */
  signal: AbortSignal;
  limits: McpLimits;
  timers: Timers;
  now(): number;
  clientVersion: string;
  onListChanged(list: ListName): void;
  /** Called once, when the connection is closed by either side. `why` is null when it was closed on purpose. */
  onClosed(why: McpFailure | null): void;
}

export interface OpenedTransport {
  transport: Transport;
  /** The end of a sentence that says how it ended and its last output. */
  whyClosed(): string | undefined;
  /** The last lines of its standard error; empty when there are none. */
  lastWords(): string;
}
