import type { Client } from "@modelcontextprotocol/client";
import { z } from "zod";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ListedTool, ServerDescription } from "@/lib/mcp/config/types";
import type { Timers } from "@/lib/time/timers";
import { type AskContext, ask } from "./ask";
import type { McpLimits } from "./limits";
import { eachPage, readPrompts, readResources, readTemplates, toolReader } from "./listing";
import { orAborted } from "./or-aborted";

export type ListName = "tools" | "resources" | "prompts";

/** The lists of a server over one connection. */
export interface ServerLists {
  tools(signal?: AbortSignal): Promise<{ tools: ListedTool[]; problems: string[] }>;
  others(signal?: AbortSignal): Promise<OtherLists & { problems: string[] }>;
  /** Marks the list of tools as old. */
  toolsChanged(): void;
}

type OtherLists = Pick<ServerDescription, "resources" | "resourceTemplates" | "prompts">;

const LIST_CHANGED_PAUSE_MS = 200;
const METHODS = {
  resources: "resources/list",
  resourceTemplates: "resources/templates/list",
  prompts: "prompts/list",
  tools: "tools/list",
};

export function serverLists(context: AskContext, limits: McpLimits, now: () => number): ServerLists {
  const { client, server } = context;
  const capabilities = client.getServerCapabilities() ?? {};
  let listed: { tools: ListedTool[]; problems: string[]; atMs: number } | undefined;
  let listing: Promise<void> | undefined;

  function pages(
    key: keyof typeof METHODS,
    problems: string[],
    signal: AbortSignal | undefined,
    take: (items: unknown[]) => void,
  ): Promise<void> {
    const askPage = (cursor: string | undefined) => {
      const params = cursor === undefined ? {} : { cursor };
      return ask(context, { method: METHODS[key], params }, z.unknown(), { timeoutMs: limits.startMs, signal });
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
    listed = { tools: listed?.tools ?? [], problems, atMs: now() };
    if (capabilities.tools) await pages("tools", problems, undefined, reader.take);
    listed = { tools: reader.tools(), problems, atMs: listed.atMs };
  }

  return {
    async tools(signal) {
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
      return listed ?? { tools: [], problems: [] };
    },
    async others(signal) {
      const problems: string[] = [];
      const lists: OtherLists = { resources: [], resourceTemplates: [], prompts: [] };
      const { resources, resourceTemplates, prompts } = lists;
      if (capabilities.resources) {
        await optional("resources", problems, signal, (items) => resources.push(...readResources(items, problems)));
        await optional("resourceTemplates", problems, signal, (items) =>
          resourceTemplates.push(...readTemplates(items, problems)),
        );
      }
      if (capabilities.prompts)
        await optional("prompts", problems, signal, (items) => prompts.push(...readPrompts(items, problems)));
      return { ...lists, problems };
    },
    toolsChanged() {
      if (listed) listed.atMs = Number.NEGATIVE_INFINITY;
    },
  };
}

/**
 * Reports changed lists after a short pause, so that many changes give one report. Returns the function that stops it.
 */
export function watchLists(
  client: Client,
  timers: Timers,
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
  return () => {
    for (const stop of pausing.values()) stop();
  };
}
