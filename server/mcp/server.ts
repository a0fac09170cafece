/** The MCP server of one caller: the same for every protocol version, over HTTP and behind `banyan mcp`. */
import { type CallToolResult, ProtocolError, ProtocolErrorCode, Server } from "@modelcontextprotocol/server";
import { z } from "zod";
import { problemOfError } from "@/lib/http/problem";
import { progressOf } from "./progress";
import { MCP_TOOLS } from "./tools/table";
import type { McpCall, McpTool } from "./tools/tool";

/** What all calls of one caller share. */
export type McpCaller = Pick<McpCall, "app" | "once" | "times">;

/** What became of a request, for the status of its answer. */
export interface Outcome {
  isForbidden: boolean;
}

export function createMcpServer(caller: McpCaller, outcome: Outcome): Server {
  const server = new Server({ name: "banyan", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/list", () => ({
    tools: MCP_TOOLS.filter((tool) => caller.app.may(tool.calls)).map(shown),
  }));
  server.setRequestHandler("tools/call", ({ params }, { mcpReq }) =>
    answered(outcome, async () => {
      const call = { ...caller, signal: mcpReq.signal, tell: progressOf(mcpReq) };
      return callTool(call, params.name, params.arguments ?? {});
    }),
  );
  return server;
}

function shown({ name, description, input, isReading }: McpTool) {
  const inputSchema = z.toJSONSchema(input, { io: "input" }) as { type: "object" };
  return { name, description, inputSchema, annotations: { readOnlyHint: isReading } };
}

/** Turns the failures of a tool into results that a model can read. A missing permission is an error of the protocol. */
async function answered(outcome: Outcome, work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work();
  } catch (error) {
    const known = problemOfError(error);
    outcome.isForbidden ||= known?.status === 403;
    if (known?.status === 403) throw new ProtocolError(ProtocolErrorCode.InvalidRequest, known.detail);
    if (known) return failed(known.detail);
    if (error instanceof ProtocolError) throw error;
    console.error("The MCP endpoint failed:", error);
    return failed("The server failed. Committed work is safe.");
  }
}

async function callTool(call: McpCall, name: string, input: unknown): Promise<CallToolResult> {
  const tool = MCP_TOOLS.find((candidate) => candidate.name === name);
  if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${name.slice(0, 100)}.`);
  await call.app.check(tool.calls);
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) return failed(sentenceOf(parsed.error));
  const result = await tool.run(call, input);
  // Some clients show the model only the text, others only the structure, so both say the same.
  const text = JSON.stringify(result, null, 2);
  return { content: [{ type: "text", text }], structuredContent: JSON.parse(text) };
}

function failed(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

function sentenceOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") return `The tool takes no argument "${issue.keys[0]}".`;
  return `The argument "${issue?.path.join(".")}" is not valid: ${issue?.message ?? "unknown form"}.`;
}
