/** The configuration of an added server: an MCP server, a web API with an OpenAPI document, or an outside agent (A2A). */
import type { ServerBody, ServerTool } from "@/core/rules/configuration";
import { hazardsOfAgent, hostOfAgent } from "@/lib/a2a/facts";
import type { OutsideAgent } from "@/lib/a2a/types";
import { hazardsOf, hazardsOfTools } from "@/lib/mcp/config/hazards";
import type { ServerConfig } from "@/lib/mcp/config/types";
import { isInnerHost } from "@/lib/net/address";
import { hostOf } from "@/lib/net/host-list";
import type { ApiServer } from "@/lib/openapi/types";

export type AddedConfig = ServerConfig | ApiServer | OutsideAgent;

export function configIn({ config }: Pick<ServerBody, "config">): AddedConfig {
  return config as AddedConfig;
}

export function isApi(server: Pick<ServerBody, "config">): boolean {
  return configIn(server).kind === "openapi";
}

export function isAgent(server: Pick<ServerBody, "config">): boolean {
  return configIn(server).kind === "a2a";
}

/** Returns one sentence for each known danger, for the person who decides about the server. */
export function hazardsOfAdded(server: Pick<ServerBody, "config" | "tools">): string[] {
  const config = configIn(server);
  if (config.kind === "openapi") return hazardsOfApi(config);
  if (config.kind === "a2a") return hazardsOfAgent(config);
  return [...hazardsOf(config), ...hazardsOfTools(config, server.tools)];
}

/** Returns one sentence for each known danger of a single tool. */
export function hazardsOfTool(
  server: Pick<ServerBody, "config">,
  tool: Pick<ServerTool, "name" | "inputSchema">,
): string[] {
  const config = configIn(server);
  return config.kind === "openapi" || config.kind === "a2a" ? [] : hazardsOfTools(config, [tool]);
}

/** Returns the host of an API as in a list of hosts. */
export function hostOfApi({ url }: Pick<ApiServer, "url">): string {
  return hostOf(url) ?? "unknown host";
}

/** Returns the one host that an API or an outside agent is reached at; null for an MCP server. */
export function onlyHostOf(config: AddedConfig): string | null {
  if (config.kind === "a2a") return hostOfAgent(config);
  return config.kind === "openapi" ? hostOfApi(config) : null;
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
