/** Adds the servers of a file, one after another. */
import { type Actor, type ImportedServer, UserError } from "@/agents/application";
import { addedServers } from "@/agents/servers/added";
import type { ServerOfTask } from "@/agents/servers/context";
import { isServer, NO_NAMES } from "@/agents/tools/outside/server-tools";
import { answeringSentence } from "@/core/words/servers";
import { importServers } from "@/lib/mcp/config/config";
import type { ServerConfig, ServerPlacement } from "@/lib/mcp/config/types";
import { missingOf, putServer, type ServerCommandSources } from "./stored-server";

export const NOWHERE: ServerPlacement = { scope: "tree", workspace: "none" };

/** `only`: the names of those to add; absent: all. */
export async function addServers(
  sources: ServerCommandSources,
  file: string,
  actor: Actor,
  only: readonly string[] | undefined,
) {
  const { configuration, vault } = sources;
  const taken = [...configuration.tools().map((tool) => tool.name), ...NO_NAMES];
  const found = importServers(file, taken, addedServers(configuration));
  const { already } = found;
  const wanted = found.servers.filter(({ name }) => only === undefined || only.includes(name));
  if (wanted.length === 0) {
    if (already.length === 0) throw new UserError("invalid", found.problems[0] ?? "The file has no servers.");
    return { sentence: "There is no new server in the file.", servers: [], problems: found.problems, already };
  }
  const imported: ImportedServer[] = [];
  const refusals: UserError[] = [];
  // One after another, because each may install a package.
  for (const config of wanted) {
    const fresh = bodyOf(config, found.placements[config.name] ?? NOWHERE);
    const own = Object.entries(found.secrets).filter(([secret]) => secret.startsWith(`mcp/${config.name}/`));
    try {
      // One that is off is tried again; the policies that a person chose for it stay.
      const old = liveServer(configuration, config.name);
      const body = old ? { ...fresh, policy: old.policy, server: { ...fresh.server, tools: old.server.tools } } : fresh;
      const saving = { why: "Imported.", secrets: Object.fromEntries(own), ...(old && { old }) };
      const { server } = await putServer(sources, body, actor, saving);
      imported.push(server);
    } catch (error) {
      // The servers before it are added, so a repeated import would add them twice.
      if (!(error instanceof UserError)) throw error;
      refusals.push(new UserError(error.kind, `The server ${config.name} was not added: ${error.message}`));
    }
  }
  const [refusal] = refusals;
  if (refusal && imported.length === 0) throw refusal;
  const working = imported.filter((server) => server.problem === null).length;
  const isAdded = (secret: string) => imported.some(({ name }) => secret.startsWith(`mcp/${name}/`));
  const missing = missingOf(found.missing.filter(isAdded), vault);
  const sentence = answeringSentence(working, wanted.length);
  const refused = refusals.map(({ message }) => message);
  return { sentence, servers: imported, problems: [...found.problems, ...refused, ...missing], already };
}

function liveServer({ tools }: ServerCommandSources["configuration"], name: string) {
  const found = tools().find((tool) => tool.name === name);
  return found && isServer(found) ? found : undefined;
}

export function bodyOf(config: ServerConfig, placement: ServerPlacement): ServerOfTask {
  const reaches = config.kind === "http" || (config.hosts ?? []).length > 0;
  return {
    name: config.name,
    title: config.name,
    description: `Tools of the server ${config.name}, imported by a person.`,
    level: reaches ? "network" : "write",
    source: "mcp",
    optional: true,
    policy: "inherit",
    availability: { available: true, since: "" },
    server: { config, tools: [], ...placement },
  };
}
