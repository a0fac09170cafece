import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { RequestId } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { Timers } from "../timers";
import { type AskOptions, ask, httpReason } from "./ask";
import { McpFailure, reasonOf } from "./errors";
import type { McpLimits } from "./limits";
import { type ListName, serverLists, watchLists } from "./server-lists";
import type { ListedTool, ServerDescription } from "./types";
import { type WatchedTransport, watchTransport } from "./watched-transport";

export interface OpenedTransport {
  transport: Transport;
  /** A sentence's rest: how it ended and its last words. */
  whyClosed(): string | undefined;
  /** The last lines of its standard error; empty: none. */
  lastWords(): string;
}

/** What the transport tells the connection. */
export interface TransportHooks {
  /** It broke the protocol or a limit and is given up; a sentence's rest. */
  onBroken(sentence: string): void;
  /** The answer to these requests has ended; whichever of them is still open will never be answered. */
  onAnswerEnded(ids: RequestId[]): void;
}

export interface ConnectionOptions {
  server: string;
  /** How a connection begins, in sentences about one that did not. */
  verb: "started" | "reached";
  open(hooks: TransportHooks): Promise<OpenedTransport>;
  /** Calls the opening off; of no use once it is open. */
  signal: AbortSignal;
  limits: McpLimits;
  timers: Timers;
  now(): number;
  clientVersion: string;
  onListChanged(list: ListName): void;
  /** It is closed, whoever closed it; told once. `why` is null when it was closed on purpose. */
  onClosed(why: McpFailure | null): void;
}

export interface Connection {
  /** The tools as last listed; listed again when they are old or the server said that they changed. */
  tools(signal?: AbortSignal): Promise<readonly ListedTool[]>;
  describe(signal?: AbortSignal): Promise<ServerDescription>;
  request<S extends z.ZodType>(
    method: string,
    params: Record<string, unknown>,
    schema: S,
    options: AskOptions,
  ): Promise<z.output<S>>;
  /** Rejects when it is not alive. */
  ping(): Promise<void>;
  isOpen(): boolean;
  /** It is still good, but better renewed when nobody uses it. */
  isWorn(): boolean;
  lastHeardMs(): number;
  close(): Promise<void>;
}

const ANSWER_GRACE_MS = 500;
const MOST_IGNORED_CANCELLATIONS = 2;
const MOST_PROBLEMS = 50;

/** Starts a server and shakes hands with it. Rejects with a McpFailure; nothing of it is left then. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { server, limits, now, timers } = options;
  const startedMs = now();
  const client = new Client({ name: "banyan", version: options.clientVersion }, { capabilities: {} });
  const ignored = new Set<RequestId>();
  let down: McpFailure | undefined;
  let isClosed = false;
  let isWanted = true;
  let isUp = false;
  let cancelled = 0;
  let opened: OpenedTransport | undefined;
  let watched: WatchedTransport | undefined;

  const fail = (kind: McpFailure["kind"], rest: string) => {
    if (down || isClosed) return;
    down = new McpFailure(kind, `The server ${server} was closed, because ${rest}.`);
    client.close().catch(() => undefined);
    // Nobody waits for a process that takes its time to die.
    watched?.onclose?.();
  };
  const hooks: TransportHooks = {
    onBroken: (rest) => fail("misbehaved", rest),
    onAnswerEnded(ids) {
      timers.after(ANSWER_GRACE_MS, () => {
        if (ids.some((id) => watched?.isOpen(id)))
          fail("unavailable", "its answer ended before the response was there");
      });
    },
  };
  const noteIgnored = (id: RequestId) => {
    ignored.add(id);
    if (ignored.size >= MOST_IGNORED_CANCELLATIONS)
      fail("misbehaved", "it went on with calls that had been called off");
  };

  client.onclose = () => {
    if (isClosed) return;
    isClosed = true;
    if (isWanted)
      down ??= new McpFailure("unavailable", `The server ${server} ${opened?.whyClosed() ?? "closed the connection"}.`);
    // Before it is up, whoever opens it hears of the failure.
    if (isUp) options.onClosed(isWanted ? (down ?? null) : null);
  };
  client.onerror = (error) => {
    if (/^Maximum reconnection attempts/.test(error.message))
      fail("unavailable", "its stream broke off and could not be resumed");
  };
  /** What a closed connection says to whoever still wants something of it. */
  const whyDown = () =>
    down ?? (isClosed ? new McpFailure("unavailable", `The connection to ${server} was closed.`) : undefined);
  const context = { server, client, timers, callTotalMs: limits.callTotalMs, whyDown };

  try {
    opened = await options.open(hooks);
    watched = watchTransport(opened.transport, {
      now,
      messagesPerSecond: limits.messagesPerSecond,
      cancelGraceMs: limits.cancelGraceMs,
      onFlood: () => fail("misbehaved", `it sent more than ${limits.messagesPerSecond} messages in a second`),
      onCancelled(id) {
        cancelled += 1;
        // One that is busy with what was called off does not answer a ping.
        client.ping({ timeout: limits.cancelGraceMs }).catch(() => isClosed || noteIgnored(id));
      },
      onIgnoredCancellation: noteIgnored,
    });
    await client.connect(watched, { timeout: limits.startMs, signal: options.signal });
  } catch (error) {
    isWanted = false;
    const failure = down?.kind === "misbehaved" ? down : startFailure(options, error, opened);
    await opened?.transport.close();
    throw failure;
  }

  isUp = true;
  const lists = serverLists(context, limits, now);
  const stopWatching = watchLists(client, timers, lists, (list) => {
    if (!isClosed) options.onListChanged(list);
  });

  return {
    tools: async (signal) => (await lists.tools(signal)).tools,
    async describe(signal) {
      const { tools, problems } = await lists.tools(signal);
      const others = await lists.others(signal);
      const about = { ...aboutOf(client, limits), protocolVersion: watched?.protocolVersion() ?? "" };
      const allProblems = [...problems, ...others.problems].slice(0, MOST_PROBLEMS);
      return { server, ...about, tools, ...others, problems: allProblems, durationMs: Math.round(now() - startedMs) };
    },
    request: (method, params, schema, askOptions) => ask(context, { method, params }, schema, askOptions),
    async ping() {
      await ask(context, { method: "ping" }, z.unknown(), { timeoutMs: limits.pingMs });
    },
    isOpen: () => !isClosed && !down,
    isWorn: () => options.verb === "reached" && cancelled >= limits.abandonedCalls,
    lastHeardMs: () => watched?.lastHeardMs() ?? 0,
    async close() {
      isWanted = false;
      stopWatching();
      await client.close();
    },
  };
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
    const said = opened?.lastWords();
    return new McpFailure(
      "unavailable",
      `The server ${server} did not answer within ${startMs / 1_000} s of its start${said ? `; it said: ${said}` : ""}.`,
    );
  }
  if (error instanceof z.core.$ZodError)
    return new McpFailure("misbehaved", `The server ${server} answered its start with something that is not valid.`);
  return new McpFailure("unavailable", `The server ${server} could not be ${verb}: ${reason}.`);
}
