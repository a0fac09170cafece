import type { Client } from "@modelcontextprotocol/client";
import { z } from "zod";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ServerDescription } from "@/lib/mcp/config/types";
import type { Timers } from "@/lib/time/timers";
import { type AskContext, ask } from "./ask";
import type { McpLimits } from "./limits";
import { type AskPage, eachPage, readPrompts, readResources, readTemplates, toolReader } from "./listing";
import { orAborted } from "./or-aborted";

export type ListName = "tools" | "resources" | "prompts";

/** The lists of a server over one connection. */
export interface ServerLists {
  tools(signal?: AbortSignal): Promise<ToolList>;
  others(signal?: AbortSignal): Promise<OtherLists & { problems: string[] }>;
  /** Marks the list of tools as old. */
  toolsChanged(): void;
}

type ToolList = Pick<ServerDescription, "tools" | "late" | "problems">;
type OtherLists = Pick<ServerDescription, "resources" | "resourceTemplates" | "prompts">;

const LIST_CHANGED_PAUSE_MS = 200;
/** How long a list is used in which tools are missing for want of time. Reading it stops this process for a while. */
const PARTIAL_LIST_AGE_MS = 60_000;
const METHODS = {
  resources: "resources/list",
  resourceTemplates: "resources/templates/list",
  prompts: "prompts/list",
  tools: "tools/list",
};

export function serverLists(context: AskContext, limits: McpLimits, now: () => number): ServerLists {
  const { client, server } = context;
  const capabilities = client.getServerCapabilities() ?? {};
  let listed: (ToolList & { untilMs: number }) | undefined;
  let listing: Promise<void> | undefined;

  function pages(
    key: keyof typeof METHODS,
    problems: string[],
    signal: AbortSignal | undefined,
    take: (items: unknown[]) => void,
  ): Promise<void> {
    const askPage: AskPage = async (cursor) => {
      const params = cursor === undefined ? {} : { cursor };
      const how = { timeoutMs: limits.startMs, signal };
      const page = await ask(context, { method: METHODS[key], params }, z.unknown(), how);
      if (key === "tools" && listed) listed.untilMs = Math.min(listed.untilMs, now() + freshMs(page, limits.listAgeMs));
      return page;
    };
    return eachPage(key, askPage, limits, problems, take);
  }

  /** Servers may leave out lists that are empty, so a refused list counts as empty. */
  async function optional(...given: Parameters<typeof pages>): Promise<void> {
    await pages(...given).catch((error: unknown) => {
      if (!(error instanceof McpFailure) || error.kind !== "refused") throw error;
    });
  }

  async function listTools(): Promise<void> {
    const problems: string[] = [];
    const reader = toolReader(limits, problems);
    // The time is taken before listing, so that a change during listing makes the list old again.
    listed = { tools: listed?.tools ?? [], late: [], problems, untilMs: now() + limits.listAgeMs };
    if (capabilities.tools) await pages("tools", problems, undefined, reader.take);
    const late = reader.late();
    const untilMs = late.length > 0 ? Math.min(listed.untilMs, now() + PARTIAL_LIST_AGE_MS) : listed.untilMs;
    listed = { tools: reader.tools(), late, problems, untilMs };
  }

  return {
    async tools(signal) {
      if (!listed || listing || now() > listed.untilMs) {
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
      return listed ?? { tools: [], late: [], problems: [] };
    },
    others: (signal) => otherLists(capabilities, (key, problems, take) => optional(key, problems, signal, take)),
    toolsChanged() {
      if (listed) listed.untilMs = Number.NEGATIVE_INFINITY;
    },
  };
}

async function otherLists(
  capabilities: { resources?: unknown; prompts?: unknown },
  read: (key: keyof OtherLists, problems: string[], take: (items: unknown[]) => void) => Promise<void>,
): Promise<OtherLists & { problems: string[] }> {
  const problems: string[] = [];
  const lists: OtherLists = { resources: [], resourceTemplates: [], prompts: [] };
  const { resources, resourceTemplates, prompts } = lists;
  if (capabilities.resources) {
    await read("resources", problems, (items) => resources.push(...readResources(items, problems)));
    await read("resourceTemplates", problems, (items) => resourceTemplates.push(...readTemplates(items, problems)));
  }
  if (capabilities.prompts) await read("prompts", problems, (items) => prompts.push(...readPrompts(items, problems)));
  return { ...lists, problems };
}

/** A list without a time, or with 0, is as good as a list of an older server: it ages with ours. */
function freshMs(page: unknown, listAgeMs: number): number {
  const ttlMs = typeof page === "object" && page !== null && "ttlMs" in page ? page.ttlMs : undefined;
  return typeof ttlMs === "number" && ttlMs > 0 ? ttlMs : listAgeMs;
}

/**
 * Reports changed lists after a short pause, so that many changes give one report. Returns the function that stops it.
 */
export function watchLists(
  client: Client,
  timers: Timers,
  limits: Pick<McpLimits, "listenAgainMs">,
  lists: ServerLists,
  tell: (list: ListName) => void,
): () => void {
  const pausing = new Map<ListName, () => void>();
  const noteChange = (list: ListName) => {
    if (list === "tools") lists.toolsChanged();
    if (pausing.has(list)) return;
    const stop = timers.after(LIST_CHANGED_PAUSE_MS, () => {
      pausing.delete(list);
      tell(list);
    });
    pausing.set(list, stop);
  };
  client.setNotificationHandler("notifications/tools/list_changed", () => noteChange("tools"));
  client.setNotificationHandler("notifications/resources/list_changed", () => noteChange("resources"));
  client.setNotificationHandler("notifications/prompts/list_changed", () => noteChange("prompts"));
  const stopListening = listen(client, timers, limits.listenAgainMs, () => lists.toolsChanged());
  return () => {
    stopListening();
    for (const stop of pausing.values()) stop();
  };
}

/**
 * Servers of 2026 report changes only to those who listen. Listens again when the stream is lost, and tells that changes
 * may have been missed. Returns the function that stops it.
 */
function listen(client: Client, timers: Timers, againMs: number, onMissed: () => void): () => void {
  const { tools, resources, prompts } = client.getServerCapabilities() ?? {};
  const filter = {
    ...(tools?.listChanged && { toolsListChanged: true }),
    ...(resources?.listChanged && { resourcesListChanged: true }),
    ...(prompts?.listChanged && { promptsListChanged: true }),
  };
  if (client.getProtocolEra() !== "modern" || Object.keys(filter).length === 0) return () => {};
  let stopped = false;
  let stopTimer = () => {};
  const begin = async () => {
    const subscription = await client.listen(filter).catch(() => undefined);
    const how = await subscription?.closed;
    // A lost stream is opened again; with a lost connection, the client has no transport.
    if (stopped || how === "local" || !client.transport) return;
    onMissed();
    stopTimer = timers.after(againMs, () => void begin());
  };
  void begin();
  return () => {
    stopped = true;
    stopTimer();
  };
}
