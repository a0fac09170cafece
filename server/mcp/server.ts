/** The MCP server of one caller: the same for every protocol version, over HTTP and behind `banyan mcp`. */
import {
  type CallToolResult,
  type ProtocolEra,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { problemOfError } from "@/lib/http/problem";
import { progressOf } from "./progress";
import { getPrompt, listPrompts, listResources, RESOURCE_TEMPLATES, readResource } from "./resources";
import { clientOf, serveTasks, TASKS_CAPABILITY } from "./tasks/protocol";
import { listedOutputOf } from "./tools/output-schema";
import { roundOf } from "./tools/questions";
import { MCP_TOOLS } from "./tools/table";
import { tasksOf } from "./tools/tasks";
import { type McpCall, type McpTool, type OfProtocol, toolResult } from "./tools/tool";

/** What all calls of one caller share. */
export type McpCaller = Pick<McpCall, "app" | "once" | "times" | "records"> & {
  /** Of Banyan, for the client. */
  version: string;
  /** Whether the client asked to see other names of tools. It may call them in any case. */
  wantsOtherNames: boolean;
};

/** The outcome of a request, for the status of its answer. */
export interface Outcome {
  isForbidden: boolean;
}

/** `era`: "legacy" for clients of the versions before 2026. */
export type CreateMcpServer = (caller: McpCaller, outcome: Outcome, era: ProtocolEra) => Server;

export function createMcpServer(caller: McpCaller, outcome: Outcome, era: ProtocolEra): Server {
  const { app, version, wantsOtherNames } = caller;
  const capabilities = { tools: {}, resources: {}, prompts: {}, ...(era === "modern" && TASKS_CAPABILITY) };
  const server = new Server({ name: "banyan", title: "Banyan", version }, { capabilities });
  server.setRequestHandler("tools/list", () => ({
    tools: MCP_TOOLS.filter((tool) => app.may(tool.calls) && (wantsOtherNames || !tool.isOtherName)).map(shown),
  }));
  server.setRequestHandler("tools/call", ({ params }, { mcpReq }) => {
    const work = () => callTool(callOf(caller, mcpReq), params.name, params.arguments ?? {});
    return refusing(outcome, work, failed);
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
  if (era === "modern") serveTasks(server, tasksOf(caller), (work) => refusing(outcome, work, invalid));
  return server;
}

function callOf(caller: McpCaller, mcpReq: ServerContext["mcpReq"]): McpCall {
  return {
    ...caller,
    signal: mcpReq.signal,
    tell: progressOf(mcpReq),
    client: clientOf(mcpReq),
    answers: mcpReq.inputResponses ?? {},
    round: roundOf(mcpReq.requestState<string>()),
  };
}

function shown({ name, description, input, answers, isReading }: McpTool) {
  // The dialect is the one that the protocol takes where none is named.
  const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: "input" }) as { $schema: string; type: "object" };
  const outputSchema = listedOutputOf(answers);
  return { name, description, inputSchema, outputSchema, annotations: { readOnlyHint: isReading } };
}

/**
 * Turns failures into sentences: `failed` makes the answer to a failure that the caller can fix. A missing permission
 * is an error of the protocol.
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

async function callTool(call: McpCall, name: string, input: unknown): Promise<OfProtocol> {
  const tool = MCP_TOOLS.find((candidate) => candidate.name === name);
  if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${name.slice(0, 100)}.`);
  await call.app.check(tool.calls);
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) return failed(sentenceOf(parsed.error));
  const result = await tool.run(call, input);
  return isOfProtocol(result) ? result : toolResult(result);
}

/** Whether a tool asks or has started a task, instead of a result of its own. */
function isOfProtocol(result: object): result is OfProtocol {
  return "resultType" in result;
}

function failed(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

function sentenceOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") return `The tool takes no argument "${issue.keys[0]}".`;
  return `The argument "${issue?.path.join(".")}" is not valid: ${issue?.message ?? "unknown form"}.`;
}
