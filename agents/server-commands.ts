/** Servers of tools as people manage them: import, test, accept what has changed, remove; and what calls are allowed at all. */
import type { Store } from "@/db/store";
import { importServers } from "@/lib/mcp/config";
import { hazardsOf } from "@/lib/mcp/hazards";
import { changesAgainst } from "@/lib/mcp/schema";
import type { ServerConfig } from "@/lib/mcp/types";
import { canonicalEntry } from "@/lib/net/host-list";
import type { Vault } from "@/lib/secrets/vault";
import { type Actor, type Commands, type ImportedServer, UserError } from "./application";
import type { Configuration } from "./configuration";
import type { ToolBody } from "./core/configuration";
import type { Level } from "./core/entries";
import type { HostPolicy, Policy } from "./core/policy";
import { isServer, nameOfServerTool } from "./server-tools";
import type { Servers } from "./servers";

type ServerCommands = Pick<Commands, "importServers" | "testServer" | "removeTool" | "setPolicy">;

export interface ServerCommandSources {
  store: Pick<Store, "configuration" | "toolStates">;
  configuration: Configuration;
  servers(): Promise<Pick<Servers, "validate" | "describe" | "closeServer">>;
  vault: Pick<Vault, "set">;
}

const LEVELS: readonly Level[] = ["read", "write", "network", "host", "change"];
const POLICIES: readonly Policy[] = ["auto", "ask", "deny"];

export function createServerCommands(sources: ServerCommandSources): ServerCommands {
  const { store, configuration } = sources;
  return {
    async importServers(text, actor) {
      const taken = configuration.tools().map((tool) => tool.name);
      const found = importServers(text, taken);
      if (found.servers.length === 0) {
        throw new UserError("invalid", found.problems[0] ?? "The file names no servers.");
      }
      for (const [name, value] of Object.entries(found.secrets)) await sources.vault.set(name, value, actor.name);
      const imported: ImportedServer[] = [];
      // One after the other: each may install a package.
      for (const server of found.servers) imported.push(await importOne(sources, server, actor));
      const working = imported.filter((one) => one.problem === null).length;
      const missing = found.missing.map((name) => `Set the secret ${name} with “banyan secrets set ${name}”.`);
      const sentence = `${working} of ${imported.length} servers answer and can be given to agents.`;
      return { sentence, servers: imported, problems: [...found.problems, ...missing] };
    },
    async testServer(name, actor, { accept = false } = {}) {
      const body = serverNamed(configuration, name);
      const servers = await sources.servers();
      const { tools } = await servers.describe(body);
      const pinned = Object.fromEntries(body.server.tools.map((tool) => [tool.name, tool.hash]));
      const changes = changesAgainst(pinned, tools).filter((one) => one.change !== "unchanged");
      const words = changes.map((one) => `${one.name} is ${one.change}`).join(", ");
      if (changes.length > 0 && !accept) {
        await store.toolStates.quarantine(name, `${words}; a person has to accept that.`);
        const sentence = `${name} answers, but not as it was approved: ${words}. It is held back until you accept it with “banyan tools test ${name} --accept”.`;
        return { sentence, tools: tools.map((tool) => nameOfServerTool(name, tool.name)), changes };
      }
      if (changes.length > 0 || !body.availability.available) {
        const validated = await servers.validate({ ...body, availability: { available: true, since: "" } });
        const entry = { kind: "tool", name, description: body.description, body: withoutVersion(validated) } as const;
        await store.configuration.put(entry, actor.name, words || "It answers again.");
      }
      await store.toolStates.quarantine(name, null);
      await servers.closeServer(name);
      const sentence = `${name} answers with ${tools.length} tools${words ? `; accepted: ${words}` : ""}.`;
      return { sentence, tools: tools.map((tool) => nameOfServerTool(name, tool.name)), changes };
    },
    async removeTool(name) {
      serverNamed(configuration, name);
      await store.configuration.remove("tool", name);
      await (await sources.servers()).closeServer(name);
      return { sentence: `The server ${name} is removed; no task can call its tools any more.` };
    },
    async setPolicy(change) {
      const next = changedPolicy(configuration.policy(), change);
      await store.configuration.setPolicy(JSON.stringify(next));
      return { sentence: policySentence(next), policy: next };
    },
  };
}

/** One that does not answer is kept all the same, switched off with the reason, so that it can be mended and tested. */
async function importOne(sources: ServerCommandSources, config: ServerConfig, actor: Actor): Promise<ImportedServer> {
  const body = bodyOf(config);
  let validated: ToolBody = body;
  let problem: string | null = null;
  try {
    validated = await (await sources.servers()).validate(body);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problem = error.message;
    validated = { ...body, availability: { available: false, reason: error.message } };
  }
  const entry = { kind: "tool", name: config.name, description: body.description, body: validated } as const;
  await sources.store.configuration.put(entry, actor.name, "Imported.");
  const tools = validated.server?.tools.map((tool) => nameOfServerTool(config.name, tool.name)) ?? [];
  return { name: config.name, tools, hazards: hazardsOf(config), problem };
}

function bodyOf(config: ServerConfig): ToolBody {
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
    server: { config, tools: [], scope: "tree", workspace: "none" },
  };
}

function serverNamed(configuration: Configuration, name: string) {
  const found = configuration.tools().find((tool) => tool.name === name);
  if (found && isServer(found)) return found;
  const known = configuration.tools().filter(isServer);
  const names = known.map((tool) => tool.name).join(", ") || "none";
  throw new UserError("not_found", `There is no server of tools ${name}. There are: ${names}.`);
}

function withoutVersion(body: ToolBody & { version?: number }): ToolBody {
  const { version: _, ...rest } = body;
  return rest;
}

function changedPolicy(now: HostPolicy, change: Parameters<Commands["setPolicy"]>[0]): HostPolicy {
  const levels = { ...now.levels };
  for (const [level, policy] of Object.entries(change.levels ?? {})) {
    if (!LEVELS.includes(level as Level))
      throw new UserError("invalid", `There is no level “${level}”: it is ${LEVELS.join(", ")}.`);
    if (!POLICIES.includes(policy as Policy))
      throw new UserError("invalid", `There is no policy “${policy}”: write auto, ask or deny.`);
    levels[level as Level] = policy as Policy;
  }
  const removed = new Set((change.removeHosts ?? []).flatMap((host) => [host, canonicalEntry(host) ?? host]));
  const given = change.addHosts ?? [];
  const wrong = given.find((host) => canonicalEntry(host) === null);
  if (wrong !== undefined)
    throw new UserError("invalid", `“${wrong}” is no host: write host, host:port or *.host, without https://.`);
  const added = given.flatMap((host) => canonicalEntry(host) ?? []);
  return { levels, hosts: [...new Set([...now.hosts, ...added])].filter((host) => !removed.has(host)) };
}

function policySentence({ levels, hosts }: HostPolicy): string {
  const words = LEVELS.map((level) => `${level}: ${levels[level]}`).join(", ");
  return `${words}. Hosts that nobody is asked about: ${hosts.join(", ") || "none"}.`;
}
