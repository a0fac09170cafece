/** Texts of tool versions and code of agents, for people to read. Pure. */
import { startOf } from "@/agents/servers/preview";
import { configIn, isAgent, isApi } from "@/agents/tools/outside/added-config";
import type { ServerBody, ToolBody } from "@/core/rules/configuration";
import type { ServerCode, ToolVersionTexts } from "@/core/shapes/tools";
import { entryOf } from "@/lib/mcp/config/entry";
import type { ServerConfig } from "@/lib/mcp/config/types";

/**
 * Returns the texts of a version and the one before it, or null. `bodyOf` returns a stored version or null.
 * `hidesSettings`: without the values of a server's settings, for people who may not change servers.
 */
export function versionTexts(
  version: number,
  bodyOf: (version: number) => unknown,
  hidesSettings = false,
): ToolVersionTexts | null {
  const body = bodyOf(version) as ToolBody | null;
  if (!body) return null;
  const before = bodyOf(version - 1) as ToolBody | null;
  const server = body.server && !body.server.files && !isApi(body.server) && !isAgent(body.server) ? body.server : null;
  return {
    version,
    text: textOf(body, hidesSettings),
    before: before && { version: version - 1, text: textOf(before, hidesSettings) },
    entry: server && !hidesSettings ? entryOf(server.config as ServerConfig, server) : null,
  };
}

/** Returns the body line by line, so that a diff shows changes. Hashes are left out, because nobody can read them. */
function textOf({ server, availability, ...body }: ToolBody, hidesSettings: boolean): string {
  const off = availability.available ? {} : { off: availability.reason };
  const shown = { ...body, ...off, ...(server && { server: serverOf(server, hidesSettings) }) };
  return `${JSON.stringify(shown, null, 2).replaceAll("\\n", "\n")}\n`;
}

function serverOf(server: ServerBody, hidesSettings: boolean): Record<string, unknown> {
  const { files, test, probe, tools, scope, workspace } = server;
  const config = configIn(server);
  const whole = config.kind === "openapi" || config.kind === "a2a" ? config : entryOf(config, server);
  return {
    ...(hidesSettings ? { ...startOf(config), scope, workspace } : whole),
    ...(files && { files }),
    ...(test && { test }),
    ...(probe && { probe }),
    tools: tools.map(({ hash: _, ...tool }) => tool),
  };
}

/** Returns the code of an agent's server, or null. `tested` is the result of the host's test when it was proposed. */
export function codeOf({ files, test, probe }: ServerBody, tested: string | null): ServerCode | null {
  if (!files) return null;
  return {
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    test: test ?? null,
    tested,
    probe: probe ?? null,
  };
}
