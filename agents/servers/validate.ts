/** Tests a server before its approval: pins its package, starts it once, and stores the tools that it lists. */
import { mkdir } from "node:fs/promises";
import { UserError } from "@/agents/application";
import { configIn, isAgent, isApi } from "@/agents/tools/outside/added-config";
import type { ApiOperation } from "@/core/rules/api-operation";
import type { ServerTool, ToolBody } from "@/core/rules/configuration";
import { McpFailure } from "@/lib/mcp/config/errors";
import { pinPackage } from "@/lib/mcp/config/packages";
import type { ListedTool, ServerDescription, StdioServer } from "@/lib/mcp/config/types";
import { describeApi, OPERATION } from "./apis";
import { configOf, type ServerOfTask, type ServersContext } from "./context";
import type { Described } from "./described";
import { SignInNeeded } from "./sign-in";
import { SKILL } from "./skills";

const VALIDATION_SCOPE = "validation";
const PROBE_MS = 30_000;

/** Returns the body with the package's exact version and the listed tools. Throws UserError. */
export async function validate(context: ServersContext, given: ToolBody, isLive?: () => boolean): Promise<ToolBody> {
  const body = await prepared(context, given);
  const { tools, problems, config = body.server.config } = await describePrepared(context, body, isLive);
  if (tools.length === 0) throw new UserError("conflict", [`${withoutTools(body)}.`, ...problems].join(" "));
  await probe(context, body, tools, isLive);
  const policies = new Map(body.server.tools.map((tool) => [tool.name, tool.policy]));
  const kept = tools.map((tool) => {
    const policy = policies.get(tool.name);
    return { ...approved(tool), ...(policy && { policy }) };
  });
  await context.pool.closeServer(body.name);
  const { leftOut: _, ...server } = body.server;
  return {
    ...body,
    server: { ...server, config, tools: kept, ...(problems.length > 0 && { leftOut: [...problems] }) },
  };
}

function withoutTools({ name, server }: ServerOfTask): string {
  if (isAgent(server)) return `The agent ${name} has none of the chosen skills any more`;
  return isApi(server) ? `The API ${name} has no operation that can be used` : `The server ${name} lists no tools`;
}

/** Returns what the server lists now. Throws UserError, or SignInNeeded when a person must sign in first. */
export async function describe(context: ServersContext, body: ToolBody, isLive?: () => boolean): Promise<Described> {
  return describePrepared(context, await prepared(context, body), isLive);
}

async function prepared(context: ServersContext, body: ToolBody): Promise<ServerOfTask> {
  const { inFolder, emptyDir } = context;
  if (!body.server) throw new UserError("invalid", `${body.name} is not a tool server.`);
  const config = configIn(body.server);
  inFolder.delete(body.name);
  if (body.server.workspace !== "none") {
    await mkdir(emptyDir, { recursive: true, mode: 0o755 });
    inFolder.add(body.name);
  }
  const pinned = config.kind === "stdio" && !body.server.files ? await pin(context, config) : config;
  return { ...body, server: { ...body.server, config: { ...pinned, name: body.name } } };
}

async function pin({ packagesDir }: ServersContext, config: StdioServer): Promise<StdioServer> {
  try {
    return await pinPackage(config, { packagesDir, env: process.env });
  } catch (error) {
    throw new UserError("conflict", (error as Error).message);
  }
}

async function describePrepared(
  context: ServersContext,
  body: ServerOfTask,
  isLive: (() => boolean) | undefined,
): Promise<Described> {
  if (isAgent(body.server)) {
    const { describeAgent } = await import("./outside-agents");
    return describeAgent(context, body);
  }
  if (isApi(body.server)) return describeApi(context, body);
  try {
    return await context.pool.describe(await configOf(context, body), isLive);
  } catch (error) {
    if (!(error instanceof McpFailure)) throw error;
    const page = context.signInPages.get(body.name);
    if (error.kind === "needs_person" && page) throw new SignInNeeded(error.message, page);
    throw new UserError("conflict", error.message);
  }
}

/** Returns what is stored of a listed tool. Its hash covers all of it. */
export function approved({ name, description, inputSchema, hash, annotations }: ListedTool): ServerTool {
  const operation = annotations?.[OPERATION] as ApiOperation | undefined;
  const skill = annotations?.[SKILL];
  const isReadOnly = annotations?.readOnlyHint === true;
  return {
    name,
    description,
    inputSchema,
    hash,
    ...(isReadOnly && { readOnly: true }),
    ...(operation && { operation }),
    ...(typeof skill === "string" && { skill }),
  };
}

/** Makes the probe call that the server's entry names, if any. Throws UserError when it fails. */
async function probe(
  context: ServersContext,
  body: ServerOfTask,
  listed: ServerDescription["tools"],
  isLive: (() => boolean) | undefined,
): Promise<void> {
  const { pool } = context;
  const wanted = body.server.probe;
  if (!wanted) return;
  const tool = listed.find((tool) => tool.name === wanted.tool);
  if (!tool) {
    const names = listed.map((tool) => tool.name).join(", ");
    throw new UserError(
      "conflict",
      `The server ${body.name} has no tool ${wanted.tool} for its probe. Its tools: ${names || "none"}.`,
    );
  }
  try {
    const use = { scope: VALIDATION_SCOPE, timeoutMs: PROBE_MS, pinnedHash: tool.hash, isLive };
    const answer = await pool.call(await configOf(context, body), tool.name, wanted.arguments, use);
    if (!answer.isError) return;
    throw new UserError(
      "conflict",
      `The server ${body.name} answered its probe with an error: ${answer.text.slice(0, 300)}`,
    );
  } catch (error) {
    if (error instanceof McpFailure) throw new UserError("conflict", error.message);
    throw error;
  } finally {
    await pool.close(VALIDATION_SCOPE);
  }
}
