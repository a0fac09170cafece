/** The configuration of an added server: an MCP server, a web API with an OpenAPI document, or an outside agent (A2A). */
import { type ApiOperation, baseOfOperation } from "@/core/rules/api-operation";
import type { ServerBody } from "@/core/rules/configuration";
import { hostOfAgent } from "@/lib/a2a/facts";
import type { OutsideAgent } from "@/lib/a2a/types";
import type { ServerConfig } from "@/lib/mcp/config/types";
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

/** Returns the host of an API as in a list of hosts. */
export function hostOfApi({ url }: Pick<ApiServer, "url">): string {
  return hostOf(url) ?? "unknown host";
}

/** Returns the host that an operation of an API is called at. */
export function hostOfOperation({ url }: Pick<ApiServer, "url">, operation: ApiOperation): string {
  return hostOf(baseOfOperation(url, operation)) ?? "unknown host";
}

/** Returns the hosts that operations of an API are called at, besides that of its base URL. */
export function otherHostsOf(server: Pick<ServerBody, "config" | "tools">): string[] {
  const config = configIn(server);
  if (config.kind !== "openapi") return [];
  const hosts = server.tools.flatMap(({ operation }) => (operation ? [hostOfOperation(config, operation)] : []));
  return [...new Set(hosts)].filter((host) => host !== hostOfApi(config));
}

/** Returns the one host that an API or an outside agent is reached at; null for an MCP server. */
export function onlyHostOf(config: AddedConfig): string | null {
  if (config.kind === "a2a") return hostOfAgent(config);
  return config.kind === "openapi" ? hostOfApi(config) : null;
}
