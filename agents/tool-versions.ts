/** What versions of tools say, and the code that an agent wrote for one, as people read them. Pure. */
import { entryOf } from "@/lib/mcp/entry";
import type { ServerConfig } from "@/lib/mcp/types";
import type { ServerBody, ToolBody } from "./core/configuration";
import type { ServerCode, ToolVersionTexts } from "./core/shapes-tools";

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

const TESTED = "The host ran the test";

/** `evidence`: of the item by which it was approved, where its own paragraph tells how the test went. */
export function codeOf({ files, test, probe }: ServerBody, evidence: string | null): ServerCode | null {
  if (!files) return null;
  const from = evidence?.indexOf(TESTED) ?? -1;
  const to = evidence?.indexOf("\n\n--- ", from) ?? -1;
  return {
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    test: test ?? null,
    tested: evidence === null || from < 0 ? null : evidence.slice(from, to < 0 ? undefined : to).trim(),
    probe: probe ?? null,
  };
}
