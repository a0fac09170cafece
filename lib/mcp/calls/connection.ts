import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { RequestId } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { McpFailure, reasonOf } from "@/lib/mcp/config/errors";
import type { ListedTool, ServerDescription } from "@/lib/mcp/config/types";
import { type WatchedTransport, watchTransport } from "@/lib/mcp/transport/watched-transport";
import type { Timers } from "@/lib/time/timers";
import { type AskOptions, ask, httpReason } from "./ask";
import type { McpLimits } from "./limits";
import { type ListName, type ServerLists, serverLists, watchLists } from "./server-lists";

export interface OpenedTransport {
  transport: Transport;
  /** The end of a sentence that says how it ended and its last output. */
  whyClosed(): string | undefined;
  /** The last lines of its standard error; empty when there are none. */
  lastWords(): string;
}

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

export interface Connection {
  /** Returns the tools as last listed; lists them again when the list is old or the server said that it changed. */
  tools(signal?: AbortSignal): Promise<readonly ListedTool[]>;
  describe(signal?: AbortSignal): Promise<ServerDescription>;
  request<S extends z.ZodType>(
    method: string,
    params: Record<string, unknown>,
    schema: S,
    options: AskOptions,
  ): Promise<z.output<S>>;
  /** Rejects when the server does not answer. */
  ping(): Promise<void>;
  isOpen(): boolean;
  /** Whether it still works but should be renewed when it is idle. */
  isWorn(): boolean;
  lastHeardMs(): number;
  close(): Promise<void>;
}

const ANSWER_GRACE_MS = 500;
const MOST_IGNORED_CANCELLATIONS = 2;
const MOST_PROBLEMS = 50;

interface ConnectionContext {
  options: ConnectionOptions;
  client: Client;
  opened: OpenedTransport | undefined;
  watched: WatchedTransport | undefined;
  /** Why it can no longer be used. */
  down: McpFailure | undefined;
  isClosed: boolean;
  /** false when it was closed on purpose. */
  isWanted: boolean;
  isUp: boolean;
  /** The number of cancelled calls. */
  cancelled: number;
  /** The cancelled calls that the server continued. */
  ignored: Set<RequestId>;
}

/** Starts a server and completes the handshake. On failure it cleans up and rejects with a McpFailure. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { server, limits, now, timers } = options;
  const startedMs = now();
  const client = new Client({ name: "banyan", version: options.clientVersion }, { capabilities: {} });
  const context: ConnectionContext = {
    options,
    client,
    opened: undefined,
    watched: undefined,
    down: undefined,
    isClosed: false,
    isWanted: true,
    isUp: false,
    cancelled: 0,
    ignored: new Set(),
  };
  client.onclose = () => noteClosed(context);
  client.onerror = (error) => {
    if (/^Maximum reconnection attempts/.test(error.message))
      fail(context, "unavailable", "its stream ended early and could not be resumed");
  };
  const whyDown = () => whyConnectionDown(context);
  const asked = { server, client, timers, callTotalMs: limits.callTotalMs, whyDown };
  await connect(context);
  const lists = serverLists(asked, limits, now);
  const stopWatching = watchLists(client, timers, lists, (list) => {
    if (!context.isClosed) options.onListChanged(list);
  });
  return {
    tools: async (signal) => (await lists.tools(signal)).tools,
    describe: async (signal) => ({
      ...(await described(context, lists, signal)),
      durationMs: Math.round(now() - startedMs),
    }),
    request: (method, params, schema, askOptions) => ask(asked, { method, params }, schema, askOptions),
    async ping() {
      await ask(asked, { method: "ping" }, z.unknown(), { timeoutMs: limits.pingMs });
    },
    isOpen: () => !context.isClosed && !context.down,
    isWorn: () => options.verb === "reached" && context.cancelled >= limits.abandonedCalls,
    lastHeardMs: () => context.watched?.lastHeardMs() ?? 0,
    async close() {
      context.isWanted = false;
      stopWatching();
      await client.close();
    },
  };
}

async function connect(context: ConnectionContext): Promise<void> {
  const { options, client } = context;
  const { limits, now, signal } = options;
  try {
    context.opened = await options.open(hooksOf(context));
    context.watched = watchTransport(context.opened.transport, {
      now,
      messagesPerSecond: limits.messagesPerSecond,
      cancelGraceMs: limits.cancelGraceMs,
      onFlood: () => fail(context, "misbehaved", `it sent more than ${limits.messagesPerSecond} messages in a second`),
      onCancelled(id) {
        context.cancelled += 1;
        // A server that is still busy with a cancelled call does not answer a ping.
        client.ping({ timeout: limits.cancelGraceMs }).catch(() => context.isClosed || noteIgnored(context, id));
      },
      onIgnoredCancellation: (id) => noteIgnored(context, id),
    });
    await client.connect(context.watched, { timeout: limits.startMs, signal });
    context.isUp = true;
  } catch (error) {
    context.isWanted = false;
    const { down, opened } = context;
    const failure = down?.kind === "misbehaved" ? down : startFailure(options, error, opened);
    await opened?.transport.close();
    throw failure;
  }
}

function hooksOf(context: ConnectionContext): TransportHooks {
  return {
    onBroken: (rest) => fail(context, "misbehaved", rest),
    onAnswerEnded(ids) {
      context.options.timers.after(ANSWER_GRACE_MS, () => {
        if (ids.some((id) => context.watched?.isOpen(id)))
          fail(context, "unavailable", "its answer ended before the response arrived");
      });
    },
  };
}

/** Closes the connection; `rest` completes the sentence that says why. */
function fail(context: ConnectionContext, kind: McpFailure["kind"], rest: string): void {
  if (context.down || context.isClosed) return;
  context.down = new McpFailure(kind, `The server ${context.options.server} was closed, because ${rest}.`);
  context.client.close().catch(() => undefined);
  // Reports the closing now, because a process may take long to exit.
  context.watched?.onclose?.();
}

