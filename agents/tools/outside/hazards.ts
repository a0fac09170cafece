/** What a person should know before deciding about an added server. */
import type { ServerBody, ServerTool } from "@/core/rules/configuration";
import { hazardsOfAgent } from "@/lib/a2a/facts";
import { hazardsOf, hazardsOfTools } from "@/lib/mcp/config/hazards";
import { isInnerHost } from "@/lib/net/address";
import { hostOf } from "@/lib/net/host-list";
import type { ApiServer } from "@/lib/openapi/types";
import { configIn } from "./added-config";
import { nameOfServerTool } from "./server-tools";

/** Returns one sentence for each known danger, for the person who decides about the server. */
export function hazardsOfAdded(server: Pick<ServerBody, "config" | "tools">): string[] {
  const config = configIn(server);
  const ofNames = hazardsOfNames(config.name, server.tools);
  if (config.kind === "openapi") return [...hazardsOfApi(config), ...ofNames];
  if (config.kind === "a2a") return [...hazardsOfAgent(config), ...ofNames];
  return [...hazardsOf(config), ...hazardsOfTools(config, server.tools), ...ofNames];
}

/** Returns one sentence for each known danger of a single tool. */
export function hazardsOfTool(
  server: Pick<ServerBody, "config">,
  tool: Pick<ServerTool, "name" | "inputSchema">,
): string[] {
  const config = configIn(server);
  return config.kind === "openapi" || config.kind === "a2a" ? [] : hazardsOfTools(config, [tool]);
}

/** Names for agents are shorter and have fewer signs than those of a server, and only the first tool of a name is offered. */
function hazardsOfNames(server: string, tools: readonly Pick<ServerTool, "name">[]): string[] {
  const first = new Map<string, string>();
  return tools.flatMap((tool) => {
    const name = nameOfServerTool(server, tool.name);
    const other = first.get(name);
    if (other !== undefined)
      return [`Agents cannot call the tool ${tool.name}: its name for them, ${name}, is that of ${other}.`];
    first.set(name, tool.name);
    return [];
  });
}

function hazardsOfApi({ url, auth, document }: ApiServer): string[] {
  const found: string[] = [];
  const { hostname, host, protocol } = new URL(url);
  if (isInnerHost(hostname)) found.push(`${host} is an address of this machine or of a private network.`);
  if (protocol === "http:")
    found.push("It is reached without TLS: anyone on the network path can read and change the traffic.");
  if (document !== undefined && auth.kind !== "none" && hostOf(document) !== hostOf(url))
    found.push(`Its document comes from ${hostOf(document)}, and its secret goes to ${host}.`);
  return found;
}
