import type { ToolBody } from "./configuration";

/**
 * Returns everything that determines what a server's calls do and reach, which excludes policies and descriptions; null
 * for a tool that is no server. A rule that approves its calls ends when this changes.
 */
export function serverIdentity({ server }: Pick<ToolBody, "server">): string | null {
  if (!server) return null;
  const { config, files, scope, workspace, tools } = server;
  const listed = tools.map(({ name, hash }) => `${name} ${hash}`).sort();
  return JSON.stringify([config, files ?? null, scope, workspace, listed]);
}
