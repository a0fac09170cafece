/**
 * `mcp`: Banyan for MCP clients that start programs. It forwards each message to `/mcp` of the server, so that both doors
 * have the same tools and the same checks.
 */
import { resolve } from "node:path";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { ROLES } from "@/core/rules/roles";
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { listFlag, textFlag } from "@/scripts/cli/context/flags";
import { startedServer } from "@/scripts/cli/opening/started";
import { UsageError } from "@/scripts/cli/print/output";
import { clientFolder } from "./folder";
import { startForwarding } from "./forward";
import { type Kept, tokenOf } from "./token";

const WRONG_USAGE = 2;

export async function mcp(context: Context, _: unknown, flags: Flags): Promise<number> {
  const wanted = textFlag(flags, "role") ?? "operator";
  const role = ROLES.find((role) => role === wanted);
  if (!role) throw new UsageError(`--role cannot be "${wanted}": use ${ROLES.join(", ")}.`);
  const names = textFlag(flags, "names");
  if (names !== undefined && names !== "claude") throw new UsageError(`--names cannot be "${names}": use claude.`);
  const { dataDir } = context.settings;
  let kept: Promise<Kept> | null = null;
  const token = () => {
    kept ??= withActing(context, ({ application }) => tokenOf(application, dataDir, role, "mcp")).catch((error) => {
      kept = null;
      throw error;
    });
    return kept;
  };
  const server = startedServer(context, flags);
  const given = listFlag(flags, "folder").map((path) => resolve(context.cwd, path));
  const folder = clientFolder(context, { role, token, given });
  let hasServer = false;
  // Looks at each request, because the server may restart at another address while the client runs.
  const reach = async () => {
    const url = await server.address();
    hasServer = true;
    await folder.allowGiven();
    return { url: `${url}/mcp${names === undefined ? "" : `?names=${names}`}`, token: (await token()).token };
  };
  const wire = new StdioServerTransport();
  const closed = new Promise<void>((resolve) => {
    wire.onclose = resolve;
  });
  const forwarding = await startForwarding(wire, { reach, folder });
  await closed;
  server.close();
  await forwarding.close();
  return hasServer ? 0 : WRONG_USAGE;
}
