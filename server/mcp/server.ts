/** The MCP server of one caller: the same for every protocol version, over HTTP and behind `banyan mcp`. */
import { type CallToolResult, ProtocolError, ProtocolErrorCode, Server } from "@modelcontextprotocol/server";
import { z } from "zod";
import { problemOfError } from "@/lib/http/problem";
import { progressOf } from "./progress";
import { getPrompt, listPrompts, listResources, RESOURCE_TEMPLATES, readResource } from "./resources";
import { MCP_TOOLS } from "./tools/table";
import type { McpCall, McpTool } from "./tools/tool";

/** What all calls of one caller share. */
export type McpCaller = Pick<McpCall, "app" | "once" | "times">;

/** What became of a request, for the status of its answer. */
export interface Outcome {
  isForbidden: boolean;
}

export function createMcpServer(caller: McpCaller, outcome: Outcome): Server {
  const { app } = caller;
  const capabilities = { tools: {}, resources: {}, prompts: {} };
  const server = new Server({ name: "banyan", version: "1" }, { capabilities });
  server.setRequestHandler("tools/list", () => ({
    tools: MCP_TOOLS.filter((tool) => app.may(tool.calls)).map(shown),
  }));
  server.setRequestHandler("tools/call", ({ params }, { mcpReq }) => {
    const call = { ...caller, signal: mcpReq.signal, tell: progressOf(mcpReq) };
    return refusing(outcome, () => callTool(call, params.name, params.arguments ?? {}), failed);
  });
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: RESOURCE_TEMPLATES }));
  server.setRequestHandler("resources/list", ({ params }) =>
    refusing(outcome, () => listResources(app, params?.cursor), invalid),
  );
  server.setRequestHandler("resources/read", ({ params }) =>
    refusing(outcome, () => readResource(app, params.uri), invalid),
  );
  server.setRequestHandler("prompts/list", () => refusing(outcome, () => listPrompts(app), invalid));
  server.setRequestHandler("prompts/get", ({ params }) =>
    refusing(outcome, () => getPrompt(app, params.name, params.arguments), invalid),
  );
  return server;
}

function shown({ name, description, input, isReading }: McpTool) {
  const inputSchema = z.toJSONSchema(input, { io: "input" }) as { type: "object" };
  return { name, description, inputSchema, annotations: { readOnlyHint: isReading } };
}

/**
 * Turns failures into sentences: `failed` makes the answer to one that the caller can mend. A missing permission is an
 * error of the protocol.
 */
async function refusing<Answer>(
  outcome: Outcome,
  work: () => Promise<Answer>,
  failed: (sentence: string) => Answer,
): Promise<Answer> {
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

function invalid(sentence: string): never {
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, sentence);
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
