/** The port through which the turn calls added servers, and a stand-in where no server can be started. */
import type { ToolContext, ToolOutcome } from "@/agents/tools/contract/tool";
import type { OfferedServerTool } from "@/agents/tools/outside/server-tools";

export interface ServerCalls {
  /** Resolves with the outcome, even when the server fails; rejects only when aborted. */
  call(tool: OfferedServerTool, input: unknown, context: ToolContext): Promise<ToolOutcome>;
  /** Ends a tree's servers. */
  endOf(treeUid: string): Promise<void>;
  /** Ends all servers; a later call starts its server again. */
  endAll(): Promise<void>;
  close(): Promise<void>;
}

export const NO_SERVERS: ServerCalls = {
  call: async ({ server }) => ({ content: `The server ${server.name} cannot be reached from here.`, isError: true }),
  endOf: async () => {},
  endAll: async () => {},
  close: async () => {},
};
