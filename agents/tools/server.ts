/**
 * The host's own tools as an MCP server, and the client through which the runtime calls them, so that own tools and
 * tools of added servers are called in the same way. Client and server share this process, so a message is an object.
 *
 * A world tool answers with its outcome. A core tool answers `recorded` and leaves its effect in the call's context.
 * The effect becomes part of the turn's record and takes place when that record is committed.
 */
import { type CallToolResult, Server } from "@modelcontextprotocol/server";
import type { Call } from "@/core/state";
import { passingFault } from "@/lib/process/passing-fault";
import type { Catalogue } from "./catalogue";
import type { ControlEffect, ControlView } from "./contract/control";
import type { ToolContext, ToolOutcome } from "./contract/tool";
import { linkClient } from "./linked-client";

/** Names the call's context in the request. The context itself (signals, paths, the task's state) is never sent. */
const CONTEXT_KEY = "banyan/context";
const OUTSIDE_KEY = "banyan/outside";

export interface ToolClient {
  /**
   * Resolves with the tool's outcome; a tool that throws gives an error outcome. Rejects when aborted, and when the
   * machine ran short of a resource and the call can be retried (`passingFault` recognises that error).
   */
  call(name: string, input: unknown, context: ToolContext): Promise<ToolOutcome>;
  /** Returns the effect of a call of a core tool. */
  settle(call: Call, view: ControlView): Promise<ControlEffect>;
  close(): Promise<void>;
}

interface WorldContext {
  kind: "world";
  context: ToolContext;
  /** Left here by the tool. */
  outcome: ToolOutcome | null;
  fault: unknown;
}

type Context = WorldContext | { kind: "control"; call: Call; view: ControlView; effect: ControlEffect | null };

export async function connectTools(catalogue: Catalogue, version: string): Promise<ToolClient> {
  const contexts = new Map<string, Context>();
  const server = new Server({ name: "banyan", version }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/list", () => ({
    tools: catalogue.specs().map((spec) => ({ ...spec, inputSchema: spec.inputSchema as { type: "object" } })),
  }));
  server.setRequestHandler("tools/call", async ({ params }) => {
    const context = contexts.get(String(params._meta?.[CONTEXT_KEY]));
    if (!context) throw new Error(`The tool ${params.name} was called without a task.`);
    return answer(catalogue, params.name, params.arguments ?? {}, context);
  });
  const client = await linkClient(server, version);

  let calls = 0;
  async function request(name: string, input: unknown, context: Context): Promise<CallToolResult> {
    calls += 1;
    const key = String(calls);
    contexts.set(key, context);
    try {
      // The host's own timeout ends a call through the context's signal.
      return await client.callTool({ name, arguments: input ?? {}, _meta: { [CONTEXT_KEY]: key } });
    } finally {
      contexts.delete(key);
    }
  }

  return {
    async call(name, input, context) {
      const called: WorldContext = { kind: "world", context, outcome: null, fault: null };
      try {
        const result = await request(name, input, called);
        const texts = result.content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`));
        const outside = result._meta?.[OUTSIDE_KEY] === true;
        // What is for the host alone stays beside the protocol.
        const { flag, tellsItsEnd, files, fault } = called.outcome ?? {};
        const forHost = {
          ...(flag && { flag }),
          ...(tellsItsEnd && { tellsItsEnd }),
          ...(files && { files }),
          ...(fault && { fault }),
        };
        return { content: texts.join("\n"), isError: result.isError ?? false, ...(outside && { outside }), ...forHost };
      } catch (error) {
        if (context.signal.aborted) throw context.signal.reason;
        const shortage = passingFault(called.fault);
        if (shortage && catalogue.world.get(name)?.afterCrash === "repeat")
          throw new Error(`${name} could not run.`, { cause: called.fault });
        if (shortage)
          return {
            content: `${shortage} ${name} may have done part of its work. Check, then try again.`,
            isError: true,
          };
        return { content: `The tool ${name} failed: ${(error as Error).message}`, isError: true };
      }
    },
    async settle(call, view) {
      const context: Context = { kind: "control", call, view, effect: null };
      await request(call.tool, call.input, context);
      if (!context.effect) throw new Error(`The core tool ${call.tool} left no effect.`);
      return context.effect;
    },
    close: () => client.close(),
  };
}

async function answer(catalogue: Catalogue, name: string, input: unknown, context: Context): Promise<CallToolResult> {
  if (context.kind === "control") {
    const tool = catalogue.controlFor(name, context.view.state.setup.agent);
    if (!tool) throw new Error(`There is no core tool ${name}.`);
    context.effect = await tool.settle(tool.input.parse(input), context.call, context.view);
    return { content: [{ type: "text", text: "recorded" }] };
  }
  const tool = catalogue.world.get(name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  const outcome = await tool.run(tool.input.parse(input), context.context).catch((error: unknown) => {
    // Only the message crosses the protocol, so the error itself is left here for the caller.
    context.fault = error;
    throw error;
  });
  context.outcome = outcome;
  const _meta = { [OUTSIDE_KEY]: outcome.outside ?? false };
  return { content: [{ type: "text", text: outcome.content }], isError: outcome.isError ?? false, _meta };
}
