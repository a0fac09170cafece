import type { McpCall, McpPool } from "@/lib/mcp/calls/pool";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ServerConfig } from "@/lib/mcp/config/types";

export const LONG_MS = 240_000;

/** Calls tools of one server with the hashes that it listed at first, as the runtime does. */
export async function approved(pool: McpPool, server: ServerConfig) {
  const { tools } = await pool.describe(server);
  return (tool: string, args: Record<string, unknown> = {}, more: Partial<McpCall> = {}) => {
    const pinnedHash = tools.find(({ name }) => name === tool)?.hash ?? "none";
    return pool.call(server, tool, args, { scope: "shared", timeoutMs: LONG_MS, pinnedHash, ...more });
  };
}

/** The failure that the work ends in; anything else fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<McpFailure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof McpFailure)) throw new Error(`It did not fail as it should: ${error}`);
  return error;
}
