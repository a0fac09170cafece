/** Returns servers in the file format of an import. Packages keep their version; secrets appear by name only. */
import type { ServerConfig, Value } from "@/lib/mcp/config/types";

export function serversFile(servers: readonly ServerConfig[]): { mcpServers: Record<string, unknown> } {
  return { mcpServers: Object.fromEntries(servers.map((server) => [server.name, entryOf(server)])) };
}

function entryOf(server: ServerConfig): Record<string, unknown> {
  if (server.kind === "http") {
    const { clientId, clientSecret, scope } = server.oauth ?? {};
    const oauth = { clientId, clientSecret: clientSecret && textOf(clientSecret), scope };
    return {
      type: "http",
      url: textOf(server.url),
      ...filled("headers", server.headers),
      ...(server.oauth && { oauth }),
    };
  }
  const { package: pinned, args } = server;
  const given = args.map(textOf);
  return {
    command: pinned ? "npx" : server.command,
    args: pinned ? ["-y", `${pinned.name}@${pinned.version}`, ...given] : given,
    ...filled("env", server.env),
    ...(server.cwd && { cwd: server.cwd }),
    ...(server.folders && { folders: server.folders }),
    ...(server.hosts && { hosts: server.hosts }),
  };
}

function filled(name: string, values: Record<string, Value>) {
  const entries = Object.entries(values).map(([key, value]) => [key, textOf(value)]);
  return entries.length > 0 && { [name]: Object.fromEntries(entries) };
}

/** Writes a secret as ${NAME}, so that an import asks for its value again. */
function textOf(value: Value): string {
  if (typeof value === "string") return value;
  return `${value.before ?? ""}\${${value.secret.split("/").at(-1)}}${value.after ?? ""}`;
}
