/** Queries for tools and servers: what they are, their policies, and their history. */
import { z } from "zod";
import { type ListedTool, type Queries, type ShownServer, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import { addedServers } from "@/agents/servers/added";
import type { ServerOfTask } from "@/agents/servers/context";
import { previewServers, startOf } from "@/agents/servers/preview";
import type { Catalogue } from "@/agents/tools/catalogue";
import { type AddedConfig, configIn } from "@/agents/tools/outside/added-config";
import { hazardsOfAdded, hazardsOfTool } from "@/agents/tools/outside/hazards";
import {
  effectOfServer,
  isServer,
  kindsOfAdded,
  NO_NAMES,
  namesOfServerTools,
  offeredOf,
} from "@/agents/tools/outside/server-tools";
import type { ServerTool, ToolBody } from "@/core/rules/configuration";
import { type HostPolicy, type KindPolicy, policyOfKind, type ToolPolicy } from "@/core/rules/policy";
import type { ShownTool } from "@/core/shapes/tools";
import type { ToolState } from "@/db/configuration/tool-states";
import type { Store } from "@/db/store";
import { factsOf } from "@/lib/a2a/facts";
import type { OutsideAgent } from "@/lib/a2a/types";
import { entryOf } from "@/lib/mcp/config/entry";
import type { Value } from "@/lib/mcp/config/types";
import { machineWith } from "@/lib/mcp/findings/machine";
import { isCovered } from "@/lib/net/host-list";
import type { ApiServer } from "@/lib/openapi/types";
import { codeOf, versionTexts } from "./tool-versions";

interface Sources {
  store: Pick<Store, "toolStates" | "queries" | "configuration">;
  security: Pick<Security, "vault">;
  configuration: Pick<Configuration, "tools" | "policy">;
  catalogue(): Promise<Catalogue>;
  /** `host:port`s that may have private addresses. */
  privateHosts: readonly string[];
  dataDir: string;
  keyPaths: readonly string[];
}

type ToolOfServer = Omit<ShownTool, "server">;
type States = ReadonlyMap<string, ToolState>;

export function createToolQueries({
  store,
  security,
  configuration,
  catalogue,
  privateHosts,
  dataDir,
  keyPaths,
}: Sources): Pick<
  Queries,
  | "listTools"
  | "getTool"
  | "getToolHistory"
  | "getToolVersion"
  | "listToolProposals"
  | "previewServers"
  | "previewApi"
  | "previewOutsideAgent"
> {
  return {
    async getToolHistory(name) {
      const configured = configuration.tools().find((tool) => tool.name === name);
      return store.queries.tools.history(name, configured !== undefined && isServer(configured));
    },
    async getToolVersion(name, version, hidesSettings) {
      const bodyOf = (number: number) => store.configuration.version("tool", name, number);
      const texts = versionTexts(version, bodyOf, hidesSettings);
      if (!texts) throw new UserError("not_found", `There is no version ${version} of the tool ${name}.`);
      return texts;
    },
    listToolProposals: async () => store.queries.tools.proposals(),
    async previewServers(text, mend = [], changed = undefined) {
      return previewServers(text, {
        taken: takenNames(configuration).filter((name) => name !== changed),
        added: addedServers(configuration).filter(({ config }) => config.name !== changed),
        kept: new Set(security.vault.list().map((secret) => secret.name)),
        machine: machineWith({ hiddenPaths: [dataDir, ...keyPaths], privateHosts }),
        mend,
      });
    },
    async previewApi(source) {
      // Loads the reader of documents only when somebody needs it.
      const { previewApi } = await import("@/agents/servers/preview-api");
      return previewApi(source, { privateHosts, taken: takenNames(configuration) });
    },
    async previewOutsideAgent(address) {
      const { previewOutsideAgent } = await import("@/agents/servers/preview-agent");
      return previewOutsideAgent(address, { privateHosts, taken: takenNames(configuration) });
    },
    listTools: async () => listTools(configuration, await catalogue(), store.toolStates.all()),
    async getTool(name) {
      const [known, states] = [await catalogue(), store.toolStates.all()];
      const tools = listTools(configuration, known, states);
      const listed = tools.find((tool) => tool.name === name);
      const body = configuration.tools().find((tool) => tool.name === name);
      if (listed && body && isServer(body))
        return { ...listed, schema: {}, server: shownServer(body, store.queries.tools.testedOf(name)) };
      const tool = known.control.get(name) ?? known.world.get(name);
      if (listed)
        return {
          ...listed,
          schema: tool ? (z.toJSONSchema(tool.input, { io: "input" }) as Record<string, unknown>) : {},
        };
      for (const server of configuration.tools()) {
        const own = isServer(server) ? toolOfServer(server, name, states, configuration.policy()) : null;
        if (own) return own;
      }
      const names = tools.map((tool) => tool.name).join(", ");
      throw new UserError("not_found", `There is no tool ${name}. Tools: ${names}.`);
    },
  };
}

/** Returns the names that a new server cannot have. */
function takenNames(configuration: Pick<Configuration, "tools">): string[] {
  return [...configuration.tools().map((tool) => tool.name), ...NO_NAMES];
}

function listTools(configuration: Sources["configuration"], catalogue: Catalogue, states: States): ListedTool[] {
  const configured = configuration.tools();
  const host = configuration.policy();
  const names = new Set(configured.map((tool) => tool.name));
  const core = [...catalogue.control.values()].filter((tool) => !names.has(tool.name));
  return [
    ...core.map(({ name, description }): ListedTool => {
      const plain = { level: "read", source: "core", core: true, optional: false, policy: "auto" } as const;
      return {
        name,
        description,
        ...plain,
        kinds: kindsOf({ name, policy: "auto", level: "read" }, catalogue, host),
        records: true,
        version: 0,
        available: true,
        unavailable_reason: null,
        ...used([name], name, states),
      };
    }),
    ...configured.map((tool) => ({
      ...listed(tool, states, host),
      ...(!isServer(tool) && { kinds: kindsOf(tool, catalogue, host), records: catalogue.control.has(tool.name) }),
    })),
  ];
}

/** Returns what the call check decides about each kind of calls of a tool that is not a server's. */
export function kindsOf(
  { name, policy, level }: Pick<ToolBody, "name" | "policy" | "level">,
  catalogue: Pick<Catalogue, "control" | "world">,
  host: HostPolicy,
): KindPolicy[] {
  const all = { what: "all calls", also_needs: null, hosts: false, sends: false };
  if (catalogue.control.has(name)) {
    const decided = policy === "deny" ? "deny" : "auto";
    return [{ ...all, level: "read", policy: decided, listed: null, tainted: decided, tainted_listed: null }];
  }
  // Judged like the server that it reads.
  if (catalogue.world.get(name)?.serverOf) return [];
  const kinds = catalogue.world.get(name)?.kinds ?? [{ ...all, level: catalogue.world.get(name)?.level ?? level }];
  return kinds.map((kind) => policyOfKind(kind, policy, host));
}

/** Returns what the call check decides about the calls of a server's tools, or of one tool. Their hosts are always the same. */
export function kindsOfServer(
  server: ServerOfTask,
  policy: ToolPolicy,
  host: HostPolicy,
  tool?: ServerTool,
): KindPolicy[] {
  const { hosts = [] } = effectOfServer(server);
  return kindsOfAdded(server, tool).map((kind) => {
    const listed = kind.sends ? host.hosts : [...host.hosts, ...host.fetchHosts];
    return policyOfKind(kind, policy, host, hosts.length > 0 && hosts.every((host) => isCovered(listed, host)));
  });
}

function listed(tool: ToolBody & { version: number }, states: States, host: HostPolicy): ListedTool {
  const { name, description, level, source, optional, policy, availability } = tool;
  const own = isServer(tool) ? namesOfServerTools(name, tool.server.tools) : [name];
  return {
    name,
    description,
    source,
    core: false,
    optional,
    policy,
    level: isServer(tool) ? effectOfServer(tool).level : level,
    kinds: isServer(tool) ? kindsOfServer(tool, policy, host) : [],
    records: false,
    version: tool.version,
    available: availability.available,
    unavailable_reason: availability.available ? null : availability.reason,
    ...used(own, name, states),
  };
}

function used(tools: readonly string[], name: string, states: States) {
  const found = tools.flatMap((tool) => states.get(tool) ?? []);
  const times = found.flatMap(({ lastUsedAt }) => lastUsedAt ?? []).sort();
  return {
    held_back: states.get(name)?.quarantine ?? null,
    calls: found.reduce((sum, { calls }) => sum + calls, 0),
    failures: found.reduce((sum, { failures }) => sum + failures, 0),
    last_used_at: times.at(-1) ?? null,
  };
}

function toolOfServer(
  server: ServerOfTask & { version: number },
  name: string,
  states: States,
  host: HostPolicy,
): ToolOfServer | null {
  const offered = offeredOf(server, 0).find((tool) => tool.name === name);
  if (!offered) return null;
  const { description, inputSchema, policy } = offered.tool;
  const of = { ...listed(server, states, host), ...used([name], server.name, states) };
  const shown = policyShown(server.policy, policy);
  const kinds = kindsOfServer(server, shown, host, offered.tool);
  const hazards = hazardsOfTool(server.server, offered.tool);
  return { ...of, name, description, policy: shown, kinds, schema: inputSchema, hazards };
}

/** Returns the effective policy, by the same rule as the call check. */
function policyShown(server: ToolPolicy, own: ToolPolicy | undefined): ToolPolicy {
  return server === "deny" ? "deny" : (own ?? server);
}

/** Returns a server as people see it. `tested` is the result of its code's test when it was proposed. */
export function shownServer({ name, policy, server }: ServerOfTask, tested: string | null = null): ShownServer {
  const config = configIn(server);
  const secrets = valuesIn(config).flatMap((value) => (typeof value === "string" ? [] : [value.secret]));
  return {
    ...startOf(config),
    package: config.kind === "stdio" && config.package ? packageOf(config.package) : null,
    hosts: [...(effectOfServer({ name, policy, server } as ServerOfTask).hosts ?? [])],
    scope: server.scope,
    workspace: server.workspace,
    secrets: [...new Set(secrets)],
    hazards: hazardsOfAdded(server),
    entry: server.files || config.kind === "openapi" || config.kind === "a2a" ? null : entryOf(config, server),
    api: config.kind === "openapi" ? shownApi(config) : null,
    agent: config.kind === "a2a" ? shownAgent(config) : null,
    code: codeOf(server, tested),
    tools: namesOfServerTools(name, server.tools).flatMap((own, index) => {
      const tool = server.tools[index];
      if (!tool) return [];
      const { description, inputSchema } = tool;
      return [{ name: own, description, policy: policyShown(policy, tool.policy), schema: inputSchema }];
    }),
    left_out: [...(server.leftOut ?? [])],
  };
}

/** Returns everything of a configuration that may refer to a secret. */
function valuesIn(config: AddedConfig): Value[] {
  if (config.kind === "stdio") return [...Object.values(config.env), ...config.args];
  if (config.kind === "openapi" || config.kind === "a2a") return config.auth.kind === "none" ? [] : [config.auth];
  return [...Object.values(config.headers), config.url, config.oauth?.clientSecret ?? ""];
}

function shownApi({ title, document, auth, operations }: ApiServer): NonNullable<ShownServer["api"]> {
  const header = auth.kind === "header" ? auth.name : null;
  return { title, document: document ?? null, auth: auth.kind, header, operations: [...operations] };
}

function shownAgent({ card, auth, skills, callsPerMinute }: OutsideAgent): NonNullable<ShownServer["agent"]> {
  const { title, version, provider, endpoint } = factsOf(card);
  const header = auth.kind === "header" ? auth.name : null;
  const chosen = { auth: auth.kind, header, skills: [...skills], calls_per_minute: callsPerMinute };
  return { title, card_version: version, provider, endpoint, signed_by: card.signedBy, ...chosen };
}

function packageOf({ name, version, integrity }: { name: string; version: string; integrity: string }) {
  return { name, version, integrity };
}
