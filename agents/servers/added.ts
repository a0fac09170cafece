/** The servers that people added from files, to recognise an entry that is added again. */
import { configIn } from "@/agents/tools/outside/added-config";
import { isServer } from "@/agents/tools/outside/server-tools";
import type { ToolBody } from "@/core/rules/configuration";
import type { AddedServer } from "@/lib/mcp/config/same-server";

export function addedServers({ tools }: { tools(): readonly ToolBody[] }): AddedServer[] {
  return tools().flatMap((tool) => {
    if (!isServer(tool) || tool.server.files) return [];
    const config = configIn(tool.server);
    if (config.kind === "openapi" || config.kind === "a2a") return [];
    const { scope, workspace } = tool.server;
    const isOn = tool.availability.available;
    return [{ config: { ...config, name: tool.name }, placement: { scope, workspace }, isOn }];
  });
}