function noteIgnored(context: ConnectionContext, id: RequestId): void {
  context.ignored.add(id);
  if (context.ignored.size >= MOST_IGNORED_CANCELLATIONS)
    fail(context, "misbehaved", "it continued calls that had been cancelled");
}

function noteClosed(context: ConnectionContext): void {
  const { options, isWanted } = context;
  if (context.isClosed) return;
  context.isClosed = true;
  if (isWanted)
    context.down ??= new McpFailure(
      "unavailable",
      `The server ${options.server} ${context.opened?.whyClosed() ?? "closed the connection"}.`,
    );
  // Before the connection is up, the failure goes to the caller that opens it.
  if (context.isUp) options.onClosed(isWanted ? (context.down ?? null) : null);
}

/** Returns the failure for requests on a closed connection. */
function whyConnectionDown({ options, down, isClosed }: ConnectionContext): McpFailure | undefined {
  if (down || !isClosed) return down;
  return new McpFailure("unavailable", `The connection to ${options.server} was closed.`);
}

async function described(
  { options, client, watched }: ConnectionContext,
  lists: ServerLists,
  signal: AbortSignal | undefined,
): Promise<Omit<ServerDescription, "durationMs">> {
  const { server, limits } = options;
  const { tools, problems } = await lists.tools(signal);
  const others = await lists.others(signal);
  const about = { ...aboutOf(client, limits), protocolVersion: watched?.protocolVersion() ?? "" };
  return { server, ...about, tools, ...others, problems: [...problems, ...others.problems].slice(0, MOST_PROBLEMS) };
}

function aboutOf(client: Client, limits: McpLimits): Pick<ServerDescription, "info" | "instructions"> {
  const { name = "", version = "" } = client.getServerVersion() ?? {};
  const instructions = client.getInstructions()?.slice(0, limits.toolCharacters);
  return { info: { name: name.slice(0, 200), version: version.slice(0, 100) }, ...(instructions && { instructions }) };
}

function startFailure(
  { server, verb, limits: { startMs } }: ConnectionOptions,
  error: unknown,
  opened: OpenedTransport | undefined,
): McpFailure {
  if (error instanceof McpFailure) return error;
  const ending = opened?.whyClosed();
  if (ending) return new McpFailure("unavailable", `The server ${server} could not be ${verb}: it ${ending}.`);
  const reason = error instanceof StreamableHTTPError ? httpReason(error) : reasonOf(error);
  if (/Request timed out/.test(reason)) {
    const lastOutput = opened?.lastWords();
    return new McpFailure(
      "unavailable",
      `The server ${server} did not answer within ${startMs / 1_000} s of its start${lastOutput ? `; its output: ${lastOutput}` : ""}.`,
    );
  }
  if (error instanceof z.core.$ZodError)
    return new McpFailure("misbehaved", `The server ${server} answered its start with an invalid message.`);
  return new McpFailure("unavailable", `The server ${server} could not be ${verb}: ${reason}.`);
}
