import type { McpCall, McpPool } from "@/lib/mcp/calls/pool";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ServerConfig } from "@/lib/mcp/config/types";

export const LONG_MS = 240_000;

/** Calls the tools of one server with their first listed hashes, as the runtime does. */
export async function approved(pool: McpPool, server: ServerConfig) {
  const { tools } = await pool.describe(server);
  return (tool: string, args: Record<string, unknown> = {}, more: Partial<McpCall> = {}) => {
    const pinnedHash = tools.find(({ name }) => name === tool)?.hash ?? "none";
    return pool.call(server, tool, args, { scope: "shared", timeoutMs: LONG_MS, pinnedHash, ...more });
  };
}

/** Returns the failure of the work; any other ending fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<McpFailure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof McpFailure)) throw new Error(`It did not fail with a McpFailure: ${error}`);
  return error;
}
