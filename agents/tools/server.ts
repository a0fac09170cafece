/**
 * The host's own tools as an MCP server, and the client through which the runtime calls them: one way to every tool,
 * whether it is ours or an added server's. Client and server share this process, so a message is an object handed over.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  CallToolResultSchema,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { ToolContext, ToolOutcome, WorldTool } from "./tool";

/** Names the call's context in the request; the context itself (signals, paths) never travels. */
const CONTEXT_KEY = "banyan/context";

export interface ToolClient {
  /** Resolves with the tool's outcome; a tool that throws answers with an error outcome. Rejects only when aborted. */
  call(name: string, input: unknown, context: ToolContext): Promise<ToolOutcome>;
  close(): Promise<void>;
}

export async function connectTools(tools: ReadonlyMap<string, WorldTool>, version: string): Promise<ToolClient> {
  const contexts = new Map<string, ToolContext>();
  const server = new Server({ name: "banyan", version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [...tools.values()].map(({ name, description, input }) => ({
      name,
      description,
      inputSchema: z.toJSONSchema(input, { io: "input" }) as { type: "object" },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const tool = tools.get(params.name);
    const context = contexts.get(String(params._meta?.[CONTEXT_KEY]));
    if (!tool || !context) throw new Error(`The tool ${params.name} was called without a task.`);
    const outcome = await tool.run(tool.input.parse(params.arguments ?? {}), context);
    return { content: [{ type: "text", text: outcome.content }], isError: outcome.isError ?? false };
  });
  const client = new Client({ name: "banyan-runtime", version });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(theirs), client.connect(ours)]);

  let calls = 0;
  return {
    async call(name, input, context) {
      calls += 1;
      const key = String(calls);
      contexts.set(key, context);
      try {
        const params = { name, arguments: input as Record<string, unknown>, _meta: { [CONTEXT_KEY]: key } };
        // The host's own time-out ends the call through the signal; the client's must never come first.
        const options = { timeout: 2_147_483_647 };
        const result = await client.request({ method: "tools/call", params }, CallToolResultSchema, options);
        const texts = result.content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`));
        return { content: texts.join("\n"), isError: result.isError ?? false };
      } catch (error) {
        if (context.signal.aborted) throw context.signal.reason;
        return { content: `The tool ${name} failed: ${(error as Error).message}`, isError: true };
      } finally {
        contexts.delete(key);
      }
    },
    close: () => client.close(),
  };
}
