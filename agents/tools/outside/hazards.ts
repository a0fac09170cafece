/** What a person should know before deciding about an added server. */
import type { ServerBody, ServerTool } from "@/core/rules/configuration";
import { hazardsOfAgent } from "@/lib/a2a/facts";
import { hazardsOf, hazardsOfTools } from "@/lib/mcp/config/hazards";
import { isInnerHost } from "@/lib/net/address";
import { hostOf } from "@/lib/net/host-list";
import type { ApiServer } from "@/lib/openapi/types";
import { configIn, otherHostsOf } from "./added-config";

/** Returns one sentence for each known danger, for the person who decides about the server. */
export function hazardsOfAdded(server: Pick<ServerBody, "config" | "tools">): string[] {
  const config = configIn(server);
  if (config.kind === "openapi") return hazardsOfApi(config, otherHostsOf(server));
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

function hazardsOfApi({ url, auth, document }: ApiServer, others: readonly string[]): string[] {
  const found: string[] = [];
  const { hostname, host, protocol } = new URL(url);
  if (isInnerHost(hostname)) found.push(`${host} is an address of this machine or of a private network.`);
  if (protocol === "http:")
    found.push("It is reached without TLS: anyone on the network path can read and change the traffic.");
  if (document !== undefined && auth.kind !== "none" && hostOf(document) !== hostOf(url))
    found.push(`Its document comes from ${hostOf(document)}, and its secret goes to ${host}.`);
  for (const other of others) {
    const secret = auth.kind === "none" ? "" : ", with its secret";
    found.push(`Some of its operations go to ${other}${secret}: its document names this server for them.`);
    if (isInnerHost(other.replace(/:\d+$/, "")))
      found.push(`${other} is an address of this machine or of a private network.`);
  }
  return found;
}
