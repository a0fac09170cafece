import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  PromptListChangedNotificationSchema,
  type RequestId,
  ResourceListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { Timers } from "../timers";
import { type AskOptions, ask, httpReason } from "./ask";
import { calledOff, McpFailure, reasonOf } from "./errors";
import type { McpLimits } from "./limits";
import { eachPage, readPrompts, readResources, readTemplates, toolReader } from "./listing";
import type { ListedTool, ServerDescription } from "./types";
import { type WatchedTransport, watchTransport } from "./watched-transport";

export type ListName = "tools" | "resources" | "prompts";

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

const LIST_CHANGED_PAUSE_MS = 200;
const ANSWER_GRACE_MS = 500;
const MOST_IGNORED_CANCELLATIONS = 2;
const MOST_PROBLEMS = 50;
const METHODS = {
  resources: "resources/list",
  resourceTemplates: "resources/templates/list",
  prompts: "prompts/list",
  tools: "tools/list",
};

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
  let listed: { tools: ListedTool[]; problems: string[]; atMs: number } | undefined;
  let listing: Promise<void> | undefined;
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
    await client.connect(watched, { timeout: limits.startMs });
  } catch (error) {
    isWanted = false;
    const failure = down?.kind === "misbehaved" ? down : startFailure(options, error, opened);
    await opened?.transport.close();
    throw failure;
  }

  isUp = true;
  const capabilities = client.getServerCapabilities() ?? {};
  const pausing = new Map<ListName, () => void>();
  const noteChange = (list: ListName) => {
    if (list === "tools" && listed) listed.atMs = Number.NEGATIVE_INFINITY;
    if (pausing.has(list)) return;
    const stop = timers.after(LIST_CHANGED_PAUSE_MS, () => {
      pausing.delete(list);
      if (!isClosed) options.onListChanged(list);
    });
    pausing.set(list, stop);
  };
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => noteChange("tools"));
  client.setNotificationHandler(ResourceListChangedNotificationSchema, () => noteChange("resources"));
  client.setNotificationHandler(PromptListChangedNotificationSchema, () => noteChange("prompts"));

  const pages = (
    key: keyof typeof METHODS,
    problems: string[],
    signal: AbortSignal | undefined,
    take: (items: unknown[]) => void,
  ) => {
    const askPage = (cursor: string | undefined) =>
      ask(context, { method: METHODS[key], params: cursor === undefined ? {} : { cursor } }, z.unknown(), {
        timeoutMs: limits.startMs,
        signal,
      });
    return eachPage(key, askPage, limits, problems, take);
  };
  async function listTools(): Promise<void> {
    const problems: string[] = [];
    const reader = toolReader(limits, problems);
    const atMs = now();
    // What changes while it is being listed makes the list old again.
    listed = { tools: listed?.tools ?? [], problems, atMs };
    if (capabilities.tools) await pages("tools", problems, undefined, reader.take);
    listed = { tools: reader.tools(), problems, atMs: listed.atMs };
  }
  async function freshTools(signal: AbortSignal | undefined) {
    if (!listed || listing || now() - listed.atMs > limits.listAgeMs) {
      listing ??= listTools()
        .catch((error: unknown) => {
          listed = undefined;
          throw error;
        })
        .finally(() => {
          listing = undefined;
        });
      await orAborted(listing, signal, server);
    }
    return listed ?? { tools: [], problems: [], atMs: 0 };
  }

  return {
    tools: async (signal) => (await freshTools(signal)).tools,
    async describe(signal) {
      const { tools, problems: ofTools } = await freshTools(signal);
      const problems = [...ofTools];
      const lists = { resources: [], resourceTemplates: [], prompts: [] } as Pick<
        ServerDescription,
        "resources" | "resourceTemplates" | "prompts"
      >;
      // Servers may leave out lists that they have nothing for: what they refuse is empty.
      const optional = async (key: "resources" | "resourceTemplates" | "prompts", take: (items: unknown[]) => void) => {
        await pages(key, problems, signal, take).catch((error: unknown) => {
          if (!(error instanceof McpFailure) || error.kind !== "refused") throw error;
        });
      };
      if (capabilities.resources) {
        await optional("resources", (items) => lists.resources.push(...readResources(items, problems)));
        await optional("resourceTemplates", (items) => lists.resourceTemplates.push(...readTemplates(items, problems)));
      }
      if (capabilities.prompts)
        await optional("prompts", (items) => lists.prompts.push(...readPrompts(items, problems)));
      const { name = "", version = "" } = client.getServerVersion() ?? {};
      const instructions = client.getInstructions()?.slice(0, limits.toolCharacters);
      return {
        server,
        info: { name: name.slice(0, 200), version: version.slice(0, 100) },
        protocolVersion: watched?.protocolVersion() ?? "",
        ...(instructions && { instructions }),
        tools,
        ...lists,
        problems: problems.slice(0, MOST_PROBLEMS),
        durationMs: Math.round(now() - startedMs),
      };
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
      for (const stop of pausing.values()) stop();
      await client.close();
    },
  };
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

/** Waits for shared work without owning it: whoever is called off leaves it to the others. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, server: string): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(calledOff(server));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
