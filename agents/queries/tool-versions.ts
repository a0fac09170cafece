/** What versions of tools say, and the code that an agent wrote for one, as people read them. Pure. */

import type { ServerBody, ToolBody } from "@/core/rules/configuration";
import type { ServerCode, ToolVersionTexts } from "@/core/shapes/tools";
import { entryOf } from "@/lib/mcp/config/entry";
import type { ServerConfig } from "@/lib/mcp/config/types";

/** `bodyOf`: what is kept of a version; null when there is none. */
export function versionTexts(version: number, bodyOf: (version: number) => unknown): ToolVersionTexts | null {
  const body = bodyOf(version) as ToolBody | null;
  if (!body) return null;
  const before = bodyOf(version - 1) as ToolBody | null;
  const server = body.server && !body.server.files ? body.server : null;
  return {
    version,
    text: textOf(body),
    before: before && { version: version - 1, text: textOf(before) },
    entry: server && entryOf(server.config as ServerConfig, server),
  };
}

/** Line by line, so that a comparison shows what differs; hashes say nothing to anybody. */
function textOf({ server, availability, ...body }: ToolBody): string {
  const off = availability.available ? {} : { off: availability.reason };
  const shown = { ...body, ...off, ...(server && { server: serverOf(server) }) };
  return `${JSON.stringify(shown, null, 2).replaceAll("\\n", "\n")}\n`;
}

function serverOf(server: ServerBody): Record<string, unknown> {
  const { files, test, probe, tools } = server;
  return {
    ...entryOf(server.config as ServerConfig, server),
    ...(files && { files }),
    ...(test && { test }),
    ...(probe && { probe }),
    tools: tools.map(({ hash: _, ...tool }) => tool),
  };
}

/** `tested`: how the host's test of the code went, when it was proposed. */
export function codeOf({ files, test, probe }: ServerBody, tested: string | null): ServerCode | null {
  if (!files) return null;
  return {
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    test: test ?? null,
    tested,
    probe: probe ?? null,
  };
}
