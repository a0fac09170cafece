/**
 * `mcp`: Banyan for MCP clients that start programs. It forwards each message to `/mcp` of the running server, so that
 * both doors have the same tools and the same checks.
 */
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { ROLES, type Role } from "@/core/rules/roles";
import { startCommand } from "@/lib/places";
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { runningAt } from "@/scripts/cli/context/running-server";
import { UsageError, warn } from "@/scripts/cli/print/output";
import { type Reach, startForwarding } from "./forward";
import { tokenOf } from "./token";

const WRONG_USAGE = 2;
const NO_SERVER = `No server runs on this data folder. Start Banyan with \`${startCommand()}\`, then try again.`;

export async function mcp(context: Context, _: unknown, flags: Flags): Promise<number> {
  const wanted = textFlag(flags, "role") ?? "operator";
  const role = ROLES.find((role) => role === wanted);
  if (!role) throw new UsageError(`--role cannot be "${wanted}": use ${ROLES.join(", ")}.`);
  const reach = reachOf(context, role);
  const wire = new StdioServerTransport();
  const closed = new Promise<void>((resolve) => {
    wire.onclose = resolve;
  });
  const isThere = runningAt(context.settings.dataDir) !== null;
  // The client also gets the sentence as the error of its first request; people find this one in the client's log.
  if (!isThere) warn(NO_SERVER);
  const forwarding = await startForwarding(wire, reach);
  await closed;
  await forwarding.close();
  return isThere ? 0 : WRONG_USAGE;
}

/** Looks for the server at each request, because it may restart at another address while the client runs. */
function reachOf(context: Context, role: Role): () => Promise<Reach> {
  let token: Promise<string> | null = null;
  const { dataDir } = context.settings;
  return async () => {
    const url = runningAt(dataDir);
    if (url === null) throw new UsageError(NO_SERVER);
    token ??= withActing(context, ({ application }) => tokenOf(application, dataDir, role, "mcp")).catch((error) => {
      token = null;
      throw error;
    });
    return { url: `${url}/mcp`, token: await token };
  };
}
