/** What the conformance suite asks a server to have, in the shape that `fixture-server.ts` serves. */
import type { CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";

export interface FixtureTool {
  name: string;
  description: string;
  inputSchema: { type: "object"; [key: string]: unknown };
  run(given: Given): ToolAnswer | Promise<ToolAnswer>;
}

export interface Given {
  args: Record<string, unknown>;
  mcpReq: ServerContext["mcpReq"];
}

type ToolAnswer = CallToolResult | InputRequiredResult;

/** A tool without arguments, unless `inputSchema` names some. */
export function fixture(
  name: string,
  run: FixtureTool["run"],
  inputSchema: FixtureTool["inputSchema"] = { type: "object", properties: {} },
): FixtureTool {
  return { name, description: `A fixture of the conformance suite: ${name}.`, inputSchema, run };
}

export function says(text: string): CallToolResult {
  return { content: [{ type: "text", text }] };
}

/** An object's schema in which each field is a required text. */
export function texts(...names: string[]) {
  const properties = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  return { type: "object" as const, properties, required: names };
}
