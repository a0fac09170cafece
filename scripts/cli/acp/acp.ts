/**
 * `acp`: Banyan as an agent for editors that speak the Agent Client Protocol. It is a client of the running server's
 * HTTP API; standard output carries the protocol and nothing else.
 */
import { Readable, Writable } from "node:stream";
import { ndJsonStream } from "@agentclientprotocol/sdk";
import { ROLES, type Role } from "@/core/rules/roles";
import { submissionOf } from "@/scripts/cli/commands/run";
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { type Kept, tokenOf } from "@/scripts/cli/mcp/token";
import { type StartedServer, startedServer } from "@/scripts/cli/opening/started";
import { UsageError } from "@/scripts/cli/print/output";
import { createAgent } from "./agent";
import { createApi, type FindServer } from "./api";
import { sessionFiles } from "./session-files";

export async function acp(context: Context, _: unknown, flags: Flags): Promise<number> {
  const wanted = textFlag(flags, "role") ?? "admin";
  const role = ROLES.find((role) => role === wanted);
  if (!role) throw new UsageError(`--role cannot be "${wanted}": use ${ROLES.join(", ")}.`);
  const submissionIn = (cwd: string) => submissionOf(context, { ...flags, workspace: cwd });
  // Wrong flags are reported at the start, not with the first prompt.
  submissionIn(context.cwd);
  const server = startedServer(context, flags);
  // Whatever a library prints must not reach the protocol.
  console.log = console.error;
  const { dataDir } = context.settings;
  const app = createAgent({
    api: createApi(finder(context, server, role)),
    files: sessionFiles(dataDir),
    version: context.version,
    submissionIn,
  });
  const output = Writable.toWeb(process.stdout) as WritableStream<Uint8Array>;
  const input = Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>;
  await app.connect(ndJsonStream(output, input)).closed;
  // Requests to a server that is gone would keep the process alive.
  process.exit(0);
}

/** Looks for the server at each request, because it may restart at another address while the editor runs. */
function finder(context: Context, server: StartedServer, role: Role): FindServer {
  let token: Promise<Kept> | null = null;
  const { dataDir } = context.settings;
  return async () => {
    const url = await server.address();
    token ??= withActing(context, ({ application }) => tokenOf(application, dataDir, role, "acp")).catch((error) => {
      token = null;
      throw error;
    });
    return { url, token: (await token).token };
  };
}
