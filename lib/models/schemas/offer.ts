/**
 * The tools of a request in the form that a provider accepts, and the way back for the calls. Schemas come from added
 * servers, and one that a provider refuses would end every task that has it.
 */
import type { ModelRequest, ToolCallRequest, ToolSpec } from "@/core/log/model";
import { safeToolName } from "./names";
import { renamed } from "./rename";
import { type RewrittenSchema, rewriteSchema } from "./rewrite";
import type { SchemaRules } from "./rules";

export interface Offer {
  tools: ToolSpec[];
  /** The request with the names and argument keys of its calls as they are offered. */
  request: ModelRequest;
  /** Returns a call of the model with the tool's own name and argument keys. */
  callOf(call: Pick<ToolCallRequest, "name" | "input">): Pick<ToolCallRequest, "name" | "input">;
}

interface Offered extends RewrittenSchema {
  name: string;
  spec: ToolSpec;
}

/** The same schema is offered at every turn, so what was made of it is kept as long as the schema. */
const known = new WeakMap<object, Map<SchemaRules, RewrittenSchema>>();

export function offerTools(request: ModelRequest, rules: SchemaRules): Offer {
  const offered = new Map<string, Offered>();
  const leftOut: string[] = [];
  for (const tool of request.tools) {
    const safe = safeToolName(tool.name);
    if (offered.has(safe)) leftOut.push(`\`${tool.name}\`: another tool has the same name`);
    else if (offered.size >= rules.mostTools)
      leftOut.push(`\`${tool.name}\`: this model takes at most ${rules.mostTools} tools`);
    else offered.set(safe, offeredTool(tool, safe, rules));
  }
  const byOwnName = new Map([...offered.values()].map((tool) => [tool.name, tool]));
  return {
    tools: [...offered.values()].map(({ spec }) => spec),
    request: { ...request, system: systemWith(request.system, leftOut), messages: request.messages.map(messageOf) },
    callOf({ name, input }) {
      const tool = offered.get(name);
      return tool ? { name: tool.name, input: renamed(input, tool.ownKeys) } : { name, input };
    },
  };

  function messageOf(message: ModelRequest["messages"][number]): ModelRequest["messages"][number] {
    if (message.role === "tool") return { ...message, toolName: safeToolName(message.toolName) };
    if (message.role !== "assistant") return message;
    const calls = message.calls.map((call) => ({
      ...call,
      name: safeToolName(call.name),
      input: call.malformed ? call.input : renamed(call.input, byOwnName.get(call.name)?.offeredKeys),
    }));
    return { ...message, calls };
  }
}

function offeredTool(tool: ToolSpec, safe: string, rules: SchemaRules): Offered {
  const rewritten = rewrittenSchema(tool.inputSchema, rules);
  const note = rewritten.note ? `\n\n${rewritten.note}` : "";
  // Bedrock and OpenAI refuse an empty description.
  const description = `${tool.description.trim() === "" ? tool.name : tool.description}${note}`;
  return { ...rewritten, name: tool.name, spec: { name: safe, description, inputSchema: rewritten.schema } };
}

function rewrittenSchema(schema: ToolSpec["inputSchema"], rules: SchemaRules): RewrittenSchema {
  if (typeof schema !== "object" || schema === null) return rewriteSchema({}, rules);
  const forRules = known.get(schema) ?? new Map<SchemaRules, RewrittenSchema>();
  known.set(schema, forRules);
  const rewritten = forRules.get(rules) ?? rewriteSchema(schema, rules);
  forRules.set(rules, rewritten);
  return rewritten;
}

function systemWith(system: string, leftOut: string[]): string {
  if (leftOut.length === 0) return system;
  return `${system}\n\nThese tools cannot be offered to you:\n${leftOut.map((part) => `- ${part}.`).join("\n")}`;
}
