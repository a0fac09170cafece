import { Client, ProtocolError, type RequestId, SdkHttpError } from "@modelcontextprotocol/client";
import { z } from "zod";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ServerDescription } from "@/lib/mcp/config/types";
import { type TransportWatch, type WatchedTransport, watchTransport } from "@/lib/mcp/transport/watched-transport";
import { type AskOptions, ask } from "./ask";
import type { ConnectionOptions, OpenedTransport, TransportHooks } from "./connection-options";
import type { McpLimits } from "./limits";
import { answerRequests, type OpenCalls } from "./questions";
import { type ServerLists, serverLists, watchLists } from "./server-lists";
import { startFailure } from "./start-failure";

export interface Connection {
  /** Returns the tools as last listed; lists them again when the list is old or the server said that it changed. */
  listing(signal?: AbortSignal): Promise<Pick<ServerDescription, "tools" | "late">>;
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
  calls: OpenCalls;
}

/** The server could not be reached in this way, and may be reached in the other way. */
class OtherEra extends Error {}

/**
 * Starts a server and completes the handshake. On failure it cleans up and rejects with a McpFailure.
 *
 * A server is first asked which versions it speaks. Some older servers end or fail on this question, so they are reached
 * once more without it. A program that was older may have been replaced by one that only speaks the new version, so one
 * that refuses the older handshake is asked.
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { era, now } = options;
  const startedMs = now();
  const isOld = (await era?.isOld()) ?? false;
  const context = await connected(options, isOld, true).catch((error: unknown) => {
    if (!(error instanceof OtherEra)) throw error;
    return connected(options, !isOld, false);
  });
  // If this cannot be stored, the server is asked again next time.
  await era?.keep(context.client.getProtocolEra() === "legacy").catch(() => undefined);
  return connectionOver(context, startedMs);
}

/** Rejects with OtherEra only if `mayChange`. */
async function connected(options: ConnectionOptions, isOld: boolean, mayChange: boolean): Promise<ConnectionContext> {
  const { limits, verb } = options;
  const client = new Client(
    { name: "banyan", version: options.clientVersion },
    {
      // The same for every connection: servers list other tools to clients that cannot be asked.
      capabilities: { elicitation: { form: {} } },
      inputRequired: { autoFulfill: false },
      versionNegotiation: {
        mode: isOld ? "legacy" : "auto",
        // Half of the time is left for the older handshake, when a process says nothing.
        probe: { timeoutMs: verb === "started" ? limits.startMs / 2 : limits.startMs },
      },
    },
  );
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
    calls: answerRequests(client, options.server, verb === "reached"),
  };
  client.onclose = () => noteClosed(context);
  client.onerror = (error) => {
    if (/^Maximum reconnection attempts/.test(error.message))
      fail(context, "unavailable", "its stream ended early and could not be resumed");
  };
  await connect(context, isOld, mayChange);
  return context;
}

function connectionOver(context: ConnectionContext, startedMs: number): Connection {
  const { options, client } = context;
  const { server, limits, timers, now } = options;
  const whyDown = () => whyConnectionDown(context);
  const asked = { server, client, calls: context.calls, timers, now, callTotalMs: limits.callTotalMs, whyDown };
  const lists = serverLists(asked, limits, now);
  const stopWatching = watchLists(client, timers, limits, lists, (list) => {
    if (!context.isClosed) options.onListChanged(list);
  });
  return {
    listing: lists.tools,
    describe: async (signal) => ({
      ...(await described(context, lists, signal)),
      durationMs: Math.round(now() - startedMs),
    }),
    request: (method, params, schema, askOptions) => ask(asked, { method, params }, schema, askOptions),
    async ping() {
      await ask(asked, { method: checkOf(client) }, z.unknown(), { timeoutMs: limits.pingMs });
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

/** Returns the request that every server of this version answers at once. */
function checkOf(client: Client): "ping" | "server/discover" {
  return client.getProtocolEra() === "modern" ? "server/discover" : "ping";
}

async function connect(context: ConnectionContext, isOld: boolean, mayChange: boolean): Promise<void> {
  const { options, client } = context;
  const { limits, signal, timers } = options;
  let isLate = false;
  const giveUp = () => void context.opened?.transport.close();
  let stopTimer = () => {};
  try {
    context.opened = await options.open(hooksOf(context));
    context.watched = watchTransport(context.opened.transport, watchOf(context));
    signal.throwIfAborted();
    signal.addEventListener("abort", giveUp, { once: true });
    stopTimer = timers.after(limits.startMs, () => {
      isLate = true;
      giveUp();
    });
    await client.connect(context.watched, { timeout: limits.startMs, signal });
    context.isUp = true;
  } catch (error) {
    context.isWanted = false;
    const { down, opened } = context;
    const failure = startFailure(options, error, opened, isLate);
    const isOther = isOld ? error instanceof ProtocolError : isUnanswered(context, error);
    await opened?.transport.close();
    if (down?.kind === "misbehaved") throw down;
    if (mayChange && isOther && !isLate && !signal.aborted) throw new OtherEra();
    throw failure;
  } finally {
    stopTimer();
    signal.removeEventListener("abort", giveUp);
  }
}

/** Whether a server got the question for its versions, and ended or broke off instead of answering. */
function isUnanswered({ opened, watched, down }: ConnectionContext, error: unknown): boolean {
  if (!watched || watched.isInitializing()) return false;
  const isServerError = error instanceof SdkHttpError && error.status >= 500;
  return isServerError || down?.kind === "unavailable" || opened?.whyClosed() !== undefined;
}

function watchOf(context: ConnectionContext): TransportWatch {
  const { options, client } = context;
  const { limits, now, verb } = options;
  return {
    now,
    messagesPerSecond: limits.messagesPerSecond,
    cancelGraceMs: limits.cancelGraceMs,
    isProcess: verb === "started",
    onFlood: () => fail(context, "misbehaved", `it sent more than ${limits.messagesPerSecond} messages in a second`),
    onCancelled(id, isStreamClosed) {
      if (!isStreamClosed) context.cancelled += 1;
      // A server that is still busy with a cancelled call does not answer this.
      client
        .request({ method: checkOf(client) }, z.unknown(), { timeout: limits.cancelGraceMs })
        .catch(() => context.isClosed || noteIgnored(context, id));
    },
    onIgnoredCancellation: (id) => noteIgnored(context, id),
  };
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
  { options, client }: ConnectionContext,
  lists: ServerLists,
  signal: AbortSignal | undefined,
): Promise<Omit<ServerDescription, "durationMs">> {
  const { server, limits } = options;
  const { tools, late, problems } = await lists.tools(signal);
  const others = await lists.others(signal);
  const about = { ...aboutOf(client, limits), protocolVersion: client.getNegotiatedProtocolVersion() ?? "" };
  return {
    server,
    ...about,
    tools,
    late,
    ...others,
    problems: [...problems, ...others.problems],
  };
}

function aboutOf(client: Client, limits: McpLimits): Pick<ServerDescription, "info" | "instructions"> {
  const { name = "", version = "" } = client.getServerVersion() ?? {};
  const instructions = client.getInstructions()?.slice(0, limits.toolCharacters);
  return { info: { name: name.slice(0, 200), version: version.slice(0, 100) }, ...(instructions && { instructions }) };
}
