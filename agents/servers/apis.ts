/** Web APIs among the added servers: their documents as tools, and the calls of their operations. */
import { UserError } from "@/agents/application";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { configIn } from "@/agents/tools/outside/added-config";
import type { OfferedServerTool } from "@/agents/tools/outside/server-tools";
import { isReading, operationKey } from "@/core/rules/api-operation";
import { DEFAULT_MCP_LIMITS } from "@/lib/mcp/calls/limits";
import { toolReader } from "@/lib/mcp/calls/listing";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ListedTool, McpResult, ServerDescription } from "@/lib/mcp/config/types";
import { callOperation, fetchDocument } from "@/lib/openapi/call";
import { readApiDocument } from "@/lib/openapi/document";
import { type ApiDocument, ApiDocumentError, type ApiServer, type DescribedOperation } from "@/lib/openapi/types";
import { apiOf, type ServerOfTask, type ServersContext } from "./context";

/** The annotation that holds an operation's request, so that the tool's hash covers it. */
export const OPERATION = "operation";

/** A document's address, or its text. */
export interface DocumentSource {
  url?: string | undefined;
  text?: string | undefined;
}

type Described = Pick<ServerDescription, "tools" | "late" | "problems">;

/** Calls an operation. Rejects with a McpFailure. */
export async function callApi(
  context: ServersContext,
  { server, tool }: Pick<OfferedServerTool, "server" | "tool">,
  args: Record<string, unknown>,
  { signal, timeoutMs }: Pick<ToolContext, "signal" | "timeoutMs">,
): Promise<McpResult> {
  const { name } = server;
  const config = configIn(server.server) as ApiServer;
  if (!tool.operation || context.approvedHash(name, tool.name) !== tool.hash)
    throw new McpFailure(
      "changed",
      `The operation ${tool.name} of the API ${name} is no longer the one that was approved, so it was not called; request_tools gives you the present one.`,
    );
  return callOperation({ ...config, name }, tool.operation, args, { ...apiOf(context, server), signal, timeoutMs });
}

/** Returns the chosen operations as the document describes them now. Throws UserError. */
export async function describeApi(context: Pick<ServersContext, "api">, body: ServerOfTask): Promise<Described> {
  const config = configIn(body.server) as ApiServer;
  // The operations of a file stay as they were approved: there is nothing to read again.
  if (config.document === undefined) return { tools: body.server.tools.map(listedAgain), late: [], problems: [] };
  return toolsOf(await readDocument(context.api, { url: config.document }), config.operations);
}

/** Reads a document from its address or its text. Throws UserError. */
export async function readDocument(
  { guard }: Pick<ServersContext["api"], "guard">,
  { url, text }: DocumentSource,
): Promise<ApiDocument> {
  try {
    if (text !== undefined) return await readApiDocument(text);
    if (url === undefined) throw new UserError("invalid", "Give the document: its address, or a file.");
    const { signal } = new AbortController();
    return await readApiDocument(await fetchDocument(url, { guard, signal }), url);
  } catch (error) {
    if (error instanceof ApiDocumentError) throw new UserError("invalid", error.message);
    throw error;
  }
}

/** Returns the chosen operations as tools. The checks of tools from outside leave out some, each with a problem. */
export function toolsOf({ operations, problems }: ApiDocument, chosen: readonly string[]): Described {
  const wanted = new Set(chosen);
  const found = [...problems];
  const reader = toolReader(DEFAULT_MCP_LIMITS, found);
  reader.take(operations.filter(({ key }) => wanted.has(key)).map(asListed));
  return { tools: reader.tools(), late: reader.late(), problems: found };
}

/** Returns the operations that only read: the choice of a person who chose nothing. */
export function readingOf({ operations }: ApiDocument): string[] {
  return operations.filter(({ operation }) => isReading(operation)).map(({ operation }) => operationKey(operation));
}

function asListed({ name, description, inputSchema, operation }: DescribedOperation): Omit<ListedTool, "hash"> {
  return {
    name,
    description,
    inputSchema,
    annotations: { readOnlyHint: isReading(operation), [OPERATION]: operation },
  };
}

function listedAgain(tool: ServerOfTask["server"]["tools"][number]): ListedTool {
  const { name, description, inputSchema, hash, operation } = tool;
  return {
    name,
    description,
    inputSchema,
    hash,
    ...(operation && { annotations: { readOnlyHint: isReading(operation), [OPERATION]: operation } }),
  };
}
