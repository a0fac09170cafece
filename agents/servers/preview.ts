/** Previews what a file of servers would add, without storing, starting or sending anything. */

import { type AddedConfig, onlyHostOf } from "@/agents/tools/outside/added-config";
import type { PreviewedServer, ServerPreview, ShownServer } from "@/core/shapes/tools";
import { importServers, type ServerPlacement } from "@/lib/mcp/config/config";
import { hazardsOf } from "@/lib/mcp/config/hazards";
import { shownValue } from "@/lib/mcp/config/secret-values";
import type { ServerConfig } from "@/lib/mcp/config/types";

type StartKey = "kind" | "start" | "folders" | "hosts" | "settings";

const NOWHERE: ServerPlacement = { scope: "tree", workspace: "none" };

/** Returns the preview. `kept` has the names of the secrets already in the vault. */
export function previewServers(text: string, taken: readonly string[], kept: ReadonlySet<string>): ServerPreview {
  const found = importServers(text, taken);
  const missing = found.missing.filter((name) => !kept.has(name));
  const servers = found.servers.map((config): PreviewedServer => {
    const own = (name: string) => name.startsWith(`mcp/${config.name}/`);
    return {
      ...startOfServer(config),
      ...(found.placements[config.name] ?? NOWHERE),
      name: config.name,
      secrets: Object.keys(found.secrets).filter(own),
      missing: missing.filter(own),
      hazards: hazardsOf(config),
    };
  });
  return { servers, problems: found.problems };
}

/** Returns how a server is started or reached, with names in place of secrets. */
export function startOf(config: AddedConfig): Pick<ShownServer, StartKey> {
  if (config.kind === "openapi" || config.kind === "a2a") {
    const { kind, auth, url } = config;
    const settings = auth.kind === "none" ? [] : [auth.kind === "header" ? auth.name : "Authorization"];
    return { kind, start: url, folders: {}, hosts: [onlyHostOf(config) ?? "unknown host"], settings };
  }
  return startOfServer(config);
}

function startOfServer(config: ServerConfig): Pick<PreviewedServer, StartKey> {
  if (config.kind === "http") {
    const start = shownValue(config.url);
    const hosts = URL.canParse(start) ? [new URL(start).host] : [];
    return { kind: "http", start, folders: {}, hosts, settings: Object.keys(config.headers) };
  }
  const start = [config.command, ...config.args.map(shownValue)].join(" ");
  const { folders = {}, hosts = [], env } = config;
  return { kind: "stdio", start, folders, hosts, settings: Object.keys(env) };
}
