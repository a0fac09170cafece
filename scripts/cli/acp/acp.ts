/**
 * `acp`: Banyan as an agent for editors that speak the Agent Client Protocol. It is a client of the running server's
 * HTTP API; standard output carries the protocol and nothing else.
 */
import { Readable, Writable } from "node:stream";
import { ndJsonStream } from "@agentclientprotocol/sdk";
import { ROLES, type Role } from "@/core/rules/roles";
import { startCommand } from "@/lib/places";
import { submissionOf } from "@/scripts/cli/commands/run";
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { runningAt } from "@/scripts/cli/context/running-server";
import { tokenOf } from "@/scripts/cli/mcp/token";
import { UsageError, warn } from "@/scripts/cli/print/output";
import { createAgent } from "./agent";
import { createApi, type FindServer } from "./api";
import { sessionFiles } from "./session-files";

const NO_SERVER = `No server runs on this data folder. Start Banyan with \`${startCommand()}\`, then try again.`;

export async function acp(context: Context, _: unknown, flags: Flags): Promise<number> {
  const wanted = textFlag(flags, "role") ?? "admin";
  const role = ROLES.find((role) => role === wanted);
  if (!role) throw new UsageError(`--role cannot be "${wanted}": use ${ROLES.join(", ")}.`);
  const submissionIn = (cwd: string) => submissionOf(context, { ...flags, workspace: cwd });
  // Wrong flags are reported at the start, not with the first prompt.
  submissionIn(context.cwd);
  // The editor gets this sentence too, when it begins a session; people find this one in the editor's log.
  if (runningAt(context.settings.dataDir) === null) warn(NO_SERVER);
  // Whatever a library prints must not reach the protocol.
  console.log = console.error;
  const { dataDir } = context.settings;
  const app = createAgent({
    api: createApi(finder(context, role)),
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
function finder(context: Context, role: Role): FindServer {
  let token: Promise<string> | null = null;
  const { dataDir } = context.settings;
  return async () => {
    const url = runningAt(dataDir);
    if (url === null) throw new UsageError(NO_SERVER);
    token ??= withActing(context, ({ application }) => tokenOf(application, dataDir, role, "acp")).catch((error) => {
      token = null;
      throw error;
    });
    return { url, token: await token };
  };
}
