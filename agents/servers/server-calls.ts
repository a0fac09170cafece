/** Calls of added servers' tools: the port that the turn sees, and what there is where no server can be started. */

import type { ToolContext, ToolOutcome } from "@/agents/tools/contract/tool";
import type { OfferedServerTool } from "@/agents/tools/outside/server-tools";

export interface ServerCalls {
  /** Resolves with the outcome, also when the server fails; rejects only when aborted. */
  call(tool: OfferedServerTool, input: unknown, context: ToolContext): Promise<ToolOutcome>;
  /** Ends what runs for a tree. */
  endOf(treeUid: string): Promise<void>;
  /** Ends what runs for anybody; what is called afterwards is started anew. */
  endAll(): Promise<void>;
  close(): Promise<void>;
}

export const NO_SERVERS: ServerCalls = {
  call: async ({ server }) => ({ content: `The server ${server.name} cannot be reached from here.`, isError: true }),
  endOf: async () => {},
  endAll: async () => {},
  close: async () => {},
};
